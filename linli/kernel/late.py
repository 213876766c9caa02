"""Heavy libraries that few processes need: named where they are used, loaded at their first use (ADR 0150).

At the top of a file, among the imports, so that types and the floors see what is used::

    if TYPE_CHECKING:
        import osmium
    else:
        osmium = late("osmium")

A process that must answer quickly from its first request brings what it will need with :func:`bring`, at its start.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class _Late(ModuleType):
    """A module that is loaded when something is asked of it. Python's own lock of imports makes that safe for threads:
    whoever comes second waits until the module is whole.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system, inspect and doctest ask every module: that is no use of it
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


LATE: dict[str, ModuleType] = {}
"""All libraries that are loaded late, by name."""


def late(name: str) -> Any:
    """The module ``name``, loaded when its first attribute is asked for. Raises ImportError there, not here."""
    return LATE.setdefault(name, _Late(name))


def bring(*names: str) -> None:
    """Load libraries now. Raises KeyError for one that nobody declared with :func:`late`."""
    for name in names:
        importlib.import_module(LATE[name].__name__)
