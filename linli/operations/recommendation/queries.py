"""What was recommended for a call, and what will be for one that is about to be stored."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from linli.matters.ledger.models import Matter
from linli.operations.dispatch.models import Recommendation
from linli.operations.dispatch.queries import LIVE, incident_of, latest_recommendation, limits_of, recommended
from linli.operations.dispatch.rules import Incident, Limits
from linli.places.roads.queries import active_roads
from linli.places.roads.rules.open_roads import OpenRoads

STORED = "_stored_recommendation"
"""Under this name a matter just taken carries its recommendation."""
AT_ONCE = 5
"""So many units are recommended for a call that has come in."""
_HOLDS_S = 1.0
Found = tuple[list[dict[str, Any]], dict[str, Any], float]
"""The units with their reasons, the snapshot they were known from, and the milliseconds it took."""


def stored_for(matter: Matter) -> Recommendation | None:
    """What was last recommended for a call."""
    held = vars(matter).get(STORED)
    return held if isinstance(held, Recommendation) else latest_recommendation(matter)


@dataclass(frozen=True, slots=True)
class _Thought:
    """A recommendation and all that it was reckoned from."""

    incident: Incident
    limits: Limits
    roads: OpenRoads
    turn: int
    at_s: float
    found: Found

    def holds(self, matter: Matter) -> bool:
        """Whether the same would be found now: the fleet is looked at again, inside the transaction that stores it."""
        roads = active_roads()
        if roads is not self.roads or time.monotonic() - self.at_s > _HOLDS_S:
            return False
        LIVE.now(roads)
        return LIVE.turn == self.turn and incident_of(matter) == self.incident and limits_of(matter) == self.limits


_ahead: dict[uuid.UUID, _Thought] = {}


@contextmanager
def thought_ahead(matter: Matter) -> Iterator[None]:
    """Recommend for a call that this block is going to store, before it stands in line for the one write lock of
    SQLite; ``matter`` is the row as it will be, unsaved. On PostgreSQL, where calls do not wait, nothing.
    """
    thought = _thought(matter) if connection.vendor == "sqlite" else None
    if thought is None:
        yield
        return
    _ahead[matter.pk] = thought
    try:
        yield
    finally:
        _ahead.pop(matter.pk, None)


def _thought(matter: Matter) -> _Thought | None:
    roads = active_roads()
    if roads is None or matter.lon is None or matter.lat is None:
        return None
    LIVE.now(roads)
    turn, at_s = LIVE.turn, time.monotonic()
    incident, limits = incident_of(matter), limits_of(matter)
    return _Thought(incident, limits, roads, turn, at_s, _found(matter))


def found_now(matter: Matter) -> Found:
    """What is recommended for a call in the transaction that stores it: what was thought ahead when it still holds."""
    thought = _ahead.get(matter.pk)
    return thought.found if thought is not None and thought.holds(matter) else _found(matter)


def _found(matter: Matter) -> Found:
    units, snapshot, took_ms = recommended(matter, k=AT_ONCE)
    return [item.as_json() for item in units], snapshot, took_ms
