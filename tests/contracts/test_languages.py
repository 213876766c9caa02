"""Chinese is the source; English is complete. Nobody meets a word of the other language, or a key instead of a word."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.utils.translation.template import templatize

from linli.kernel.words import Words
from tests.contracts.house import CHINESE, ROOT, modules, sources

CATALOGUE = ROOT.parent / "locale" / "en" / "LC_MESSAGES"
SCRIPTS = ROOT.parent / "frontend" / "src"
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"""\b(?:_|gettext|ngettext)\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
KEY = re.compile(r"""\bt\(\s*(?:'([^']+)'|`([^`]+)`)""")
CHOSEN = re.compile(r"""\bt\([^()'`]*\?\s*'([^']+)'\s*:\s*(?:'([^']+)'|[^()'`]*\?\s*'([^']+)'\s*:\s*'([^']+)')""")
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
OWN_NAME = "中文"
"""The one word that is written in its own language for whoever reads no other."""
TAUGHT = {"例：周一至周五 08:30-17:30；周六 09:00-12:00": "hours are typed in Chinese; the hint shows how"}
"""English sentences that quote Chinese, each with the reason."""


def _templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "web").rglob("*.html")):
        shown = templatize(path.read_text(encoding="utf-8"))
        for found in IN_TEMPLATE.finditer(shown):
            yield path.name, ast.literal_eval(found[1])


def _python() -> Iterator[tuple[str, str]]:
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield path, first.value


@cache
def said() -> dict[str, str]:
    """Every source string of pages and Python, and one place where it stands."""
    return {text: where for where, text in (*_python(), *_templates()) if text}


@cache
def catalogue() -> dict[str, str]:
    """The compiled English, as the server reads it."""
    with (CATALOGUE / "django.mo").open("rb") as file:
        held = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # there is no other way to list it
    return {(key[0] if isinstance(key, tuple) else key): text for key, text in held.items() if key}


def written() -> dict[str, str]:
    """The catalogue as people edit it: message → translation, of entries that are in force."""
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", (CATALOGUE / "django.po").read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        parts = {"msgid": "", "msgstr": ""}
        name = ""
        for line in lines:
            word, _, rest = line.partition(" ")
            if word.startswith("msg"):
                name = "msgstr" if word.startswith("msgstr") else "msgid" if word == "msgid" else ""
            if name:
                parts[name] += ast.literal_eval(rest if word.startswith("msg") else line.strip() or '""')
        if parts["msgid"]:
            found[parts["msgid"]] = parts["msgstr"]
    return found


def test_every_source_string_has_english() -> None:
    missing = {text: where for text, where in said().items() if not catalogue().get(text)}
    assert not missing, f"{len(missing)} without English: " + "; ".join(
        f"{w}: {t}" for t, w in list(missing.items())[:40]
    )


def test_nothing_in_the_catalogue_is_fuzzy_and_it_is_compiled() -> None:
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    assert not re.search(r"^#,.*\bfuzzy\b", text, re.MULTILINE), "an entry that is only guessed is no translation"
    differ = {key for key, english in written().items() if catalogue().get(key) != english}
    assert not differ, f"run msgfmt: {sorted(differ)[:10]}"


def test_english_is_english() -> None:
    found = {key: text for key, text in catalogue().items() if CHINESE.search(text.replace(OWN_NAME, ""))}
    found = {key: text for key, text in found.items() if key not in TAUGHT}
    assert not found
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, Words):
                assert not CHINESE.search(value.en), (module.__name__, name)


def test_named_places_survive_translation() -> None:
    places = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
    differ = {
        key
        for key, text in written().items()
        if {a or b for a, b in places.findall(key)} != {a or b for a, b in places.findall(text)}
    }
    assert not differ


def _keys_of_tables() -> set[str]:
    """Keys of every table of words that pages hand to their scripts."""
    found: set[str] = set()
    for path, tree in sources():
        if not path.startswith("web/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                found |= {
                    key.value
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str) and isinstance(value, ast.Call)
                }
    return found


def scripts() -> Iterator[tuple[str, str]]:
    """Every script without its comments."""
    for path in sorted(SCRIPTS.rglob("*.ts")):
        yield path.relative_to(SCRIPTS).as_posix(), COMMENT.sub("", path.read_text(encoding="utf-8"))


def test_scripts_say_only_what_the_tables_hold() -> None:
    table = _keys_of_tables()
    missing: set[str] = set()
    for path, text in scripts():
        wanted = {key for found in CHOSEN.findall(text) for key in found if key}
        for whole, made in KEY.findall(text):
            if whole:
                wanted.add(whole)
            elif not any(re.fullmatch(re.sub(r"\\\$\\\{.*?\\\}", ".+", re.escape(made)), key) for key in table):
                missing.add(f"{path}: {made}")
        missing |= {f"{path}: {key}" for key in wanted - table}
    assert not missing, sorted(missing)


def test_no_script_carries_words_of_its_own() -> None:
    found = {
        f"{path}: {line.strip()[:60]}"
        for path, text in scripts()
        for line in text.splitlines()
        if CHINESE.search(line.replace(OWN_NAME, ""))
    }
    assert not found, sorted(found)


def test_the_catalogue_test_sees_what_it_should(tmp_path: Path) -> None:
    """A page with a fresh word is found: the extraction itself works."""
    page = tmp_path / "page.html"
    words = '{% load i18n %}{% translate "从未见过的词" %}{% wrap "panel" title=_("另一个") %}'
    page.write_text(words + "{% blocktranslate with n=1 %}共 {{ n }} 个{% endblocktranslate %}")
    seen = {ast.literal_eval(found[1]) for found in IN_TEMPLATE.finditer(templatize(page.read_text()))}
    assert seen == {"从未见过的词", "另一个", "共 %(n)s 个"}
