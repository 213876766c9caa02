"""Care for its named carers. For everybody else a plan does not exist, and answers that are kept hold nothing of it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, bilingual
from linli.kernel.errors import Invalid
from linli.matters.parties.rules import masked_phone
from linli.trail.reads.acts import note_read
from linli.visits.care.acts import make_promise, open_plan, settle_promise, visit_for_care
from linli.visits.care.models import CARE_LIFE, PROMISE_LIFE, CarePlan, Carer, Promise
from linli.visits.care.queries import PlanSeen, plan_seen, plans_of, promise_seen, visits_of
from linli.visits.care.rules import GROUNDS, PURPOSES, REASONS, ROLES, VISIT_KINDS, PlanFacts

router = Router(tags=["care"])
Purpose = Annotated[str, Query(max_length=12)]
_PERSONAL = ("name", "phone", "address", "guardian_name", "guardian_phone")


class NewPlan(Schema):
    """A plan on a statutory ground or on spoken consent; consent on paper comes with its photograph, at the page."""

    agency: str = Field(max_length=64)
    called: str = Field(max_length=24)
    reason: str = Field(max_length=20)
    ground: str = Field(max_length=20)
    name: str = Field(max_length=60)
    situation: str = Field(max_length=2000)
    phone: str = Field("", max_length=32)
    address: str = Field("", max_length=160)
    birth_year: int | None = Field(None, ge=1900, le=2100)
    guardian_name: str = Field("", max_length=60)
    guardian_phone: str = Field("", max_length=32)
    guardian_relation: str = Field("", max_length=16)
    consent_by: str = Field("", max_length=60)
    consent_on: date | None = None
    consent_way: str = Field("", max_length=16)
    child_heard: bool = False
    review_on: date | None = None


class NewVisit(Schema):
    """Somebody was there: home, call, accompany or supplies."""

    kind: str = Field(max_length=12)
    note: str = Field("", max_length=2000)
    minutes: int | None = Field(None, ge=1, le=720)
    at: AwareDatetime | None = None


class NewPromise(Schema):
    """What was promised, until which day."""

    what: str = Field(max_length=400)
    due_on: date


class Settled(Schema):
    """keep (with what was done) or drop."""

    move: str = Field(max_length=8)
    outcome: str = Field("", max_length=400)


def _listed(plan: CarePlan) -> Shown:
    return {
        "id": plan.pk,
        "called": plan.called,
        "reason": {"code": plan.reason, **bilingual(REASONS[plan.reason])},
        "state": {"code": plan.state, **bilingual(CARE_LIFE.state(plan.state).words)},
        "minor": plan.minor,
        "agency": agency_ref(plan.agency),
        "opened_on": plan.opened_on,
        "review_on": plan.review_on,
        "version": plan.version,
    }


def _promise(row: Promise) -> Shown:
    return {
        "id": row.pk,
        "what": row.what,
        "by": row.by.name,
        "promised_on": row.promised_on,
        "due_on": row.due_on,
        "done_on": row.done_on,
        "outcome": row.outcome,
        "state": {"code": row.state, **bilingual(PROMISE_LIFE.state(row.state).words)},
    }


def _whole(seen: PlanSeen, *, opened: bool) -> Shown:
    plan = seen.plan
    personal: Shown = {name: seen.told(name) or None for name in _PERSONAL}
    if not opened:
        phone = personal["phone"]
        personal = dict.fromkeys(_PERSONAL) | {
            "name": seen.masked or None,
            "phone": masked_phone(phone) if phone else None,
        }
    carers = Carer.objects.now().filter(plan=plan).select_related("person")
    return _listed(plan) | {
        "sees": sorted(seen.sees),
        **personal,
        "situation": seen.told("situation") or None,
        "ground": {"code": plan.ground, **bilingual(GROUNDS[plan.ground])},
        "consent_on": plan.consent_on,
        "ended_on": plan.ended_on,
        "carers": [
            {"name": one.person.name, "role": {"code": one.role, **bilingual(ROLES[one.role])}} for one in carers
        ],
        "promises": [_promise(one) for one in Promise.objects.filter(plan=plan).select_related("by")],
        "visits": [
            {
                "id": one.pk,
                "kind": {"code": one.kind, **bilingual(VISIT_KINDS[one.kind])},
                "by": one.by.name,
                "at": one.at,
                "minutes": one.minutes,
                "note": one.note,
            }
            for one in visits_of(plan)[:100]
        ],
    }


@router.get("/care", response=dict[str, Any], summary="Plans of care that name the caller")
def index(request: ApiRequest, ended: bool = False) -> HttpResponse:
    """Nobody else's."""
    return answered({"items": [_listed(plan) for plan in plans_of(request.auth, ended=ended)]})


@router.post("/care", response={201: dict[str, Any]}, summary="Begin a plan of care")
def new(request: ApiRequest, sent: NewPlan) -> HttpResponse:
    """Whoever begins it leads it."""
    actor = request.auth
    facts = sent.dict()
    agency = agency_named(actor, facts.pop("agency"))

    def deed() -> Shown:
        plan = open_plan(actor, agency=agency, facts=PlanFacts(**facts))
        return {"id": plan.pk, "state": plan.state, "review_on": plan.review_on}

    return once(request.ticket, 201, deed)


@router.get("/care/{plan}", response=dict[str, Any], summary="One plan; name, telephone and home with a purpose only")
def one(request: ApiRequest, plan: uuid.UUID, purpose: Purpose = "") -> HttpResponse:
    """404 for everybody who is not named in it. A ``purpose`` (a code of
    ``care.rules.PURPOSES``) is kept, and opens what this carer may see."""
    seen = plan_seen(request.auth, plan)
    if purpose:
        if purpose not in PURPOSES:
            raise Invalid("fact.wrong", field="purpose", why=purpose)
        note_read(request.auth, subject_type="visits.care", subject_id=str(plan), purpose=PURPOSES[purpose].zh)
    return answered(_whole(seen, opened=bool(purpose)))


@router.post("/care/{plan}/visits", response={201: dict[str, Any]}, summary="Somebody was there")
def visit(request: ApiRequest, plan: uuid.UUID, sent: NewVisit) -> HttpResponse:
    """The answer that is kept holds no note."""
    actor = request.auth
    seen = plan_seen(actor, plan)

    def deed() -> Shown:
        row = visit_for_care(actor, plan=seen.plan, **sent.dict())
        return {"id": row.pk, "kind": row.kind, "at": row.at}

    return once(request.ticket, 201, deed)


@router.post("/care/{plan}/promises", response={201: dict[str, Any]}, summary="Something was promised")
def promise(request: ApiRequest, plan: uuid.UUID, sent: NewPromise) -> HttpResponse:
    """The answer that is kept does not say what."""
    actor = request.auth
    seen = plan_seen(actor, plan)

    def deed() -> Shown:
        row = make_promise(actor, plan=seen.plan, **sent.dict())
        return {"id": row.pk, "due_on": row.due_on, "state": row.state}

    return once(request.ticket, 201, deed)


@router.post("/care/promises/{promise}", response=dict[str, Any], summary="What came of a promise")
def settle(request: ApiRequest, promise: uuid.UUID, sent: Settled) -> HttpResponse:
    """Kept, or no longer wanted."""
    actor = request.auth
    found = promise_seen(actor, promise)

    def deed() -> Shown:
        row = settle_promise(actor, promise=found, move=sent.move, outcome=sent.outcome)
        return {"id": row.pk, "state": row.state, "done_on": row.done_on}

    return once(request.ticket, 200, deed)
