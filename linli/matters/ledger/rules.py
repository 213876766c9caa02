"""Public numbers and the clock of a matter: pure."""

from __future__ import annotations

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
