"""How long a file and a function may be: 400 and 40 lines. What outgrows that wants a room of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.workshop import tracked
from tools.workshop.paths import ROOT

FILE_LINES = 400
FUNCTION_LINES = 40
"""Counted without decorators and docstring: what has to be held in mind."""


def check() -> list[str]:
    """A line for each file or function that is too long."""
    found: list[str] = []
    for path in tracked.files(".py", ".ts"):
        if "migrations" in path.parts:
            continue
        text = (ROOT / path).read_text()
        lines = text.count("\n")
        if lines > FILE_LINES:
            found.append(
                f"{path}: {lines} lines (at most {FILE_LINES}): is there a room inside that wants its own door?"
            )
        if path.suffix == ".py":
            found += long_functions(path, text)
    return found


def long_functions(path: Path, text: str) -> Iterator[str]:
    """A line for each function of this file that is too long."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.end_lineno is None:
            continue
        lines = node.end_lineno - node.lineno + 1 - docstring_lines(node)
        if lines > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {lines} lines (at most {FUNCTION_LINES}): name its steps"


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines the docstring takes."""
    first = node.body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (first.end_lineno or first.lineno) - first.lineno + 1 if said else 0
