"""The columns of the board and the order of its rows: pure.

Areas stand in the bureau's own order. Whoever wants may order them by a column for himself; nothing is coloured good or
bad, and nobody's name stands there.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linli.insight.measures.rules import MEASURES, Figure
from linli.kernel.words import Words

FIGURES: tuple[str, ...] = tuple(measure.code for measure in MEASURES.values() if measure.on_board)


@dataclass(frozen=True, slots=True)
class Live:
    """What stands open at a place now, and its units: on duty, and of these on an order."""

    still_open: int = 0
    late: int = 0
    on_duty: int = 0
    out: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the board. ``covered`` is the share of its roads that a unit reaches in time, None when unknown."""

    id: uuid.UUID
    code: str
    name: str
    kind: Words
    depth: int
    figures: Mapping[str, Figure]
    live: Live
    covered: float | None
    has_below: bool


LIVE_COLUMNS: dict[str, Words] = {
    "open": Words("未结", "open"),
    "late": Words("超期", "overdue"),
    "out": Words("出警/在岗", "out / on duty"),
    "covered": Words("覆盖", "covered"),
}


def ordered(places: Sequence[Place], by: str) -> list[Place]:
    """In their own order, or by a column: largest first, unknown last, places of one value in their own order.

    ``by`` is a figure's code, ``change.`` and a figure's code, or a live column; anything else is their own order.
    """
    if not _known(by):
        return list(places)
    return sorted(places, key=lambda place: _key(place, by))


def _known(by: str) -> bool:
    return by in LIVE_COLUMNS or by.removeprefix("change.") in MEASURES


def _key(place: Place, by: str) -> tuple[bool, float]:
    value = _value(place, by)
    return (value is None, -(value or 0.0))


def _value(place: Place, by: str) -> float | None:
    live = {"open": place.live.still_open, "late": place.live.late, "out": place.live.out, "covered": place.covered}
    if by in live:
        return live[by]
    figure = place.figures.get(by.removeprefix("change."))
    if figure is None:
        return None
    return figure.change if by.startswith("change.") else figure.now
