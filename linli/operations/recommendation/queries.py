"""Whose units may be recommended for a call."""

from __future__ import annotations

import uuid

from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import category
from linli.operations.units.models import Unit


def agencies_for(matter: Matter) -> frozenset[uuid.UUID] | None:
    """For categories that rooms may not take: the agencies that may; None when all may."""
    listed = category(matter.category)
    if listed is None or listed.taken_by != "station":
        return None
    rows = Unit.objects.in_service().filter(agency__kind__in=("station", "branch", "bureau"))
    return frozenset(rows.values_list("agency_id", flat=True))
