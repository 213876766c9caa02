"""Warnings to residents and chat groups, for staff; how one is reached, and the test of it, for everybody."""

from __future__ import annotations

import uuid
from datetime import time
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named, person_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, bilingual
from linli.kernel.errors import NotFound
from linli.org.people.models import Person
from linli.org.reach.acts import try_alert_of, try_my_alert
from linli.org.reach.queries import Way, ways_to
from linli.outreach.alerts.acts import MOVES, cancel_alert, change_alert, write_alert
from linli.outreach.alerts.models import ALERT_LIFE, Alert
from linli.outreach.alerts.queries import alert_by_id, alerts_of
from linli.outreach.alerts.rules.declared import Said
from linli.outreach.alerts.rules.texts import led_line, loudspeaker
from linli.outreach.groups.acts import end_group, set_group, try_group
from linli.outreach.groups.models import Group
from linli.outreach.groups.queries import group_by_id, groups_of, last_told
from linli.works.channels.acts.setting import wish_channels
from linli.works.outbox.models import MESSAGE_LIFE

router = Router(tags=["outreach"])
MOST_ROWS = 200


class WrittenAlert(Schema):
    """A warning: ``agency`` and ``areas`` by id or code; the words of CAP 1.2 for urgency, severity, certainty."""

    agency: str = Field(max_length=64)
    areas: list[str] = Field(max_length=200)
    event: str = Field(max_length=12)
    urgency: str = Field("Expected", max_length=10)
    severity: str = Field("Moderate", max_length=10)
    certainty: str = Field("Likely", max_length=10)
    headline: str = Field(max_length=60)
    description: str = Field("", max_length=1000)
    instruction: str = Field(max_length=500)
    headline_en: str = Field("", max_length=160)
    description_en: str = Field("", max_length=2000)
    instruction_en: str = Field("", max_length=1000)
    drill: bool = False
    expires_at: AwareDatetime


class Reason(Schema):
    """Why it is called off: a cancellation needs it."""

    reason: str = Field("", max_length=200)


class NewGroup(Schema):
    """A chat group of an agency (id or code) with its robot's address as the group shows it."""

    agency: str = Field(max_length=64)
    name: str = Field(max_length=60)
    kind: str = Field(max_length=12)
    address: str = Field(max_length=300)
    sign: str = Field("", max_length=100)


class Wished(Schema):
    """Channels in one's own order, zh or en, quiet hours for what is not urgent."""

    order: list[str] = Field(max_length=20)
    language: str = Field("zh", max_length=2)
    quiet_from: time | None = None
    quiet_until: time | None = None


def _said(sent: WrittenAlert) -> Said:
    return Said(**{name: getattr(sent, name) for name in Said.__slots__})


def _alert(row: Alert) -> Shown:
    areas = [{"code": one.agency.code, "name": one.words} for one in row.areas.select_related("agency")]
    plain = {name: getattr(row, name) for name in Said.__slots__}
    return {
        "id": row.pk,
        "agency": agency_ref(row.agency),
        "areas": areas,
        **plain,
        "state": row.state,
        "state_words": bilingual(ALERT_LIFE.state(row.state).words),
        "expires_at": row.expires_at,
        "published_at": row.published_at,
        "cancelled_at": row.cancelled_at,
        "loudspeaker": loudspeaker(row.said, by=row.agency.name),
        "led": led_line(row.said, by=row.agency.name),
        "version": row.version,
    }


@router.get("/alerts", summary="Warnings to residents")
def alerts(request: ApiRequest, state: str = "") -> HttpResponse:
    """Those that are public, and those that one's own agencies write; the newest first."""
    return answered({"items": [_alert(row) for row in alerts_of(request.auth, state=state)[:MOST_ROWS]]})


@router.post("/alerts", response={201: dict[str, Any]}, summary="Write a warning")
def write(request: ApiRequest, sent: WrittenAlert) -> HttpResponse:
    """A draft; another person approves it."""
    actor = request.auth
    agency, areas = agency_named(actor, sent.agency), [agency_named(actor, code) for code in sent.areas]
    return once(
        request.ticket,
        201,
        lambda: _alert(write_alert(actor, agency=agency, said=_said(sent), areas=areas, expires_at=sent.expires_at)),
    )


@router.get("/alerts/{key}", summary="One warning")
def one_alert(request: ApiRequest, key: uuid.UUID) -> HttpResponse:
    """What it says, and its texts for loudspeaker and LED."""
    return answered(_alert(alert_by_id(request.auth, key)))


@router.post("/alerts/{key}", summary="Change a draft")
def change(request: ApiRequest, key: uuid.UUID, sent: WrittenAlert) -> HttpResponse:
    """Other words, areas or times while it is a draft."""
    actor = request.auth
    row, areas = alert_by_id(actor, key), [agency_named(actor, code) for code in sent.areas]
    return once(
        request.ticket,
        200,
        lambda: _alert(change_alert(actor, alert=row, said=_said(sent), areas=areas, expires_at=sent.expires_at)),
    )


@router.post("/alerts/{key}/moves/{move}", summary="Move a warning")
def moved(request: ApiRequest, key: uuid.UUID, move: str, sent: Reason) -> HttpResponse:
    """approve (never one's own), return_to_draft, publish, cancel (with a reason), drop."""
    actor, row = request.auth, alert_by_id(request.auth, key)
    ALERT_LIFE.move(move)
    if move == "cancel":
        return once(request.ticket, 200, lambda: _alert(cancel_alert(actor, alert=row, reason=sent.reason)))
    if move not in MOVES:
        raise NotFound("row.unknown", what=move)
    return once(request.ticket, 200, lambda: _alert(MOVES[move](actor, alert=row)))


def _group(row: Group) -> Shown:
    told = last_told(row)
    state = MESSAGE_LIFE.state(told.state).words if told else None
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "agency": agency_ref(row.agency),
        "enabled": row.enabled,
        "last": {"state": told.state, "words": bilingual(state), "error": told.last_error, "at": told.queued_at}
        if told and state
        else None,
    }


@router.get("/groups", summary="Chat groups")
def groups(request: ApiRequest) -> HttpResponse:
    """Groups of one's agencies and what became of the last message; never the robot's address."""
    return answered({"items": [_group(row) for row in groups_of(request.auth)[:MOST_ROWS]]})


@router.post("/groups", response={201: dict[str, Any]}, summary="Set up a chat group")
def group_made(request: ApiRequest, sent: NewGroup) -> HttpResponse:
    """The robot's address is sealed and never shown again."""
    actor = request.auth
    facts = sent.model_dump() | {"agency": agency_named(actor, sent.agency)}
    return once(request.ticket, 201, lambda: _group(set_group(actor, **facts)))


@router.post("/groups/{key}/test", summary="Test a chat group")
def group_tested(request: ApiRequest, key: uuid.UUID) -> HttpResponse:
    """Send the test sentence; the answer of the robot shows in ``last``."""
    row = group_by_id(request.auth, key)
    return once(request.ticket, 200, lambda: _group(try_group(request.auth, group=row)))


@router.post("/groups/{key}/end", summary="Stop writing to a chat group")
def group_ended(request: ApiRequest, key: uuid.UUID) -> HttpResponse:
    """The robot's address is forgotten."""
    row = group_by_id(request.auth, key)
    return once(request.ticket, 200, lambda: _group(end_group(request.auth, group=row)))


def _ways(person: Person) -> Shown:
    return {"channels": [_way(one) for one in ways_to(person)]}


def _way(one: Way) -> Shown:
    test = one.test
    return {
        "channel": one.config.name,
        "words": bilingual(one.words),
        "may_move": one.may_move,
        "test": test.state if test else None,
        "outcome": bilingual(one.outcome),
        "why": test.last_error if test else "",
        "tested_at": test.queued_at if test else None,
    }


def _own(request: ApiRequest) -> Person:
    found = Person.objects.filter(pk=request.auth.id).first()
    if found is None:
        raise NotFound("row.unknown", what=request.auth.name)
    return found


@router.get("/me/channels", summary="How I am reached")
def ways(request: ApiRequest) -> HttpResponse:
    """The channels that reach me in the order in which they are tried, and what became of my last test on each."""
    return answered(_ways(_own(request)))


@router.post("/me/channels", summary="Choose how I am reached")
def wished(request: ApiRequest, sent: Wished) -> HttpResponse:
    """One's own order; what the bureau keeps in place stays there. Orders never wait for quiet hours."""
    person = _own(request)
    quiet = (sent.quiet_from, sent.quiet_until) if sent.quiet_from and sent.quiet_until else None

    def deed() -> Shown:
        wish_channels(request.auth, order=sent.order, language=sent.language, quiet=quiet)
        return _ways(person)

    return once(request.ticket, 200, deed)


@router.post("/me/channels/test", response={200: dict[str, Any]}, summary="Test my alert")
def tested(request: ApiRequest) -> HttpResponse:
    """A test message on every channel; read ``/me/channels`` for what became of it."""
    person = _own(request)
    return once(request.ticket, 200, lambda: _ways(try_my_alert(request.auth, person=person)))


@router.post("/people/{person}/alert-test", response={200: dict[str, Any]}, summary="Test somebody's alert")
def tested_for(request: ApiRequest, person: str) -> HttpResponse:
    """For whoever looks after them; addresses are not shown."""
    found = person_named(request.auth, person)
    return once(request.ticket, 200, lambda: _ways(try_alert_of(request.auth, person=found)))
