"""Visits: what is due, one's week, recording, correcting, signing."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import as_id
from linli.api.idempotency import answered, once
from linli.api.shown import Shown
from linli.api.visits_shown import due_shown, named_shown, stop_shown, visit_shown, week_shown
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.places.addresses.models import Address
from linli.places.occupants.models import Occupant
from linli.places.premises.queries import premises_by_code
from linli.visits.checklists.queries import checklists_on
from linli.visits.plans.acts import change_stop, make_week, open_due
from linli.visits.plans.queries import due_rows, proposal, stop_by_id, week_of
from linli.visits.plans.rules import A_DAY, monday_of
from linli.visits.reasons.queries import reasons_on
from linli.visits.records.acts import correct_visit, countersign_visit, record_stop, record_visit, send_visit_back
from linli.visits.records.models import Visit
from linli.visits.records.queries import Met, met_in, visit_by_id, visits_of
from linli.visits.records.rules import GIVEN, OUTCOMES, TOPICS

router = Router(tags=["visits"])

_TEXT = 4000
Rows = Annotated[int, Query(ge=1, le=500)]


class Told(Schema):
    """What a visit says. ``opens``: words by kind of matter; each becomes a matter at this place. ``people``: ids of
    those on record at this door who were met; ``live_here`` confirms that they still do.
    """

    outcome: str = Field("met", max_length=8)
    people_met: int | None = Field(None, ge=0, le=200)
    helped: int = Field(0, ge=0, le=200)
    topics: list[str] = Field([], max_length=20)
    given: list[str] = Field([], max_length=20)
    people: list[uuid.UUID] = Field([], max_length=60)
    live_here: bool = False
    said: dict[str, Annotated[str, Field(max_length=_TEXT)]] = {}
    opens: dict[str, Annotated[str, Field(max_length=_TEXT)]] = {}
    device_at: AwareDatetime | None = None


class NewVisit(Told):
    """Where and why: ``premises`` by code, ``address`` by id or code, a point, or words. ``stop``: a door of one's
    week, and then nothing else of the place is needed.
    """

    stop: uuid.UUID | None = None
    reason: str = Field("plain_talk", max_length=24)
    premises: str = Field("", max_length=40)
    address: str = Field("", max_length=64)
    room: str = Field("", max_length=20)
    place: str = Field("", max_length=160)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    register_changes: dict[str, Any] | None = None
    visited_at: AwareDatetime | None = None


class Correction(Schema):
    """Other values, and why; ``version`` is the one that was read."""

    version: int
    why: str = Field(max_length=200)
    values: dict[str, Any]


class SentBack(Schema):
    """What is wrong with it."""

    why: str = Field(max_length=200)


class NewDue(Schema):
    """A door for the list; ``consented_on`` or ``matter`` (number) where the reason rests on it."""

    reason: str = Field(max_length=24)
    premises: str = Field("", max_length=40)
    address: str = Field("", max_length=64)
    room: str = Field("", max_length=20)
    place: str = Field("", max_length=160)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    matter: str = Field("", max_length=32)
    consented_on: date | None = None
    due_on: date | None = None


class NewWeek(Schema):
    """A week to plan: its Monday, and how many doors a day."""

    monday: date | None = None
    a_day: int = Field(A_DAY, ge=1, le=30)


class Changed(Schema):
    """Another day of the week, or left out this week."""

    day: date | None = None
    leave_out: bool = False


def _address(name: str) -> Address | None:
    if not name:
        return None
    key = as_id(name)
    found = Address.objects.filter(pk=key).first() if key else Address.objects.filter(code=name).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found


def _where(actor: Actor, sent: NewVisit | NewDue) -> dict[str, Any]:
    premises = premises_by_code(actor, sent.premises) if sent.premises else None
    plain = sent.model_dump(include={"room", "place", "lon", "lat"})
    return {"premises": premises, "address": _address(sent.address), **plain}


def people_named(actor: Actor, keys: list[uuid.UUID]) -> list[Occupant]:
    """People of the register by id; hidden and absent look the same (NotFound)."""
    found = {row.pk: row for row in Occupant.objects.visible_to(actor).filter(pk__in=keys).distinct()}
    missing = next((key for key in keys if key not in found), None)
    if missing is not None:
        raise NotFound("row.unknown", what=str(missing))
    return [found[key] for key in dict.fromkeys(keys)]


def _keys(told: Any) -> list[uuid.UUID]:
    keys = [as_id(str(one)) for one in told] if isinstance(told, list) else [None]
    if None in keys:
        raise NotFound("row.unknown", what="people")
    return [key for key in keys if key is not None]


def _whole(actor: Actor, row: Visit) -> Shown:
    """A visit with its free words and whom it names, as far as the reader may see them."""
    return visit_shown(row) | named_shown(met_in(actor, [row]).get(row.pk, Met()))


@router.get("/visits/reasons", summary="Reasons, outcomes and choices")
def reasons(request: ApiRequest) -> HttpResponse:
    """What a record may choose from today, and the checklists in force."""
    listed = [
        {
            "code": one.code,
            **one.words.as_json(),
            "every_days": one.every_days,
            "ground": one.ground,
            "helpers": one.helpers,
        }
        for one in reasons_on(clock.today()).values()
    ]
    choices = {
        name: [{"code": code, **words.as_json()} for code, words in table.items()]
        for name, table in (("outcomes", OUTCOMES), ("topics", TOPICS), ("given", GIVEN))
    }
    checklists = [
        {
            "code": one.code,
            "edition": one.edition,
            **one.words.as_json(),
            "basis": one.basis,
            "premises_kinds": one.premises_kinds,
            "items": [{"code": item.code, **item.words.as_json(), "article": item.article} for item in one.items],
        }
        for one in checklists_on(clock.today()).values()
    ]
    return answered({"reasons": listed, **choices, "checklists": checklists})


@router.get("/visits/due", summary="Doors that are due")
def due(request: ApiRequest, until: date | None = None, limit: Rows = 100) -> HttpResponse:
    """The doors of one's rooms, the soonest first; ``until``: that fall due up to this day."""
    rows = due_rows(request.auth).select_related("agency", "premises", "campaign").order_by("due_on", "pk")
    if until is not None:
        rows = rows.filter(due_on__lte=until)
    return answered({"items": [due_shown(row) for row in rows[:limit]], "next": None, "count": rows.count()})


@router.post("/visits/due", response={201: dict[str, Any]}, summary="Put a door on the list")
def listed(request: ApiRequest, sent: NewDue) -> HttpResponse:
    """A new tenant, somebody who agreed to visits, a victim of a call."""
    actor = request.auth
    matter = Matter.objects.visible_to(actor).filter(number=sent.matter).first() if sent.matter else None
    if sent.matter and matter is None:
        raise NotFound("row.unknown", what=sent.matter)
    facts = {**_where(actor, sent), **sent.model_dump(include={"reason", "consented_on", "due_on"}), "matter": matter}
    return once(request.ticket, 201, lambda: due_shown(open_due(actor, **facts)))


@router.get("/visits/week", summary="One's week")
def week(request: ApiRequest, monday: date | None = None) -> HttpResponse:
    """The week that one has planned, door by door."""
    actor, first = request.auth, monday_of(monday or clock.today())
    return answered(week_shown(week_of(actor, person_id=actor.id, monday=first), first))


@router.post("/visits/week", response={201: dict[str, Any]}, summary="Plan one's week")
def planned(request: ApiRequest, sent: NewWeek) -> HttpResponse:
    """Propose a week from what is due and take it over; what was visited already stays."""
    actor, first = request.auth, monday_of(sent.monday or clock.today())
    plan = proposal(actor, monday=first, a_day=sent.a_day)
    return once(request.ticket, 201, lambda: week_shown(make_week(actor, plan=plan, walk_s=plan.walk_s), first))


@router.post("/visits/stops/{uuid:stop_id}", summary="Change a door of one's week")
def stop_changed(request: ApiRequest, stop_id: uuid.UUID, sent: Changed) -> HttpResponse:
    """Move it to another day, leave it out, or take it in again."""
    actor, row = request.auth, stop_by_id(request.auth, stop_id)
    facts = sent.model_dump()
    return once(request.ticket, 200, lambda: stop_shown(change_stop(actor, stop=row, **facts)))


@router.get("/visits", summary="Visits")
def visits(
    request: ApiRequest, door: str = "", state: str = "", reason: str = "", since: AwareDatetime | None = None,
    before: AwareDatetime | None = None, limit: Rows = 100,
) -> HttpResponse:  # fmt: skip
    """Visits, the latest first, without their free words; ``door`` gives the history of one door. ``before`` pages."""
    rows = visits_of(request.auth, door=door, state=state, reason=reason).prefetch_related("choices")
    if since is not None:
        rows = rows.filter(visited_at__gte=since)
    if before is not None:
        rows = rows.filter(visited_at__lt=before)
    found = list(rows[: limit + 1])
    more: datetime | None = found[limit - 1].visited_at if len(found) > limit else None
    return answered({"items": [visit_shown(row, said=False) for row in found[:limit]], "next": more})


@router.post("/visits", response={201: dict[str, Any]}, summary="Record a visit")
def recorded(request: ApiRequest, sent: NewVisit) -> HttpResponse:
    """One entry: the visit, and whatever matters and register changes follow from it, or nothing."""
    actor = request.auth
    told = sent.model_dump(include={"outcome", "people_met", "helped", "topics", "given", "said", "opens", "live_here"})
    told["people"] = people_named(actor, sent.people)
    if sent.stop is not None:
        stop = stop_by_id(actor, sent.stop)
        device_at = sent.device_at
        return once(
            request.ticket, 201, lambda: _whole(actor, record_stop(actor, stop=stop, told=told, device_at=device_at))
        )
    facts = {
        **told,
        **_where(actor, sent),
        **sent.model_dump(include={"reason", "visited_at", "device_at"}),
        "register": sent.register_changes,
    }
    return once(request.ticket, 201, lambda: _whole(actor, record_visit(actor, **facts)))


@router.get("/visits/{uuid:visit_id}", summary="One visit")
def visit(request: ApiRequest, visit_id: uuid.UUID) -> HttpResponse:
    """A visit with its free words and what its author corrected."""
    row = visit_by_id(request.auth, visit_id)
    versions = [
        {"number": one.number, "why": one.why, "at": one.changed_at, "by": one.changed_by_name, "before": one.before}
        for one in row.versions.all()
    ]
    return answered({**_whole(request.auth, row), "versions": versions})


@router.post("/visits/{uuid:visit_id}/corrections", summary="Correct one's own visit")
def corrected(request: ApiRequest, visit_id: uuid.UUID, sent: Correction) -> HttpResponse:
    """Other values with the reason; what stood there is kept."""
    actor, row = request.auth, visit_by_id(request.auth, visit_id)
    values = {name: value for name, value in sent.values.items() if name != "visited_at"}
    if "people" in values:
        values["people"] = people_named(actor, _keys(values["people"]))
    return once(
        request.ticket,
        200,
        lambda: _whole(actor, correct_visit(actor, visit=row, version=sent.version, why=sent.why, values=values)),
    )


@router.post("/visits/{uuid:visit_id}/sign", summary="Countersign a visit")
def signed(request: ApiRequest, visit_id: uuid.UUID) -> HttpResponse:
    """An officer signs for what a helper has recorded. 409 when somebody was first."""
    actor, row = request.auth, visit_by_id(request.auth, visit_id)
    return once(request.ticket, 200, lambda: visit_shown(countersign_visit(actor, visit=row)))


@router.post("/visits/{uuid:visit_id}/send-back", summary="Send a visit back")
def sent_back(request: ApiRequest, visit_id: uuid.UUID, sent: SentBack) -> HttpResponse:
    """Its author corrects it; until then it does not count."""
    actor, row = request.auth, visit_by_id(request.auth, visit_id)
    return once(request.ticket, 200, lambda: visit_shown(send_visit_back(actor, visit=row, why=sent.why)))
