"""How long somebody was on duty who signed on, and when a sign-on that nobody ended is taken to end. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_DUTY = timedelta(hours=24)
"""A sign-on that nobody ended counts no longer than this, whatever the roster says."""
EARLY = timedelta(hours=2)
"""So long before a shift a sign-on belongs to it."""


def until_of(on_at: datetime, off_at: datetime | None, shift_ends_at: datetime | None, now: datetime) -> datetime:
    """When a duty ended: as signed off; else with its shift; else it runs, at most ``LONGEST_DUTY``."""
    if off_at is not None:
        return off_at
    latest = on_at + LONGEST_DUTY
    planned = shift_ends_at if shift_ends_at is not None and shift_ends_at > on_at else latest
    return min(planned, latest, max(now, on_at))
