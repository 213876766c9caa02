"""When somebody is reminded, and of what: pure. A message says number, day and telephone; never what it is about."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from linli.mediation.agreements.rules import REMIND_BEFORE_DAYS

CONFIRM_BEFORE = REMIND_BEFORE_DAYS
OWED_BEFORE = (3, 0)
COURT_BEFORE = (7, 3, 1, 0)
OVERDUE_AFTER = (1, 7, 30)
UNSIGNED_AFTER = (1, 3, 7, 14)
LOOK_AFTER = (0, 3, 7)
SESSION_AHEAD_H = 24
FROM_HOUR, UNTIL_HOUR = 8, 20
"""Nobody gets a word of his quarrel at night."""
_KEY = uuid.UUID("3b0a7a5e-51f4-5f0b-8d8f-2f1f6d3f9b21")


def step_before(left_days: int, steps: tuple[int, ...]) -> int | None:
    """The step that is due with so many days left: the nearest that has been reached; None before the first and after
    the day. A worker that was down over a step sends it when it is back, once.
    """
    reached = [step for step in steps if left_days <= step]
    return min(reached) if reached and left_days >= 0 else None


def step_after(past_days: int, steps: tuple[int, ...]) -> int | None:
    """The last step that so many days have passed; None before the first."""
    reached = [step for step in steps if past_days >= step]
    return max(reached) if reached else None


def key_of(template: str, row: object, whom: object, step: object) -> uuid.UUID:
    """The key of one reminder: whoever sends it twice sends one."""
    return uuid.uuid5(_KEY, f"{template}:{row}:{whom}:{step}")


def may_write_at(at: datetime) -> bool:
    """Whether it is an hour at which a message may be written (local time)."""
    return FROM_HOUR <= at.hour < UNTIL_HOUR


def said_day(day: date) -> str:
    """A day as a message says it."""
    return f"{day.month}月{day.day}日"


def said_moment(at: datetime) -> str:
    """A moment as a message says it (local time)."""
    return f"{said_day(at.date())}{at:%H:%M}"
