"""Suggesting what may be the same incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter
from linli.matters.links.models import Link
from linli.matters.links.rules import WINDOW_MIN, CallFacts, likeness
from linli.matters.parties.models import Party

_WORTH_SHOWING = 0.3
_MOST = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A matter that may be the same incident: how alike (0–1) and why."""

    matter: Matter
    likeness: float
    why: list[Words]


def similar_matters(actor: Actor, *, matter: Matter) -> list[Suggestion]:
    """Up to five calls that may be the same incident, the likeliest first; never linked by the house itself."""
    index = Party.objects.filter(matter=matter, part="caller").values_list("phone_index", flat=True).first() or ""
    span = timedelta(minutes=WINDOW_MIN)
    near = Q(received_at__gte=matter.received_at - span, received_at__lte=matter.received_at + span)
    if index:
        day = timedelta(days=1)
        near |= Q(
            pk__in=Party.objects.filter(phone_index=index).values("matter_id"),
            received_at__gte=matter.received_at - day,
            received_at__lte=matter.received_at + day,
        )
    tied = Link.objects.standing().filter(Q(one=matter) | Q(other=matter)).values_list("one_id", "other_id")
    known = {matter.pk, *(pk for pair in tied for pk in pair)}
    rows = (
        Matter.objects.visible_to(actor)
        .filter(near, kind="incident")
        .exclude(pk__in=known)
        .select_related("agency")[:500]
    )
    callers = dict(
        Party.objects.filter(matter__in=[row.pk for row in rows], part="caller").values_list("matter_id", "phone_index")
    )
    new = _facts(matter, index)
    found = []
    for row in rows:
        value, why = likeness(new, _facts(row, callers.get(row.pk, "")))
        if value >= _WORTH_SHOWING:
            found.append(Suggestion(row, value, why))
    return sorted(found, key=lambda item: (-item.likeness, item.matter.number))[:_MOST]


def links_of(actor: Actor, *, matter: Matter) -> list[Link]:
    """Standing ties of a matter whose both ends the actor may see."""
    ties = Link.objects.visible_to(actor).standing().filter(Q(one=matter) | Q(other=matter))
    return list(ties.select_related("one", "other", "one__agency", "other__agency"))


def _facts(matter: Matter, phone_index: str) -> CallFacts:
    return CallFacts(matter.received_at, matter.lon, matter.lat, matter.category, phone_index)


@dataclass(frozen=True, slots=True)
class Net:
    """Matters tied to one another: each with how many ties away it lies, and the standing ties between them."""

    matters: list[tuple[Matter, int]]
    links: list[Link]


def net_of(actor: Actor, *, matter: Matter, ties: int = 2, most: int = 40) -> Net:
    """What hangs together with a matter, at most ``ties`` away and ``most`` matters; only what the actor may see."""
    known: dict[UUID, tuple[Matter, int]] = {matter.pk: (matter, 0)}
    links: dict[UUID, Link] = {}
    edge = {matter.pk}
    for away in range(1, ties + 1):
        rows = Link.objects.visible_to(actor).standing().filter(Q(one__in=edge) | Q(other__in=edge))
        edge = set()
        for link in rows.select_related("one", "other").order_by("made_at", "id")[: most * 3]:
            for end in (link.one, link.other):
                if end.pk not in known and len(known) < most:
                    known[end.pk] = (end, away)
                    edge.add(end.pk)
            if link.one_id in known and link.other_id in known:
                links[link.pk] = link
        if not edge:
            break
    return Net(list(known.values()), list(links.values()))
