"""Every refusal: declared, used, in both languages, with the facts that its sentence needs."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator

import pytest

from linli.kernel import errors
from tests.contracts import house

house.modules()
CODES = dict(errors.CODES)
REFUSALS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Refusal)}


def calls(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Every call of one of these names with a literal first argument, and where it stands."""
    for path, tree in house.sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in names and isinstance(node.args[0].value, str):
                    yield f"{path}:{node.lineno}", node


def places(sentence: str) -> set[str]:
    """The facts that a sentence shows."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", sorted(CODES))
def test_sentences_in_both_languages(code: str) -> None:
    words = CODES[code]
    assert house.CHINESE.search(words.zh), words
    assert house.LATIN.search(words.en), words
    assert not house.CHINESE.search(words.en), words


def test_every_refusal_is_declared() -> None:
    unknown = [
        f"{where}: {node.args[0].value!r}"
        for where, node in calls(REFUSALS)
        if isinstance(node.args[0], ast.Constant) and node.args[0].value not in CODES
    ]
    assert not unknown


def test_every_refusal_gives_the_facts_that_its_sentence_shows() -> None:
    missing = []
    for where, node in calls(REFUSALS):
        given = {keyword.arg for keyword in node.keywords}
        code = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
        if None in given or code not in CODES:
            continue
        lacking = (places(CODES[str(code)].zh) | places(CODES[str(code)].en)) - given
        if lacking:
            missing.append(f"{where}: {code} shows {sorted(lacking)} and is not given them")
    assert not missing


def test_every_code_is_used() -> None:
    text = "\n".join(path.read_text() for path in house.ROOT.rglob("*.py"))
    unused = [code for code in CODES if text.count(f'"{code}"') + text.count(f"'{code}'") < 2]
    assert not unused, "declared and never raised"
