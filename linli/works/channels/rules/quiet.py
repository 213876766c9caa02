"""Quiet hours: when a message that is not urgent is held back. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta


def quiet_until(at: datetime, begins: time | None, ends: time | None) -> datetime | None:
    """The end of the quiet hours that ``at`` (local time) lies in, or None. They may run over midnight."""
    if begins is None or ends is None or begins == ends:
        return None
    inside = begins <= at.time() < ends if begins < ends else at.time() >= begins or at.time() < ends
    if not inside:
        return None
    end = at.replace(hour=ends.hour, minute=ends.minute, second=ends.second, microsecond=0)
    return end if end > at else end + timedelta(days=1)
