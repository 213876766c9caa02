"""Units as the desk sees them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from linli.kernel.scope import Actor
from linli.operations.units.models import Unit, UnitCrew


def units_for(actor: Actor) -> QuerySet[Unit]:
    """The units that the actor may see, with position and crew, by call sign."""
    crew = UnitCrew.objects.filter(until__isnull=True).select_related("person")
    rows = Unit.objects.visible_to(actor).in_service().select_related("agency", "position")
    return rows.prefetch_related(Prefetch("crew", queryset=crew)).order_by("call_sign")


def unit_of(actor: Actor) -> Unit | None:
    """The unit that the actor rides in now."""
    rides = UnitCrew.objects.filter(person_id=actor.id, until__isnull=True).select_related("unit__agency").first()
    return rides.unit if rides else None
