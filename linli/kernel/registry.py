"""Declared things by name: duplicates are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """A mapping that is filled while the house starts; two declarations of one name are a mistake, not a choice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}

    def add(self, key: str, value: T) -> T:
        if key in self._items:
            raise RuntimeError(f"{self.name}: {key!r} is declared twice")
        self._items[key] = value
        return value

    def __getitem__(self, key: str) -> T:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
