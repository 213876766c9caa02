"""Registers: premises, devices, places in grades, volunteers (masked; name and number only with a purpose)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref
from linli.kernel.errors import NotFound
from linli.matters.parties.rules import masked_name, masked_phone
from linli.places.devices.acts import move_device, register_device
from linli.places.devices.models import DEVICE_LIFE, Device
from linli.places.devices.queries import device_by_code, devices_of
from linli.places.grading.acts import grade_premises
from linli.places.grading.models import Grade, Grading
from linli.places.grading.queries import gradings, history_of, schemes_for
from linli.places.premises.acts import register_premises
from linli.places.premises.models import Premises
from linli.places.premises.queries import premises_by_code, premises_of
from linli.trail.reads.acts import note_read
from linli.volunteers.members.acts import register_member
from linli.volunteers.members.models import MEMBER_LIFE, Member
from linli.volunteers.members.queries import member_by_code, members_of

router = Router(tags=["registers"])

MOST_ROWS = 500
Rows = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Purpose = Annotated[str, Query(min_length=1, max_length=200)]


class NewPremises(Schema):
    """One place; ``agency`` by id or code."""

    code: str = Field(max_length=40)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    agency: str = Field(max_length=64)
    operator: str = Field("", max_length=120)
    address_text: str = Field("", max_length=160)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    usual_people: int | None = Field(None, ge=0, le=200_000)
    hazard_note: str = Field("", max_length=200)


class NewDevice(Schema):
    """One camera: degrees clockwise from north, metres."""

    code: str = Field(max_length=40)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=12)
    agency: str = Field(max_length=64)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    owner_kind: str = Field("police", max_length=12)
    owner: str = Field("", max_length=120)
    direction_deg: float | None = None
    angle_deg: float | None = None
    range_m: float | None = None
    address_text: str = Field("", max_length=160)


class Decision(Schema):
    """A grade by ``scheme`` and ``grade`` codes, with reasons."""

    scheme: str = Field(max_length=24)
    grade: str = Field(max_length=24)
    reasons: str = Field(max_length=4000)
    measures: str = Field("", max_length=4000)
    review_due_on: date | None = None


class NewVolunteer(Schema):
    """Who has agreed to be on record; ``free`` as ``周一至周五 18:00-21:00``."""

    code: str = Field(max_length=40)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=60)
    phone: str = Field(max_length=32)
    agency: str = Field(max_length=64)
    consented_on: date
    grid_code: str = Field("", max_length=24)
    free: str = Field("", max_length=200)
    at_night: bool = False


def _listed(rows: QuerySet[Any], shown: Callable[[Any], Shown], after: str, limit: int) -> HttpResponse:
    """A page by code: ``next`` is the ``after`` of the next one, null at the end."""
    ordered = rows.order_by("code")
    found = list((ordered.filter(code__gt=after) if after else ordered)[: limit + 1])
    more = len(found) > limit
    return answered({"items": [shown(row) for row in found[:limit]], "next": found[limit - 1].code if more else None})


def _plain(row: Model, *names: str) -> Shown:
    return {name: getattr(row, name) for name in names}


def premises_shown(row: Premises) -> Shown:
    """A place as the API tells it."""
    plain = _plain(
        row, "id", "code", "name", "operator", "lon", "lat", "usual_people", "hazard_note", "closed_on", "version"
    )
    kind = Premises.KINDS[row.kind]
    return {
        **plain,
        "kind": {"code": row.kind, **kind.as_json()},
        "address": row.address_text,
        "grid": row.grid_code or None,
        "agency_path": row.agency_path,
    }


def device_shown(row: Device) -> Shown:
    """A camera as the API tells it; ``covers`` says whether it counts on the map of cover."""
    plain = _plain(
        row, "id", "code", "name", "owner", "lon", "lat", "direction_deg", "angle_deg", "range_m", "broken_since",
        "version",
    )  # fmt: skip
    return {
        **plain,
        "kind": {"code": row.kind, **Device.KINDS[row.kind].as_json()},
        "owner_kind": {"code": row.owner_kind, **Device.OWNERS[row.owner_kind].as_json()},
        "state": {"code": row.state, **DEVICE_LIFE.state(row.state).words.as_json()},
        "address": row.address_text,
        "grid": row.grid_code or None,
        "agency_path": row.agency_path,
        "covers": row.cover is not None,
    }


def grading_shown(row: Grading) -> Shown:
    """A decision about a place."""
    plain = _plain(row, "id", "reasons", "measures", "graded_at", "review_due_on", "ended_at", "ended_why")
    return {
        **plain,
        "scheme": row.scheme.code,
        "grade": {"code": row.grade.code, "zh": row.grade.zh, "en": row.grade.en, "tone": row.grade.tone},
        "premises": row.premises.code,
        "graded_by": row.graded_by_name,
    }


def volunteer_shown(row: Member) -> Shown:
    """A volunteer, masked."""
    return {
        **_plain(row, "id", "code", "at_night", "consented_on", "version"),
        "kind": {"code": row.kind, **Member.KINDS[row.kind].as_json()},
        "state": {"code": row.state, **MEMBER_LIFE.state(row.state).words.as_json()},
        "name": masked_name(row.name),
        "phone": masked_phone(row.phone),
        "agency": agency_ref(row.agency),
        "grid": row.grid_code or None,
    }


@router.get("/premises", summary="Premises")
def premises(
    request: ApiRequest, kind: str = "", grid: str = "", q: str = "", closed: bool = False, after: str = "",
    limit: Rows = 100,
) -> HttpResponse:  # fmt: skip
    """The premises that the actor may see, by code; ``after`` continues behind a code."""
    rows = premises_of(request.auth, kind=kind, grid=grid, words=q, closed=closed)
    return _listed(rows, premises_shown, after, limit)


@router.post("/premises", response={201: dict[str, Any]}, summary="Register premises")
def registered(request: ApiRequest, sent: NewPremises) -> HttpResponse:
    """Enter a place into the register of an agency."""
    actor, agency = request.auth, agency_named(request.auth, sent.agency)
    facts = sent.model_dump(exclude={"agency"})
    return once(request.ticket, 201, lambda: premises_shown(register_premises(actor, agency_path=agency.path, **facts)))


@router.get("/premises/{code}", summary="One place")
def one_place(request: ApiRequest, code: str) -> HttpResponse:
    """A place with every decision about its grade, the latest first."""
    row = premises_by_code(request.auth, code)
    decisions = history_of(request.auth, row).select_related("premises").order_by("-graded_at", "-id")
    return answered({**premises_shown(row), "gradings": [grading_shown(one) for one in decisions]})


@router.post("/premises/{code}/gradings", response={201: dict[str, Any]}, summary="Grade a place")
def graded(request: ApiRequest, code: str, sent: Decision) -> HttpResponse:
    """Put a place in a grade of a scheme; the decision before it ends."""
    actor, row = request.auth, premises_by_code(request.auth, code)
    grade = Grade.objects.filter(scheme__code=sent.scheme, scheme__ended_on__isnull=True, code=sent.grade)
    found = grade.select_related("scheme").first()
    if found is None:
        raise NotFound("row.unknown", what=f"{sent.scheme}.{sent.grade}")
    facts = sent.model_dump(include={"reasons", "measures", "review_due_on"})
    return once(request.ticket, 201, lambda: grading_shown(grade_premises(actor, premises=row, grade=found, **facts)))


@router.get("/gradings", summary="Places in grades")
def current_gradings(request: ApiRequest, due_by: date | None = None, limit: Rows = 100) -> HttpResponse:
    """The gradings that count now, the soonest review first; ``due_by``: whose review falls due up to that day."""
    rows = gradings(request.auth).order_by("review_due_on", "id")
    if due_by is not None:
        rows = rows.filter(review_due_on__lte=due_by)
    schemes = [
        {
            **_plain(scheme, "code", "zh", "en", "kinds"),
            "grades": [
                _plain(grade, "code", "zh", "en", "tone", "criteria", "measures", "review_every_days")
                for grade in scheme.grades.all()
            ],
        }
        for scheme in schemes_for(request.auth)
    ]
    return answered({"items": [grading_shown(row) for row in rows[:limit]], "next": None, "schemes": schemes})


@router.get("/devices", summary="Devices")
def devices(
    request: ApiRequest, kind: str = "", state: str = "", owner: str = "", q: str = "", after: str = "",
    limit: Rows = 100,
) -> HttpResponse:  # fmt: skip
    """The devices that the actor may see, by code; ``after`` continues behind a code."""
    rows = devices_of(request.auth, kind=kind, state=state, owner_kind=owner, words=q)
    return _listed(rows, device_shown, after, limit)


@router.post("/devices", response={201: dict[str, Any]}, summary="Register a device")
def device_registered(request: ApiRequest, sent: NewDevice) -> HttpResponse:
    """Enter a camera into the register of an agency."""
    actor, agency = request.auth, agency_named(request.auth, sent.agency)
    facts = sent.model_dump(exclude={"agency"})
    return once(request.ticket, 201, lambda: device_shown(register_device(actor, agency_path=agency.path, **facts)))


@router.post("/devices/{code}/moves/{move}", summary="Broken, mended, taken down")
def device_moved(request: ApiRequest, code: str, move: str) -> HttpResponse:
    """report_broken, repair, remove. 409 when somebody was first."""
    actor, row = request.auth, device_by_code(request.auth, code)
    return once(request.ticket, 200, lambda: device_shown(move_device(actor, device=row, move=move)))


@router.get("/volunteers", summary="Volunteers, masked")
def volunteers(
    request: ApiRequest, kind: str = "", grid: str = "", agency: str = "", state: str = "", q: str = "",
    after: str = "", limit: Rows = 100,
) -> HttpResponse:  # fmt: skip
    """The volunteers of one's rooms. ``q``: a register number, a whole name or a whole telephone number."""
    rows = members_of(request.auth, kind=kind, grid=grid, agency=agency, state=state, words=q)
    return _listed(rows, volunteer_shown, after, limit)


@router.post("/volunteers", response={201: dict[str, Any]}, summary="Register a volunteer")
def volunteer_registered(request: ApiRequest, sent: NewVolunteer) -> HttpResponse:
    """Put somebody on record who has agreed to it."""
    actor, agency = request.auth, agency_named(request.auth, sent.agency)
    facts = sent.model_dump(exclude={"agency"})
    return once(request.ticket, 201, lambda: volunteer_shown(register_member(actor, agency=agency, **facts)))


@router.get("/volunteers/{code}/contact", summary="A volunteer's name and number")
def contact(request: ApiRequest, code: str, purpose: Purpose) -> HttpResponse:
    """Unmasked, for a purpose, which is kept with who looked."""
    row = member_by_code(request.auth, code)
    note_read(request.auth, subject_type="volunteers.member", subject_id=str(row.pk), purpose=purpose)
    return answered({"code": row.code, "name": row.name, "phone": row.phone})
