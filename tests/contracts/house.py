"""The whole house as the contracts look at it: every module, act, model and source file, none forgotten."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.db import models

import linli
from linli.kernel.acts import ACTS, Act

ROOT = Path(linli.__file__).resolve().parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")
_NOT_IMPORTED = {"settings", "migrations", "__main__", "urls", "wsgi", "asgi"}
"""No declaration stands in these, and the last three start a server or need all doors to be there."""


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the package, imported."""
    names = [info.name for info in pkgutil.walk_packages(linli.__path__, "linli.")]
    return tuple(importlib.import_module(name) for name in names if not _NOT_IMPORTED & set(name.split(".")))


def acts() -> dict[str, Act]:
    """Every declared verb, with all modules loaded first."""
    modules()
    return dict(ACTS)


def own_models() -> list[type[models.Model]]:
    """Every model of the house, not those of libraries."""
    return [model for model in apps.get_models() if model.__module__.startswith("linli.")]


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    """Path below `linli/` and syntax tree of every source file, migrations aside."""
    return tuple(_read())


def _read() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(), filename=str(path))
