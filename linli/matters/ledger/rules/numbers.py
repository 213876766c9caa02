"""Public numbers and the clock of a matter: pure."""

from __future__ import annotations

import math
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


_RUNNING_BITS = 24
_LAST_SECOND = (1 << 36) - 1


def line_of(received_at: datetime, number: str) -> int:
    """The matter's place in the order of the ledger: the second it was received, then its running number.

    One whole number sorts, pages and joins where a moment and a key would take two columns of text. Two matters of one
    second whose running numbers lie 16,777,216 apart would meet; the unique constraint would say so.
    """
    running = int(number.rpartition("-")[2])
    second = min(max(int(received_at.timestamp()), 0), _LAST_SECOND)
    return second << _RUNNING_BITS | running % (1 << _RUNNING_BITS)


def first_line_at(at: datetime) -> int:
    """The lowest line that a matter received at ``at`` or later can have."""
    return min(max(math.ceil(at.timestamp()), 0), _LAST_SECOND) << _RUNNING_BITS
