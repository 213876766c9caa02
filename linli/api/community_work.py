"""Campaigns, inspections and the figures of work in the community."""

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
from linli.api.shown import Shown, agency_ref
from linli.api.visits_shown import inspection_shown
from linli.insight.measures.queries.work import report_work
from linli.places.premises.queries import premises_by_code
from linli.visits.inspections.acts import countersign_inspection, recheck, record_inspection, send_inspection_back
from linli.visits.inspections.queries import inspection_by_id, inspections_of
from linli.visits.plans.acts import end_campaign, open_campaign
from linli.visits.plans.models import Campaign
from linli.visits.plans.queries import campaign_by_code, progress_of

router = Router(tags=["visits"])

_TEXT = 4000
Rows = Annotated[int, Query(ge=1, le=500)]


class NewCampaign(Schema):
    """Every home, or every place of some kinds, below an agency."""

    code: str = Field(max_length=24)
    name: str = Field(max_length=60)
    agency: str = Field(max_length=64)
    begins_on: date
    ends_on: date
    doors: str = Field("homes", max_length=8)
    premises_kinds: list[str] = []
    what: str = Field("", max_length=_TEXT)


class NewInspection(Schema):
    """An inspection with its outcome; ``findings`` by item of the checklist: pass, fail, na."""

    outcome: str = Field(max_length=12)
    trade: str = Field("", max_length=20)
    premises: str = Field("", max_length=40)
    place: str = Field("", max_length=160)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    checklist: str = Field("", max_length=24)
    findings: dict[str, str] = {}
    notes: dict[str, str] = {}
    put_right_by: date | None = None
    notice_no: str = Field("", max_length=40)
    seized_yuan: int | None = Field(None, ge=0, le=10**12)
    seized_what: str = Field("", max_length=120)
    remark: str = Field("", max_length=_TEXT)
    people_met: int = Field(1, ge=1, le=200)
    device_at: AwareDatetime | None = None


class Rechecked(Schema):
    """Whether it was put right; failed, the new day."""

    passed: bool
    put_right_by: date | None = None
    remark: str = Field("", max_length=_TEXT)


class SentBack(Schema):
    """What is wrong with it."""

    why: str = Field(max_length=200)


def campaign_shown(row: Campaign) -> Shown:
    """A campaign without its progress."""
    return {
        "code": row.code,
        "name": row.name,
        "what": row.what,
        "agency": agency_ref(row.agency),
        "doors": row.doors,
        "premises_kinds": row.premises_kinds,
        "begins_on": row.begins_on,
        "ends_on": row.ends_on,
        "spread_at": row.spread_at,
        "ended_at": row.ended_at,
        "version": row.version,
    }


@router.get("/visits/campaigns", summary="Campaigns")
def campaigns(request: ApiRequest, limit: Rows = 100) -> HttpResponse:
    """The campaigns that one works in or leads, the latest first."""
    rows = Campaign.objects.visible_to(request.auth).select_related("agency")
    return answered({"items": [campaign_shown(row) for row in rows[:limit]], "next": None})


@router.post("/visits/campaigns", response={201: dict[str, Any]}, summary="Open a campaign")
def opened(request: ApiRequest, sent: NewCampaign) -> HttpResponse:
    """Its doors come on the lists by themselves, in short steps."""
    actor, agency = request.auth, agency_named(request.auth, sent.agency)
    facts = sent.model_dump(exclude={"agency", "name"}) | {"title": sent.name, "agency": agency}
    return once(request.ticket, 201, lambda: campaign_shown(open_campaign(actor, **facts)))


@router.get("/visits/campaigns/{code}", summary="One campaign")
def campaign(request: ApiRequest, code: str) -> HttpResponse:
    """A campaign with its doors by room and station: reached, tried, left."""
    actor, row = request.auth, campaign_by_code(request.auth, code)
    places, people = progress_of(actor, row)
    listed = [
        {
            "agency": agency_ref(one.agency),
            "doors": one.doors,
            "reached": one.reached,
            "tried": one.tried,
            "left": one.left,
        }
        for one in places
    ]
    return answered({**campaign_shown(row), "places": listed, "people_met": people})


@router.post("/visits/campaigns/{code}/end", summary="End a campaign")
def ended(request: ApiRequest, code: str) -> HttpResponse:
    """Doors that nobody has been to leave the lists."""
    actor, row = request.auth, campaign_by_code(request.auth, code)
    return once(request.ticket, 200, lambda: campaign_shown(end_campaign(actor, campaign=row)))


@router.get("/visits/inspections", summary="Inspections")
def inspections(
    request: ApiRequest, state: str = "", outcome: str = "", trade: str = "", premises: str = "",
    before: AwareDatetime | None = None, limit: Rows = 100,
) -> HttpResponse:  # fmt: skip
    """Inspections, the latest first; ``before`` pages."""
    rows = inspections_of(request.auth, state=state, outcome=outcome, trade=trade, premises=premises)
    if before is not None:
        rows = rows.filter(inspected_at__lt=before)
    found = list(rows.prefetch_related("findings")[: limit + 1])
    more = found[limit - 1].inspected_at if len(found) > limit else None
    return answered({"items": [inspection_shown(row) for row in found[:limit]], "next": more})


@router.post("/visits/inspections", response={201: dict[str, Any]}, summary="Record an inspection")
def recorded(request: ApiRequest, sent: NewInspection) -> HttpResponse:
    """An inspection and the visit that it is, by one entry."""
    actor = request.auth
    premises = premises_by_code(actor, sent.premises) if sent.premises else None
    facts = sent.model_dump(exclude={"premises"}) | {"premises": premises}
    return once(request.ticket, 201, lambda: inspection_shown(record_inspection(actor, **facts)))


@router.get("/visits/inspections/{uuid:inspection_id}", summary="One inspection")
def inspection(request: ApiRequest, inspection_id: uuid.UUID) -> HttpResponse:
    """An inspection with its findings."""
    return answered(inspection_shown(inspection_by_id(request.auth, inspection_id)))


@router.post("/visits/inspections/{uuid:inspection_id}/recheck", response={201: dict[str, Any]}, summary="Check again")
def checked(request: ApiRequest, inspection_id: uuid.UUID, sent: Rechecked) -> HttpResponse:
    """Was it put right? The re-check is an inspection of its own."""
    actor, row, facts = request.auth, inspection_by_id(request.auth, inspection_id), sent.model_dump()
    return once(request.ticket, 201, lambda: inspection_shown(recheck(actor, inspection=row, **facts)))


@router.post("/visits/inspections/{uuid:inspection_id}/sign", summary="Countersign an inspection")
def signed(request: ApiRequest, inspection_id: uuid.UUID) -> HttpResponse:
    """An officer signs for what a helper has recorded."""
    actor, row = request.auth, inspection_by_id(request.auth, inspection_id)
    return once(request.ticket, 200, lambda: inspection_shown(countersign_inspection(actor, inspection=row)))


@router.post("/visits/inspections/{uuid:inspection_id}/send-back", summary="Send an inspection back")
def sent_back(request: ApiRequest, inspection_id: uuid.UUID, sent: SentBack) -> HttpResponse:
    """It does not count; its author records it anew."""
    actor, row = request.auth, inspection_by_id(request.auth, inspection_id)
    return once(
        request.ticket, 200, lambda: inspection_shown(send_inspection_back(actor, inspection=row, why=sent.why))
    )


@router.get("/visits/work", summary="Work in the community")
def work(
    request: ApiRequest, begins: date, ends: date, officer: str = "", place: str = "", grid: str = ""
) -> HttpResponse:
    """What was done from ``begins`` (inclusive) to ``ends`` (exclusive) by one officer (staff number), at a place (an
    agency's code) or in a police grid. Never a list of officers.
    """
    return answered(report_work(request.auth, officer=officer, place=place, grid=grid, begins=begins, ends=ends))
