"""Three-way merging by the class of a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Merged:
    """``take``: fields to write. ``overwrote``: light fields where another wrote meanwhile, and the phone's value is
    taken all the same. ``apart``: legal fields with two values: then nothing is written, a person decides. Both as
    field → mine, server, was.
    """

    take: tuple[str, ...]
    overwrote: dict[str, dict[str, Any]] = field(default_factory=dict)
    apart: dict[str, dict[str, Any]] = field(default_factory=dict)


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same; nothing is nothing however it is written."""
    empty: tuple[Any, ...] = (None, "", [], {})
    if one in empty and other in empty:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(name), other.get(name)) for name in {*one, *other})
    return bool(one == other)


def merge(changed: Mapping[str, Mapping[str, Any]], current: Mapping[str, Any], classes: Mapping[str, str]) -> Merged:
    """Meet the fields that a phone changed with what the row says now, both as JSON has them.

    A field whose old value the phone did not give is compared as if it had been empty.
    """
    take: list[str] = []
    overwrote: dict[str, dict[str, Any]] = {}
    apart: dict[str, dict[str, Any]] = {}
    for name, pair in changed.items():
        server, was, mine = current.get(name), pair.get("old"), pair.get("new")
        kind = classes.get(name, "append")
        if name not in current or kind == "append":
            take.append(name)
        elif same(server, mine):
            continue
        elif same(server, was):
            take.append(name)
        elif kind == "legal":
            apart[name] = {"mine": mine, "server": server, "was": was}
        else:
            take.append(name)
            overwrote[name] = {"mine": mine, "server": server, "was": was}
    return Merged(tuple(take), overwrote, apart) if not apart else Merged((), {}, apart)
