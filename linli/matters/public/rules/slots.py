"""Which times of a room's reception hours can still be booked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta

MINUTES = 30
DAYS = 7
NOT_BEFORE = timedelta(hours=2)
DAY = (8 * 60, 18 * 60)
"""A room that is open round the clock gives talks from 8 to 18."""
_WHOLE_DAY = 1440


def free_slots(
    spans: Iterable[tuple[int, int, int]], now: datetime, taken: Collection[datetime], *, days: int = DAYS
) -> list[datetime]:
    """The beginnings of half hours within (weekday, from minute, until minute), from two hours after ``now`` on, for
    ``days`` days; ``now`` and the result are local times, ``taken`` any aware ones.
    """
    open_at = list(spans)
    found = []
    for ahead in range(days + 1):
        day = (now + timedelta(days=ahead)).date()
        for minute in range(*DAY, MINUTES):
            if any(_covers(span, day.weekday(), minute) for span in open_at):
                at = datetime.combine(day, time(), tzinfo=now.tzinfo) + timedelta(minutes=minute)
                if now + NOT_BEFORE <= at < now + timedelta(days=days) and at not in taken:
                    found.append(at)
    return found


def _covers(span: tuple[int, int, int], weekday: int, minute: int) -> bool:
    day, start, until = span
    begins = minute if day == weekday else minute + _WHOLE_DAY if (day + 1) % 7 == weekday else None
    return begins is not None and start <= begins and begins + MINUTES <= until
