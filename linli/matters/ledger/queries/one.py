"""Reading the ledger: always for an actor."""

from __future__ import annotations

from django.db.models import QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, Stamp


def matter_by_number(actor: Actor, number: str) -> Matter:
    """The matter with this public number, or NotFound, alike for absent and hidden."""
    found = (
        Matter.objects.visible_to(actor)
        .select_related("agency", "station", "grid", "assignee", "handled_by")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotFound("row.unknown", what=number)
    return found


def clock_of(matter: Matter) -> QuerySet[Stamp]:
    """The stamps of a matter that the caller has already found, oldest first."""
    return Stamp.objects.filter(matter=matter).order_by("server_at", "id")
