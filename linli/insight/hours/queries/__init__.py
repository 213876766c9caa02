"""A week for its owner; sums by room for who leads. There is no query of somebody else's hours."""

from __future__ import annotations

from linli.insight.hours.queries.weeks import (
    COMMUNITY_POSTS,
    LEADERS,
    OwnDay,
    OwnWeek,
    community_agency,
    midnight,
    own_week,
    pieces_of,
    released,
    room_sums,
    week_of,
    weeks_waiting,
)

__all__ = [
    "COMMUNITY_POSTS",
    "LEADERS",
    "OwnDay",
    "OwnWeek",
    "community_agency",
    "midnight",
    "own_week",
    "pieces_of",
    "released",
    "room_sums",
    "week_of",
    "weeks_waiting",
]
