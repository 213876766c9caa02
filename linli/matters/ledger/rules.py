"""Public numbers and the clock of a matter: pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linli.kernel import clock

MILESTONES: tuple[str, ...] = (
    "received",
    "answered",
    "created",
    "located",
    "recommended",
    "ordered",
    "delivered",
    "signed",
    "declined",
    "under_way",
    "arrived",
    "done",
    "fed_back",
    "closed",
    "reopened",
)


def public_number(prefix: str, at: datetime, running: int) -> str:
    """``JQ20261122-000123``: kind, day in Shanghai, running number (never reused, may have gaps)."""
    return f"{prefix}{clock.shanghai(at):%Y%m%d}-{running:06d}"


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from ``start`` to ``end``; None when either is missing. May be negative: the caller counts those
    apart.
    """
    return None if start is None or end is None else (end - start).total_seconds()


def first_of(stamps: Iterable[tuple[str, datetime]], milestone: str) -> datetime | None:
    """The earliest stamp of a milestone among (milestone, time) pairs."""
    return min((at for name, at in stamps if name == milestone), default=None)
