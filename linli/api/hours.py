"""Signing on and off, one's own hours, sums of rooms; drawing officers away."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named, person_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, bilingual
from linli.insight.hours.acts import confirm_week, correct_day, see_week
from linli.insight.hours.models import HoursWeek
from linli.insight.hours.queries import OwnDay, own_week, room_sums
from linli.insight.hours.rules import LONGEST_DAY_MIN, SOURCES, added, monday_of
from linli.kernel import clock
from linli.org.drawing.acts import ask_for_officer, cancel_drawing, decide, return_to_post
from linli.org.drawing.models import DRAWING_LIFE, Drawing
from linli.org.drawing.queries import drawing_by_id, drawings_of
from linli.org.drawing.rules import REASONS
from linli.org.roster.acts import sign_off, sign_on
from linli.org.roster.models import Duty

router = Router(tags=["hours"])
MOST_ROWS = 200


class SignOn(Schema):
    """At which agency (id or code); ``at`` when, if not now."""

    agency: str = Field(max_length=64)
    at: AwareDatetime | None = None


class SignOff(Schema):
    """``at`` when, if not now."""

    at: AwareDatetime | None = None


class Correction(Schema):
    """Minutes of a day as their owner says, with the reason; null takes a correction back."""

    minutes: int | None = Field(ge=0, le=LONGEST_DAY_MIN)
    reason: str = Field("", max_length=200)


class NewDrawing(Schema):
    """``person`` by id or staff number, ``asked_for`` by id or code."""

    person: str = Field(max_length=64)
    asked_for: str = Field(max_length=64)
    reason: str = Field(max_length=12)
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    note: str = Field("", max_length=200)


class Decision(Schema):
    """Why: a refusal needs it."""

    note: str = Field("", max_length=200)


def _duty(row: Duty) -> Shown:
    return {"id": row.pk, "agency": agency_ref(row.agency), "on_at": row.on_at, "off_at": row.off_at}


@router.post("/duty/sign-on", response={201: dict[str, Any]}, summary="Sign on for duty")
def on(request: ApiRequest, sent: SignOn) -> HttpResponse:
    """One's own; no place is sent and none is kept."""
    actor = request.auth
    agency = agency_named(actor, sent.agency)
    return once(request.ticket, 201, lambda: _duty(sign_on(actor, agency=agency, at=sent.at)))


@router.post("/duty/sign-off", response=dict[str, Any], summary="Sign off duty")
def off(request: ApiRequest, sent: SignOff) -> HttpResponse:
    """One's own."""
    actor = request.auth
    return once(request.ticket, 200, lambda: _duty(sign_off(actor, at=sent.at)))


def _day(day: OwnDay) -> Shown:
    return {
        "day": day.sum.day,
        "minutes": day.minutes,
        "computed_min": day.sum.minutes,
        "stated_min": day.stated_min,
        "reason": day.reason,
        "drawn_min": day.sum.drawn_min,
        "guessed": day.sum.guessed,
        "by_source": [
            {"code": code, **bilingual(SOURCES[code]), "minutes": minutes}
            for code, minutes in day.sum.by_source.items()
        ],
    }


@router.get("/hours", response=dict[str, Any], summary="One's own week")
def own(request: ApiRequest, week: date | None = None) -> HttpResponse:
    """``week``: any day of it. There is no address for anybody else's."""
    found = own_week(request.auth, week or clock.today())
    row = found.row
    return answered(
        {
            "monday": found.monday,
            "room": agency_ref(found.agency),
            "minutes": found.minutes,
            "a_day_min": found.a_day_min,
            "drawn_min": found.drawn_min,
            "seen_at": row.seen_at if row else None,
            "confirmed_at": row.confirmed_at if row else None,
            "told_in_sums": found.is_told,
            "days": [_day(day) for day in found.days],
        }
    )


def _week(row: HoursWeek) -> Shown:
    return {"monday": row.monday, "seen_at": row.seen_at, "confirmed_at": row.confirmed_at, "version": row.version}


@router.post("/hours/weeks/{week}/see", response=dict[str, Any], summary="I have seen this week")
def see(request: ApiRequest, week: date) -> HttpResponse:
    """From now on its owner could set it right; some days later it is told in sums."""
    return once(request.ticket, 200, lambda: _week(see_week(request.auth, monday=monday_of(week))))


@router.post("/hours/weeks/{week}/confirm", response=dict[str, Any], summary="This week is right")
def confirm(request: ApiRequest, week: date) -> HttpResponse:
    """It is told in sums from now on."""
    return once(request.ticket, 200, lambda: _week(confirm_week(request.auth, monday=monday_of(week))))


@router.post("/hours/days/{day}", response=dict[str, Any], summary="Set one of one's own days right")
def correct(request: ApiRequest, day: date, sent: Correction) -> HttpResponse:
    """Both values are kept."""
    actor = request.auth
    return once(
        request.ticket, 200, lambda: _week(correct_day(actor, day=day, minutes=sent.minutes, reason=sent.reason))
    )


@router.get("/hours/rooms", response=dict[str, Any], summary="Sums of rooms over whole weeks")
def rooms(request: ApiRequest, begins: date, ends: date) -> HttpResponse:
    """Of places in the order of the tree, never of persons; only weeks that their owners have seen."""
    sums = room_sums(request.auth, begins=begins, ends=ends)
    whole = added(sums.values())
    items = [
        {
            "room": agency_ref(room),
            "minutes": one.minutes,
            "days": one.worked_days,
            "a_day_min": one.a_day_min,
            "drawn_min": one.drawn_min,
            "corrected_days": one.corrected_days,
            "waiting_weeks": one.waiting,
        }
        for room, one in sums.items()
    ]
    return answered({"items": items, "a_day_min": whole.a_day_min, "waiting_weeks": whole.waiting})


def _drawing(row: Drawing) -> Shown:
    return {
        "id": row.pk,
        "person": {"id": row.person_id, "name": row.person.name},
        "agency": agency_ref(row.agency),
        "asked_for": agency_ref(row.asked_for),
        "asked_by": row.asked_by.name,
        "reason": {"code": row.reason, **bilingual(REASONS[row.reason])},
        "begins_at": row.begins_at,
        "ends_at": row.ends_at,
        "returned_at": row.returned_at,
        "beyond_limit": row.beyond_limit,
        "decided_by": row.decided_by.name if row.decided_by else None,
        "decided_at": row.decided_at,
        "state": {"code": row.state, **bilingual(DRAWING_LIFE.state(row.state).words)},
        "version": row.version,
    }


@router.get("/drawings", response=dict[str, Any], summary="Officers drawn away, as far as one may see")
def drawings(request: ApiRequest, state: str = "") -> HttpResponse:
    """The latest first."""
    return answered({"items": [_drawing(row) for row in drawings_of(request.auth, state=state)[:MOST_ROWS]]})


@router.post("/drawings", response={201: dict[str, Any]}, summary="Ask that an officer be drawn away")
def ask(request: ApiRequest, sent: NewDrawing) -> HttpResponse:
    """Somebody else decides."""
    actor = request.auth
    facts = sent.dict()
    person = person_named(actor, facts.pop("person"))
    asked_for = agency_named(actor, facts.pop("asked_for"))
    return once(
        request.ticket, 201, lambda: _drawing(ask_for_officer(actor, person=person, asked_for=asked_for, **facts))
    )


@router.post("/drawings/{drawing}/{move}", response=dict[str, Any], summary="approve, refuse, cancel or return")
def move(request: ApiRequest, drawing: uuid.UUID, move: str, sent: Decision) -> HttpResponse:
    """Never who asked approves; beyond the limit only the bureau's leaders."""
    actor = request.auth
    row = drawing_by_id(actor, drawing)

    def deed() -> Shown:
        if move == "cancel":
            return _drawing(cancel_drawing(actor, drawing=row))
        if move == "return":
            return _drawing(return_to_post(actor, drawing=row))
        return _drawing(decide(actor, drawing=row, move=move, note=sent.note))

    return once(request.ticket, 200, deed)
