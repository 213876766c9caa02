"""Doors, who is to visit which, weeks and campaigns as they stand."""

from __future__ import annotations

from linli.visits.plans.queries.campaigns import Progress, campaign_by_code, progress_of
from linli.visits.plans.queries.doors import Door, door_of
from linli.visits.plans.queries.weeks import (
    Proposal,
    away_days,
    doors_for,
    due_rows,
    own_paths,
    proposal,
    stop_by_id,
    week_of,
)

__all__ = [
    "Door",
    "Progress",
    "Proposal",
    "away_days",
    "campaign_by_code",
    "door_of",
    "doors_for",
    "due_rows",
    "own_paths",
    "progress_of",
    "proposal",
    "stop_by_id",
    "week_of",
]
