"""Every room has the same four files; rules are pure; nothing is called utils."""

from __future__ import annotations

import ast

import pytest

from tests.contracts import house

FLOORS = ("trail", "works", "places", "org", "matters", "operations", "insight", "planning", "field")
KINDS_OF_FILE = {"__init__", "models", "queries", "rules", "acts"}
OTHER_FILES = {
    "matters/kinds/": "one module per kind of matter: that is what the room is for",
    "works/tables/": "reading and writing tables is machinery without rows",
}
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
    "base_utils",
}
IMPURE = (
    "django.db.transaction",
    "django.http",
    "httpx",
    "random",
    "time",
    "socket",
    "subprocess",
)


def asks_the_time(call: ast.Call) -> bool:
    """Whether this reads a clock instead of being given the moment."""
    return ast.unparse(call.func).split(".")[-1] in {"now", "utcnow", "today", "monotonic"}


PATHS = sorted(path for path, _ in house.sources())


@pytest.mark.parametrize("path", [path for path in PATHS if path.split("/")[0] in FLOORS and path.count("/") >= 2])
def test_a_room_has_the_same_four_files(path: str) -> None:
    if path.startswith(tuple(OTHER_FILES)):
        return
    names = {part.removesuffix(".py") for part in path.split("/")[2:]}
    assert names & KINDS_OF_FILE, "a room holds models, queries, rules and acts, or packages of these names"


@pytest.mark.parametrize("path", PATHS)
def test_a_name_says_what_it_does(path: str) -> None:
    assert not {part.removesuffix(".py") for part in path.split("/")} & VAGUE


@pytest.mark.parametrize("path", [path for path in PATHS if path.endswith("/rules.py") or "/rules/" in path])
def test_rules_are_pure(path: str) -> None:
    tree = dict(house.sources())[path]
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    impure = sorted(
        name
        for name in imported
        if name in IMPURE or (name.startswith("linli.") and name.endswith((".models", ".queries", ".acts")))
    )
    impure += [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call) and asks_the_time(node)]
    assert not impure, "a rule is given what it needs: no database, clock, HTTP or chance of its own"
