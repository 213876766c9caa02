"""Who stands on a grid's card today, which cards have become stale, which doors are left, and the sheets."""

from __future__ import annotations

from linli.visits.cards.queries.batches import (
    GridCards,
    addresses_within,
    batch_by_id,
    cards_of,
    design_by_id,
    designs_for,
    door_by_id,
    doors_of,
    doors_within,
    why_stale,
)
from linli.visits.cards.queries.faces import Door, Face, door_by_code, faces, grid_in_reach, supervision_phone
from linli.visits.cards.queries.sheets import MOST_CARDS, sample_of, sheets_of

__all__ = [
    "MOST_CARDS",
    "Door",
    "Face",
    "GridCards",
    "addresses_within",
    "batch_by_id",
    "cards_of",
    "design_by_id",
    "designs_for",
    "door_by_code",
    "door_by_id",
    "doors_of",
    "doors_within",
    "faces",
    "grid_in_reach",
    "sample_of",
    "sheets_of",
    "supervision_phone",
    "why_stale",
]
