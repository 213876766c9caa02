"""What the documents name exists: commands with their options, functions, files, tests, settings, columns."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import Resolver404, resolve

from linli.command.main import COMMANDS, _leaves, _parser
from linli.works.tables.acts import IMPORTERS
from tests.contracts import house
from tools.workshop.paths import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "how-to").rglob("*.md")],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
EXAMPLES = {"linli/matters/kinds/lost_property.py", "linli/web/static/dist"}
"""What a how-to has its reader make, and what is only there when it was built."""
ELSEWHERE = ("/backup", "/bin", "/etc", "/media", "/opt", "/srv", "/tmp", "/usr", "/var")
FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINLI = re.compile(r"^(?:ExecStart=|sudo -u linli )?(?:[\w./]*/)?linli (?=[a-z])")
DOTTED = re.compile(r"^linli(?:\.\w+)+$")
IMPORTED = re.compile(r"^\s*from (linli[\w.]*) import ([\w, ]+)", re.MULTILINE)
A_FILE = re.compile(r"^(?:linli|tests|tools|docs|frontend/src|benchmarks|requirements|locale)/[\w./-]+$")
AN_ADDRESS = re.compile(r"^(?:GET |POST )?(/[\w{}/.-]*)$")


def in_blocks(document: Path) -> Iterator[str]:
    for block in FENCE.findall(document.read_text()):
        yield from block.replace("\\\n", " ").splitlines()


def spans(document: Path) -> list[str]:
    return SPAN.findall(FENCE.sub("", document.read_text()))


def command_lines(document: Path) -> Iterator[str]:
    """What stands behind ``linli`` in code, without comments and pipes."""
    for line in [*in_blocks(document), *spans(document)]:
        said = line.strip()
        if LINLI.match(said):
            yield re.split(r"\s[#|>&]", LINLI.sub("", said))[0]


@cache
def parser_of(command: str) -> argparse.ArgumentParser:
    return _parser(command, importlib.import_module(COMMANDS[command].module))


def wrong_with(line: str) -> str:
    """What in a command line does not exist, or nothing."""
    words = shlex.split(line.replace("…", ""))
    command, rest = words[0], words[1:]
    if command not in COMMANDS:
        return f"no command {command}"
    whole = parser_of(command)
    known = {option for leaf in _leaves(whole) for action in leaf._actions for option in action.option_strings}
    for option in (word.partition("=")[0].strip("[]") for word in rest):
        if option.startswith("--") and option not in known:
            return f"no option {option}"
    verbs = {verb for parser in _choices(whole) for verb in _choices_of(parser)}
    verb = next((word for word in rest if not word.startswith("-")), "")
    if verbs and verb and not set(verb.split("|")) <= verbs:
        return f"no {command} {verb}"
    if command == "import" and verb and verb != "KIND" and verb not in {*IMPORTERS, "roads"}:
        return f"no kind {verb}"
    return ""


def _choices(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parser of the command itself."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return [child for action in below for child in action.choices.values()]


def _choices_of(parser: argparse.ArgumentParser) -> set[str]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {verb for action in below for verb in action.choices}


def is_there(dotted: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            continue
        if found is not None:
            thing: object = importlib.import_module(name) if length < len(parts) else None
            for part in parts[length:]:
                thing = getattr(thing, part, None)
            return length == len(parts) or thing is not None
    return False


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_exist(document: Path) -> None:
    found = {line: wrong_with(line) for line in command_lines(document)}
    assert not {line: why for line, why in found.items() if why}


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_functions_and_modules_exist(document: Path) -> None:
    text = document.read_text()
    imported = [f"{module}.{name.strip()}" for module, names in IMPORTED.findall(text) for name in names.split(",")]
    named = [span.removesuffix("()") for span in spans(document) if DOTTED.match(span.removesuffix("()"))]
    assert not [name for name in {*named, *imported} if not is_there(name)]


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_exist(document: Path) -> None:
    named = {span for span in spans(document) if A_FILE.match(span)}
    assert not [name for name in named - EXAMPLES if not (ROOT / name).exists()]


@cache
def all_tests() -> frozenset[str]:
    return frozenset(
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    )


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_named_tests_exist(document: Path) -> None:
    """The threat model names the test of each promise: one that went away takes its promise along."""
    named = {span for span in spans(document) if re.fullmatch(r"test_\w+", span)}
    assert not named - all_tests()


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_settings_and_figures_exist(document: Path) -> None:
    text = document.read_text()
    code = "\n".join(path.read_text() for path in [*house.ROOT.rglob("*.py"), *(ROOT / "tools").rglob("*.py")])
    assert not {name for name in re.findall(r"\bLINLI_[A-Z_]+[A-Z]\b", text) if name not in code}
    figures = set(re.findall(r"`linli_([a-z_]+)`", text))
    health = (house.ROOT / "api" / "health.py").read_text()
    assert not {name for name in figures if f'"{name}"' not in health}


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_addresses_exist(document: Path) -> None:
    dead = []
    for span in spans(document):
        hit = AN_ADDRESS.match(span)
        if hit and not hit[1].startswith(ELSEWHERE):
            path = re.sub(r"\{\w+\}", "00000000-0000-0000-0000-000000000000", hit[1])
            try:
                resolve(path)
            except Resolver404:
                dead.append(hit[1])
    assert not dead


def test_every_personal_column_is_in_the_privacy_page() -> None:
    named = set(re.findall(r"`([a-z]+_[a-z]+)\.(\w+)`", (ROOT / "docs" / "privacy.md").read_text()))
    tables = {model._meta.db_table: {field.name for field in model._meta.get_fields()} for model in apps.get_models()}
    assert not {(table, column) for table, column in named if column not in tables.get(table, set())}
    sealed = {
        (model._meta.db_table, field.name)
        for model in house.own_models()
        for field in model._meta.get_fields()
        if field.name.endswith("_sealed")
    }
    assert sealed
    assert not sealed - named, "say on docs/privacy.md what for, who sees it and how long"


@pytest.mark.parametrize("line", ["backup", "import people FILE --dry-run", "trail verify --anchor FILE"])
def test_the_sweep_lets_pass(line: str) -> None:
    assert not wrong_with(line)


@pytest.mark.parametrize(
    "line", ["bakcup FILE", "import people --dryrun", "import widgets X", "trail check", "demo stop"]
)
def test_the_sweep_sees(line: str) -> None:
    """The mutant: each of these must be seen, or the sweep guards nothing."""
    assert wrong_with(line)
    assert not is_there("linli.kernel.acts.nothing") and not is_there("linli.nowhere.x")
