"""Whose units may be recommended for a call."""

from __future__ import annotations

import uuid

from linli.kernel.kept import Kept
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import category
from linli.operations.dispatch.models import Recommendation
from linli.operations.dispatch.queries import latest_recommendation
from linli.operations.units.models import Unit

STORED = "_stored_recommendation"
"""Under this name a matter just taken carries its recommendation."""


def stored_for(matter: Matter) -> Recommendation | None:
    """What was last recommended for a call."""
    held = vars(matter).get(STORED)
    return held if isinstance(held, Recommendation) else latest_recommendation(matter)


def _station_agencies() -> frozenset[uuid.UUID]:
    rows = Unit.objects.in_service().filter(agency__kind__in=("station", "branch", "bureau"))
    return frozenset(rows.values_list("agency_id", flat=True))


_STATIONS = Kept(_station_agencies, changed_by=("unit.form", "agency.", "import."))


def agencies_for(matter: Matter) -> frozenset[uuid.UUID] | None:
    """For categories that rooms may not take: the agencies that may; None when all may."""
    listed = category(matter.category)
    return None if listed is None or listed.taken_by != "station" else _STATIONS.get()
