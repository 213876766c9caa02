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


def constants() -> dict[str, str]:
    """Names that hold a code: `BROKEN = declare("roads.broken_file", …)`."""
    found = {}
    for _, tree in house.sources():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and "declare(" in said(node.value)
            ):
                call = node.value
                if isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant):
                    found[node.targets[0].id] = str(call.args[0].value)
    return found


def said(node: ast.expr) -> str:
    return ast.unparse(node)[:40]


CONSTANTS = constants()


def refusals() -> Iterator[tuple[str, str, ast.Call]]:
    """Every place that makes a refusal: where, with which code, and the call."""
    for path, tree in house.sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and said(node.func).split(".")[-1] in REFUSALS:
                code = code_of(node.args[0])
                if code:
                    yield f"{path}:{node.lineno}", code, node


def code_of(first: ast.expr) -> str:
    """The code that a first argument is, or nothing when it is worked out."""
    if isinstance(first, ast.Constant):
        return str(first.value)
    return CONSTANTS.get(said(first).split(".")[-1], "")


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
    assert not [f"{where}: {code}" for where, code, _ in refusals() if code not in CODES]


def test_every_refusal_gives_the_facts_that_its_sentence_shows() -> None:
    missing = []
    for where, code, node in refusals():
        given = {keyword.arg for keyword in node.keywords}
        if None in given or code not in CODES:
            continue
        lacking = (places(CODES[code].zh) | places(CODES[code].en)) - given
        if lacking:
            missing.append(f"{where}: {code} shows {sorted(lacking)} and is not given them")
    assert not missing


def test_every_code_is_used() -> None:
    text = "\n".join(path.read_text() for path in house.ROOT.rglob("*.py"))
    held = {code: name for name, code in CONSTANTS.items()}
    unused = [code for code in CODES if text.count(f'"{code}"') < 2 and text.count(held.get(code, code)) < 2]
    assert not unused, "declared and never raised"
