"""How far a campaign has come, by place; never by person."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.visits.plans.models import Campaign, Due
from linli.visits.records.models import Visit


def campaign_by_code(actor: Actor, code: str) -> Campaign:
    """A campaign that the actor works in or leads; NotFound otherwise."""
    found = Campaign.objects.visible_to(actor).filter(code=code).select_related("agency").first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """A place's part of a campaign: its doors, how many were reached, tried without anybody at home, and are left."""

    agency: Agency
    doors: int
    reached: int
    tried: int

    @property
    def left(self) -> int:
        return self.doors - self.reached


def progress_of(actor: Actor, campaign: Campaign) -> tuple[list[Progress], int]:
    """The campaign at each room or station that has doors in it, in the order of the tree; and people met in all."""
    rows = Due.objects.visible_to(actor).filter(campaign=campaign)
    sums = rows.values("agency_id").annotate(
        n=Count("pk"),
        reached=Count("pk", filter=Q(ended_why__in=("met", "moved"))),
        tried=Count("pk", filter=Q(ended_on__isnull=True, tries__gt=0)),
    )
    agencies = Agency.objects.in_bulk([row["agency_id"] for row in sums])
    found = [Progress(agencies[row["agency_id"]], row["n"], row["reached"], row["tried"]) for row in sums]
    visits = Visit.objects.visible_to(actor).counted()
    during = visits.filter(door__in=rows.values("door"), visited_at__date__range=(campaign.begins_on, campaign.ends_on))
    people = during.aggregate(people=Sum("people_met"))["people"] or 0
    return sorted(found, key=lambda one: one.agency.path), people
