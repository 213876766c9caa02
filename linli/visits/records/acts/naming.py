"""Who was met, by reference to the register: named only at the door where he is on record; what that confirms."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.occupants.acts import confirm_occupant
from linli.places.occupants.models import Occupant, Residence
from linli.visits.records.models import Visit, VisitOccupant


def name_people(visit: Visit, people: Iterable[Occupant], *, live_here: bool) -> None:
    """Write down whom the visit names. Raises Invalid ``visit.not_here`` for somebody who is not on record at this door
    on that day. No act: a part of recording and of correcting.
    """
    named = list(people)
    if not named:
        return
    at_home = _at_home(visit)
    if any(row.erased_on is not None or (row.merged_into_id or row.pk) not in at_home for row in named):
        raise Invalid("visit.not_here", field="people")
    VisitOccupant.objects.bulk_create(VisitOccupant(visit=visit, occupant=row, lives_here=live_here) for row in named)


def _at_home(visit: Visit) -> set[object]:
    """The kept records of everybody who lives or works behind the door of a visit on its day."""
    here = Q(pk__in=[])
    if visit.address_id is not None:
        below = Address.objects.filter(parent_id=visit.address_id).values("pk")
        here |= Q(address_id=visit.address_id) | Q(address__in=below)
    if visit.premises_id is not None:
        here |= Q(employer_id=visit.premises_id)
    rows = Residence.objects.on(clock.shanghai(visit.visited_at).date()).filter(here)
    return {merged or own for own, merged in rows.values_list("occupant_id", "occupant__merged_into_id")}


def confirm_named(actor: Actor, visit: Visit) -> None:
    """Who was met and still lives there is confirmed, once the visit counts: an auxiliary's with an officer's sign."""
    if visit.state != "official":
        return
    rows = visit.named.filter(lives_here=True, occupant__erased_on__isnull=True).select_related("occupant__merged_into")
    for row in rows:
        person = row.occupant.merged_into or row.occupant
        if Occupant.objects.visible_to(actor).whole().filter(pk=person.pk).exists():
            confirm_occupant(actor, occupant=person, groups=["residence"], source="visit")
