"""Where a report belongs, who may read it, and what its sender is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from linli.kernel import clock
from linli.kernel.crypto import blind_index
from linli.kernel.errors import CODES, Invalid
from linli.kernel.geo import possible
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import Placed
from linli.matters.ledger.models import Matter
from linli.matters.ledger.rules import FILTERS, Asked
from linli.matters.ledger.rules.filters import Filter
from linli.matters.public.models import PublicReport
from linli.matters.public.rules import STREET, typed_code
from linli.matters.routing.queries import answering_for, bureau
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.org.people.models import Person
from linli.org.rooms.models import OpeningHours
from linli.org.rooms.queries import held_on
from linli.places.addresses.models import Address
from linli.places.addresses.queries import candidates
from linli.places.grid.models import Grid
from linli.places.grid.queries import nearest_grid
from linli.trail.entries.queries import histories

CODE = "matters.public.code"
_SURE = 0.75
_NEAR_M = 30_000.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a resident says of the place: a point, an address of ours, words, the grid of a card, or a room."""

    lon: float | None = None
    lat: float | None = None
    address_id: UUID | None = None
    text: str = ""
    grid: Grid | None = None
    room: Agency | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a report lies: place and agencies for its matter, the officer of the grid, and the doubts."""

    place: Placed
    room: Agency | None
    officer: Person | None
    warnings: tuple[dict[str, Any], ...] = ()


def _doubt(code: str, **facts: Any) -> dict[str, Any]:
    words = CODES[code].filled(facts)
    return {"code": code, "zh": words.zh, "en": words.en, "facts": facts}


def located(told: Told, at: datetime) -> Located:
    """Who deals with a report. What lies in no grid goes to the station of the nearest one within 30 km, else to the
    bureau, with a doubt that says so: nothing that was sent is ever without somebody who deals with it.
    """
    found, doubts = _point(told)
    if found.lon is not None and found.lat is not None:
        here = _at_point(found, at)
        return replace(here, warnings=(*doubts, *here.warnings))
    day = clock.shanghai(at).date()
    held = held_on(told.grid.pk, day) if told.grid else None
    if held is not None:
        agency, station = held.responsibility.agency, held.station
        place = replace(found, grid=told.grid, agency=agency, station=station)
        return Located(place, agency if agency.is_room else None, held.responsibility.officer, tuple(doubts))
    if told.room is not None:
        station = station_of(told.room)
        return Located(replace(found, agency=told.room, station=station), told.room, None, tuple(doubts))
    doubts.append(_doubt("call.address_not_found", sent=told.text) if told.text else _doubt("call.no_place"))
    return Located(replace(found, agency=bureau()), None, None, tuple(doubts))


def _point(told: Told) -> tuple[Placed, list[dict[str, Any]]]:
    if told.lon is not None and told.lat is not None:
        if possible(told.lon, told.lat):
            return Placed(told.lon, told.lat, told.text, None, "sent"), []
        return Placed(address=told.text), [_doubt("call.point_unreadable", sent=f"{told.lon}, {told.lat}")]
    if told.address_id is not None:
        row = Address.objects.filter(pk=told.address_id, active=True).first()
        if row is not None:
            text = f"{row.text} {told.text}".strip()[:200] if told.text not in row.text else row.text
            return Placed(row.lon, row.lat, text, row.pk, "address"), []
    best = candidates(told.text, limit=1) if told.text else []
    if best and best[0].score >= _SURE:
        return Placed(best[0].lon, best[0].lat, told.text, best[0].address_id, "address"), []
    return Placed(address=told.text), []


def _at_point(place: Placed, at: datetime) -> Located:
    lon, lat = float(place.lon or 0.0), float(place.lat or 0.0)
    found = answering_for(lon, lat, at)
    if found.grid is not None:
        agency = found.agency or found.station or bureau()
        doubts = () if found.agency else (_doubt("call.no_room", agency=agency.name if agency else "—"),)
        room = agency if agency is not None and agency.is_room else None
        return Located(
            replace(place, grid=found.grid, agency=agency, station=found.station), room, found.officer, doubts
        )
    near = nearest_grid(lon, lat, within_m=_NEAR_M)
    if near is None:
        return Located(replace(place, agency=bureau()), None, None, (_doubt("public.outside", agency="公安局"),))
    held = held_on(near.grid.pk, clock.shanghai(at).date())
    station = (held.station if held else None) or bureau()
    doubt = _doubt("call.point_outside", grid=near.grid.name, metres=int(near.distance_m))
    return Located(replace(place, agency=station, station=station), None, None, (doubt,))


def narrowed(where: Located, readers: str) -> Placed:
    """The place of a matter that only some may read: it lies with the police station, not with the room."""
    place = where.place
    if readers == "room":
        return place
    above = place.station or bureau()
    return replace(place, agency=above if place.agency is None or place.agency.is_room else place.agency)


def is_kept_from_room(matter: Matter) -> bool:
    """Whether the sender left out the people of the room."""
    return PublicReport.objects.filter(matter_id=matter.pk).exclude(readers="room").exists()


def report_of(actor: Actor, matter: Matter) -> PublicReport | None:
    """What a resident sent with this matter; None when it came another way or is not the actor's to see."""
    return PublicReport.objects.visible_to(actor).filter(matter=matter).select_related("room").first()


def report_by_code(number: str, code: str) -> PublicReport | None:
    """The report with this number and follow code: for its sender."""
    rows = PublicReport.objects.select_related("matter__agency", "matter__grid", "room")
    row = rows.filter(matter__number=number.strip().upper()[:32]).first()
    plain = typed_code(code)
    wanted = code_index(row.matter.number, plain) if row and plain else ""
    return row if row and wanted == row.code_index else None


def code_index(number: str, code: str) -> str:
    """How a follow code is kept: a keyed digest bound to its number."""
    return blind_index(f"{number} {code}", context=CODE)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, as its sender may know it: never who did it, never a note."""

    at: datetime
    words: Words


def steps_of(report: PublicReport) -> list[Step]:
    """What became of a report, oldest first: received, each change of its state, the answer."""
    matter = report.matter
    workflow = KINDS[matter.kind].workflow
    found = [Step(report.received_at, Words("已收到", "received"))]
    for entry in histories({"matters.matter": [str(matter.pk)]}):
        words = _told_of(entry.act, entry.facts or {}, workflow)
        if words is not None and words != found[-1].words:
            found.append(Step(entry.at, words))
    found += _tickets(report)
    if report.answered_at is not None:
        found.append(Step(report.answered_at, Words("已答复您", "answered")))
    return sorted(found, key=lambda step: step.at)


def _tickets(report: PublicReport) -> list[Step]:
    """Where it was handed to, and that it was taken and answered there: agencies, never persons."""
    found = []
    for ticket in report.matter.handovers.select_related("to_agency").exclude(state="withdrawn"):
        name = ticket.to_agency.name
        told = (
            (ticket.sent_at, Words(f"已转交{name}", f"handed to {name}")),
            (ticket.accepted_at, Words(f"{name}已接收", f"taken on by {name}")),
            (ticket.ended_at, TICKET_ENDS.get(ticket.state)),
        )
        found += [Step(at, words) for at, words in told if at is not None and words is not None]
    return found


TICKET_ENDS = {
    "answered": Words("对方已办结回告", "answered by that agency"),
    "declined": Words("对方退回，另行安排", "sent back; somebody else is found"),
}


def _told_of(act: str, facts: dict[str, Any], workflow: Any) -> Words | None:
    if act == "matter.move":
        try:
            move = workflow.move(str(facts.get("move", "")))
        except Invalid:
            return None
        words: Words = workflow.state(move.target).words
        return words
    return {
        "matter.assign": Words("已交人办理", "somebody was given it"),
    }.get(act)


def taken_slots(room: Agency, since: datetime) -> set[datetime]:
    """The times of a room that are booked already."""
    rows = PublicReport.objects.filter(room=room, slot_at__gte=since)
    return {at for at in rows.values_list("slot_at", flat=True) if at is not None}


def hours_of(room: Agency) -> list[tuple[int, int, int]]:
    """A room's opening hours as (weekday, from minute, until minute)."""
    return list(OpeningHours.objects.filter(agency=room).values_list("weekday", "from_minute", "until_minute"))


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What is asked of the public list: numbers, services, when received, open or closed, which page."""

    keys: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    since_at: datetime | None = None
    until_at: datetime | None = None
    statuses: tuple[str, ...] = ()
    page: int = 1
    page_size: int = 1_000


_DONE = Q(matter__closed_at__isnull=False) | Q(matter__state="settled")
_PUBLIC = Q(form="hazard") & (Q(published_at__isnull=False) | Q(sort__in=STREET, readers="room"))
_DAYS_LISTED = timedelta(days=90)


def public_requests(asked: RequestFilter, at: datetime) -> list[PublicReport]:
    """What everybody may read: hazards in the open street, and those that the office made public, the newest first.

    Without numbers and days those of the last 90 days.
    """
    rows = PublicReport.objects.filter(_PUBLIC)
    if asked.keys:
        rows = rows.filter(matter__number__in=asked.keys)
    elif asked.since_at is None and asked.until_at is None:
        rows = rows.filter(received_at__gte=at - _DAYS_LISTED)
    if asked.services:
        rows = rows.filter(sort__in=asked.services)
    if asked.since_at is not None:
        rows = rows.filter(received_at__gte=asked.since_at)
    if asked.until_at is not None:
        rows = rows.filter(received_at__lte=asked.until_at)
    if len(set(asked.statuses)) == 1:
        rows = rows.filter(_DONE) if asked.statuses[0] == "closed" else rows.exclude(_DONE)
    first = (asked.page - 1) * asked.page_size
    ordered = rows.select_related("matter__agency", "matter__grid").order_by("-received_at", "-pk")
    return list(ordered[first : first + asked.page_size])


def is_public(report: PublicReport) -> bool:
    """Whether everybody may read that this hazard was reported, and where (ADR 0171)."""
    in_street = report.sort in STREET and report.readers == "room"
    return report.form == "hazard" and (in_street or report.published_at is not None)


def is_done(report: PublicReport) -> bool:
    """Whether what was reported has been dealt with."""
    return report.matter.closed_at is not None or report.matter.state == "settled"


def _waiting(actor: Actor, asked: Asked, prefix: str) -> Q:
    """Sent by a resident, not answered, and the days that were promised are over."""
    if asked.value not in ("0", "1"):
        raise Invalid("fact.wrong", field="filter", why=asked.value[:40])
    late = PublicReport.objects.unanswered().filter(matter=OuterRef(f"{prefix}pk"), answer_due_at__lt=asked.at)
    condition = Q(Exists(late))
    return condition if asked.value == "1" else ~condition


FILTERS.add(
    "resident_waits",
    Filter("resident_waits", Words("群众未得到答复", "resident not answered"), "flag", "1", None, (), _waiting),
)
