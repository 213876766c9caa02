"""What a phone takes along: each programme declares its part, smallest needed set first; ``visible_to`` decides always.

The floor that serves phones is above all programmes, so the declaration stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.kernel.words import Words


class Shown(TypedDict, total=False):
    """What a phone shows of a row, whatever it is: a new type needs no code on the phone.

    ``group``: now (orders), today, along (kept at hand). ``lines`` are further lines of text. ``rank`` is the place in
    today's walk, from 1. ``doors`` are keys of the doors it belongs to: what lies behind the same one is offered first
    where rows are named. ``kind`` and ``state`` choose the buttons. ``level`` and ``at_it`` (whether one is a helper of
    it: yes, no) choose too. ``values``: present values by input, for editing.
    """

    group: str
    title: str
    lines: list[str | dict[str, str]]
    kind: str
    state: str
    state_words: dict[str, str]
    at: datetime | None
    due_at: datetime | None
    lon: float | None
    lat: float | None
    address: str
    rank: int | None
    doors: list[str]
    number: str
    priority: int | None
    level: str
    at_it: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one model on the phones of those who need them.

    ``due`` gives the key and version of each row that this actor needs now, in the order in which he needs them: one
    short query, at most ``most`` rows, always through ``visible_to``. ``shown`` gives the data of rows by their keys;
    personal values masked. A version is any number or text that changes with the row. ``order``: smaller goes first.
    """

    type: str
    model: Any
    words: Words
    order: int
    due: Callable[[Actor], Sequence[tuple[Any, Any]]]
    shown: Callable[[Actor, Sequence[Any]], Mapping[Any, Shown]]
    most: int = 300


PARTS: Registry[Part] = Registry("parts of a phone's pack")


def part(declared: Part) -> Part:
    """Declare a part of the pack."""
    return PARTS.add(declared.type, declared)
