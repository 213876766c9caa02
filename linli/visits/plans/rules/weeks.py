"""Which days are walked and which doors are taken: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

A_DAY = 8
"""Doors of a day when nobody says otherwise: two hours of talk and the way between. No target, a proposal."""
MOST_A_DAY = 30
_WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A door that may come into the week: its key, when it is due, where (None: unknown), how often it was tried."""

    key: Any
    due_on: date
    lon: float | None
    lat: float | None
    tries: int = 0


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def days_of(monday: date, *, today: date, away: Iterable[date] = ()) -> list[date]:
    """The days of a week on which one goes out: Monday to Friday (P5), from today on, without those spent elsewhere."""
    gone = set(away)
    week = [monday + timedelta(days=n) for n in range(_WORKDAYS)]
    return [day for day in week if day >= today and day not in gone]


def chosen(
    candidates: Sequence[Candidate], days: Sequence[date], *, a_day: int = A_DAY
) -> tuple[list[Candidate], list[Candidate]]:
    """The doors that find room, and those due this week that do not. What falls due first goes first; room that is left
    is filled with what falls due after.
    """
    if not days:
        return [], [one for one in candidates if one.due_on <= _sunday(days)]
    room = a_day * len(days)
    ordered = sorted(candidates, key=lambda one: (one.due_on, str(one.key)))
    taken, rest = ordered[:room], ordered[room:]
    last = _sunday(days)
    return taken, [one for one in rest if one.due_on <= last]


def _sunday(days: Sequence[date]) -> date:
    return monday_of(days[-1]) + timedelta(days=6) if days else date.max
