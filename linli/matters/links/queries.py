"""Suggesting what may be the same incident, or the same thing reported twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from uuid import UUID

from django.db.models import Q

from linli.kernel.geo import distance_m
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter
from linli.matters.links.models import Link
from linli.matters.links.rules import (
    REPORT_NEAR_M,
    REPORT_WINDOW_DAYS,
    REPORT_WORTH_SHOWING,
    REPORTS,
    WINDOW_MIN,
    CallFacts,
    ReportFacts,
    likeness,
    report_likeness,
    telling_words,
)
from linli.matters.parties.models import Party
from linli.matters.public.models import PublicReport
from linli.matters.search.rules.grams import text_grams

_WORTH_SHOWING = 0.3
_MOST = 5
_MOST_TOLD = 3
_MOST_READ = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A matter that may be the same incident: how alike (0–1) and why."""

    matter: Matter
    likeness: float
    why: list[Words]


def similar_matters(actor: Actor, *, matter: Matter) -> list[Suggestion]:
    """Up to five matters that may be the same, the likeliest first; never linked by the house itself.

    A call is compared with calls of the hour, a public report (hazard, request for help, tip, community information)
    with open and late reports of its kind around it. Other kinds have no suggestion.
    """
    if matter.kind == "incident":
        return _similar_calls(actor, matter)
    return _similar_reports(actor, matter) if matter.kind in REPORTS else []


def _similar_calls(actor: Actor, matter: Matter) -> list[Suggestion]:
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
    known = _tied_to(matter)
    rows = (
        Matter.objects.visible_to(actor)
        .filter(near, kind="incident")
        .exclude(pk__in=known)
        .select_related("agency")[:_MOST_READ]
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


def _tied_to(matter: Matter) -> set[UUID]:
    tied = Link.objects.standing().filter(Q(one=matter) | Q(other=matter)).values_list("one_id", "other_id")
    return {matter.pk, *(pk for pair in tied for pk in pair)}


def _similar_reports(actor: Actor, matter: Matter) -> list[Suggestion]:
    if matter.lon is None or matter.lat is None:
        return []
    rows = Matter.objects.visible_to(actor).exclude(pk__in=_tied_to(matter)).select_related("agency")
    near = rows.filter(_around(matter.kind, matter.lon, matter.lat, matter.received_at))
    return _likeliest(_report_facts(matter), list(near[:_MOST_READ]))


def _around(kind: str, lon: float, lat: float, at: datetime) -> Q:
    """Reports of a kind in the box of 150 m and within 30 days of a moment."""
    up = REPORT_NEAR_M / 111_195
    across = up / max(0.01, cos(radians(lat)))
    span = timedelta(days=REPORT_WINDOW_DAYS)
    return Q(
        kind=kind,
        received_at__range=(at - span, at + span),
        lat__range=(lat - up, lat + up),
        lon__range=(lon - across, lon + across),
    )


def _likeliest(new: ReportFacts, rows: list[Matter]) -> list[Suggestion]:
    found = [Suggestion(row, *report_likeness(new, _report_facts(row))) for row in rows]
    worth = [item for item in found if item.likeness >= REPORT_WORTH_SHOWING]
    return sorted(worth, key=lambda item: (-item.likeness, item.matter.number))[:_MOST]


def _report_facts(matter: Matter) -> ReportFacts:
    said = " ".join([matter.title, *(str(value) for value in matter.details.values() if isinstance(value, str))])
    words = telling_words(text_grams(said))
    return ReportFacts(matter.received_at, matter.lon, matter.lat, _sort_of(matter), words)


def _sort_of(matter: Matter) -> str:
    """What sort of thing is reported: the category where there is one, else the kind's own ``sort``, else the kind."""
    return matter.category or str(matter.details.get("sort", "")) or matter.kind


EVERYBODY = "room"
"""The sender's choice that limits nobody."""
TOLD_TO_RESIDENTS = frozenset({"hazard"})
"""Kinds of which a resident may be told that somebody has reported it: a lamp, never a tip or who asked for help."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a resident may be told before he sends: that this is known. No words of the other report are in it.

    ``matter`` is for the door, to follow it; what is shown is when it came, its state, and how far away (metres in
    tens).
    """

    matter: Matter
    received_at: datetime
    state: Words
    apart_m: int


def known_nearby(*, kind: str, lon: float, lat: float, said: str, at: datetime, sort: str = "") -> list[Known]:
    """Up to three open reports that may be what a resident is about to send, the likeliest first.

    For the residents' door, which has no actor: only kinds of ``TOLD_TO_RESIDENTS``, only what is still open, nothing
    whose sender limited who may read it, and nothing of who reported it or in which words. Empty for every other kind.
    """
    if kind not in TOLD_TO_RESIDENTS:
        return []
    near = Matter.objects.still_open().filter(_around(kind, lon, lat, at)).select_related("agency")
    near = near.exclude(pk__in=PublicReport.objects.exclude(readers=EVERYBODY).values("matter_id"))
    new = ReportFacts(at, lon, lat, sort or kind, telling_words(text_grams(said)))
    shown = []
    for item in _likeliest(new, list(near[:_MOST_READ]))[:_MOST_TOLD]:
        row = item.matter
        metres = distance_m(lon, lat, row.lon or lon, row.lat or lat)
        shown.append(Known(row, row.received_at, row.workflow.state(row.state).words, round(metres / 10) * 10))
    return shown


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
