"""The ladder of an order: which rung is due when, and whether it still matters. Pure (research/dispatch.md §2.4).

Not delivered in 5 s: another channel. Not signed in 30 s: the next unit in parallel. 60 s: the station desk. 120 s: the
bureau. Signed but not moving in 90 s: a second unit. Target missed: the chief sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Seconds:
    """The configured seconds of each rung."""

    delivered_s: int
    signed_s: int
    desk_s: int
    bureau_s: int
    moving_s: int
    target_s: int


def rungs_from_order(ordered_at: datetime, limit: Seconds) -> list[tuple[str, datetime]]:
    """The rungs that an order starts with, each with the moment it falls due."""
    return [
        ("other_channel", ordered_at + timedelta(seconds=limit.delivered_s)),
        ("next_unit", ordered_at + timedelta(seconds=limit.signed_s)),
        ("station_desk", ordered_at + timedelta(seconds=limit.desk_s)),
        ("bureau", ordered_at + timedelta(seconds=limit.bureau_s)),
        ("target", ordered_at + timedelta(seconds=limit.target_s)),
    ]


def still_matters(step: str, state: str, *, arrived: bool, moved_m: float | None) -> bool:
    """Whether a due rung is climbed: the order may have been delivered, signed, moving or ended meanwhile."""
    if step == "other_channel":
        return state == "ordered"
    if step in ("next_unit", "station_desk", "bureau"):
        return state in ("ordered", "delivered")
    if step == "not_moving":
        return state == "signed" and (moved_m is None or moved_m < MOVED_M)
    if step == "target":
        return not arrived and state in ("ordered", "delivered", "signed", "under_way")
    return step == "declined"


MOVED_M = 100.0
"""A unit nearer than this to where it stood when ordered has not moved: less is the noise of a fix between houses."""
