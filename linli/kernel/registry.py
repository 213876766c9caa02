"""Declared things by name: duplicates are refused, and after start nothing is added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """A mapping that is filled while the house starts and then frozen, so that no request can change what exists."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}
        self._frozen = False

    def add(self, key: str, value: T) -> T:
        if self._frozen:
            raise RuntimeError(f"{self.name}: {key!r} comes after the registry was frozen")
        if key in self._items:
            raise RuntimeError(f"{self.name}: {key!r} is declared twice")
        self._items[key] = value
        return value

    def freeze(self) -> None:
        self._frozen = True

    def __getitem__(self, key: str) -> T:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
