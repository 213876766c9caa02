"""How many live where on a day: counted per division and kind, never a list of people (W7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count as Number
from django.db.models.functions import Coalesce

from linli.kernel.scope import below
from linli.places.divisions.models import Division
from linli.places.occupants.models import Residence
from linli.places.occupants.rules.population import Count, Line, summed


@dataclass(frozen=True, slots=True)
class Population:
    """The numbers of one day: per division, and in all. ``unplaced`` is where an address has no division."""

    day: date
    divisions: list[tuple[Division, Count]]
    unplaced: Count
    total: Count = field(default_factory=Count)


def population_of(*, paths: tuple[str, ...], day: date) -> Population:
    """The actual population below agency paths on a day. A person with two records that were merged counts once, and
    once in each kind: who is registered here and lodges there is both.
    """
    held = Residence.objects.on(day).filter(below("agency_path", paths))
    counted = held.order_by().values("division_id", "kind")
    counted = counted.annotate(n=Number(Coalesce("occupant__merged_into_id", "occupant_id"), distinct=True))
    found = summed(((row["division_id"], row["kind"], row["n"]) for row in counted), day, _lines())
    total = Count()
    for count in found.values():
        for kind in ("registered", "migrant", "overseas", "lodging"):
            total.add(kind, getattr(count, kind))
    unplaced = found.pop(None, Count())
    keys: list[UUID] = [key for key in found if key is not None]
    divisions = Division.objects.filter(pk__in=keys).order_by("code")
    return Population(day, [(division, found[division.pk]) for division in divisions], unplaced, total)


def _lines() -> dict[UUID, Line]:
    """Divisions that ever ended or begin on a day: the others need no line."""
    rows = Division.objects.exclude(valid_to__isnull=True, valid_from__isnull=True)
    return {
        key: Line(begins, ends, after)
        for key, begins, ends, after in rows.values_list("pk", "valid_from", "valid_to", "succeeded_by_id")
    }
