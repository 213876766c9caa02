"""Orders: who is nearest, sending, and each step of the clock."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import unit_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, order_shown
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.matters.routing.queries import answering_for
from linli.operations.backup.acts import call_backup
from linli.operations.dispatch.acts import (
    accept_by_radio,
    arrive,
    decline_order,
    deliver_order,
    finish_order,
    give_order,
    recall_order,
    set_out,
    sign_order,
)
from linli.operations.dispatch.models import ORDER_LIFE, Order
from linli.operations.dispatch.queries import order_by_id, recommended
from linli.operations.joint.acts import give_jointly
from linli.operations.joint.queries import plan_jointly
from linli.operations.units.queries import unit_of
from linli.org.roster.queries import who_answers

router = Router(tags=["orders"])


class Sending(Schema):
    """The unit by id or call sign; ``by_radio``: its crew has said yes on the radio (电台接令)."""

    unit: str = Field(max_length=64)
    by_radio: bool = False


class Step(Schema):
    """What a step is told: the device's time and position, the reason of a refusal, the result of the work."""

    at: AwareDatetime | None = None
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    accuracy_m: float | None = Field(None, ge=0)
    reason: str = Field("", max_length=200)
    result: str = Field("", max_length=400)
    by_radio: bool = False


class Joint(Schema):
    """The waiting calls by their numbers; ``expected`` is the plan that was looked at, unit id by call number."""

    matters: list[str] = Field(min_length=1, max_length=30)
    expected: dict[str, uuid.UUID] | None = Field(None, max_length=30)


class Backup(Schema):
    """How many units."""

    count: int = Field(1, ge=1, le=5)


@router.get("/matters/{number}/recommendation", summary="Who should go")
def recommendation(request: ApiRequest, number: str, k: int = 5) -> HttpResponse:
    """The best units for a call now, with reasons; and who answers for the place at this hour."""
    matter = matter_by_number(request.auth, number)
    return answered(_recommended(matter, k))


@router.get("/recommendation", summary="Who could go to a point")
def recommendation_at(request: ApiRequest, lon: float, lat: float, category: str = "", k: int = 5) -> HttpResponse:
    """The same for a point while the call taker still types; nothing is stored."""
    now = clock.now()
    found = answering_for(lon, lat, now)
    passing = Matter(
        kind="incident", lon=lon, lat=lat, category=category[:12], agency=found.agency, station=found.station,
        grid=found.grid, received_at=now,
    )  # fmt: skip
    return answered(_recommended(passing, k))


def _recommended(matter: Matter, k: int) -> Shown:
    units, _, took_ms = recommended(matter, k=max(1, min(k, 20)))
    answering = who_answers(matter.agency, clock.now()) if matter.agency and matter.agency.is_room else None
    return {
        "units": [item.as_json() for item in units],
        "took_ms": round(took_ms, 3),
        "responsible": {
            "agency": agency_ref(matter.agency),
            "station": agency_ref(matter.station),
            "person": answering.person.name if answering and answering.person else None,
            "answers_at": agency_ref(answering.agency) if answering else None,
        },
        "joint": None,
    }


@router.post("/matters/{number}/orders", response={201: dict[str, Any]}, summary="Send a unit")
def given(request: ApiRequest, number: str, sent: Sending) -> HttpResponse:
    """Send a unit to a call. Two desks racing for one unit get one order and one 409 ``order.unit_taken``."""
    actor = request.auth
    matter, unit = matter_by_number(actor, number), unit_named(actor, sent.unit)
    return once(
        request.ticket,
        201,
        lambda: order_shown(give_order(actor, matter=matter, unit=unit, by_radio=sent.by_radio)),
    )


@router.get("/dispatch/joint", summary="What a joint order would be")
def jointly_planned(
    request: ApiRequest, matters: Annotated[list[str], Query(min_length=1, max_length=30)]
) -> HttpResponse:
    """The best joint assignment of the free units to these calls now, with reasons; nothing is ordered."""
    found = [matter_by_number(request.auth, number) for number in dict.fromkeys(matters)]
    waiting = [matter for matter in found if matter.kind == "incident" and matter.state == "waiting"]
    plan = plan_jointly(waiting, clock.now())
    return answered({"matters": [matter.number for matter in waiting], "plan": plan.as_json() if plan else None})


@router.post("/dispatch/joint", response={201: dict[str, Any]}, summary="Send units to several calls at once")
def jointly(request: ApiRequest, sent: Joint) -> HttpResponse:
    """The plan that was looked at (``expected``), ordered together while its calls wait and its units are free; without
    one the best joint assignment of this moment, with reasons.
    """
    actor = request.auth
    matters = [matter_by_number(actor, number) for number in dict.fromkeys(sent.matters)]

    def deed() -> Shown:
        given = give_jointly(actor, matters=matters, expected=sent.expected)
        plan = given.plan.as_json() if given.plan else None
        return {"orders": [order_shown(order) for order in given.orders], "plan": plan}

    return once(request.ticket, 201, deed)


@router.post("/orders/{order_id}/backup", response={201: dict[str, Any]}, summary="Call for back-up")
def backed_up(request: ApiRequest, order_id: uuid.UUID, sent: Backup) -> HttpResponse:
    """The next best free units are sent to the same call."""
    actor, order = request.auth, order_by_id(request.auth, order_id)

    def deed() -> Shown:
        return {"orders": [order_shown(one) for one in call_backup(actor, order=order, count=sent.count)]}

    return once(request.ticket, 201, deed)


@router.get("/orders/{order_id}", summary="One order")
def one(request: ApiRequest, order_id: uuid.UUID) -> HttpResponse:
    """An order with its clock."""
    order = order_by_id(request.auth, order_id)
    return answered({**order_shown(order), "number": order.matter.number})


@router.post("/orders/{order_id}/moves/{move}", summary="Take a step of an order")
def moved(request: ApiRequest, order_id: uuid.UUID, move: str, sent: Step) -> HttpResponse:
    """deliver, sign, decline, set_out, arrive, finish, recall. 409 when it has moved on meanwhile."""
    actor = request.auth
    order = order_by_id(actor, order_id)
    ORDER_LIFE.move(move)
    return once(request.ticket, 200, lambda: order_shown(_step(actor, order, move, sent)))


def _step(actor: Actor, order: Order, move: str, sent: Step) -> Order:
    if move == "sign":
        return _signed(actor, order, sent)
    if move == "decline":
        return decline_order(actor, order=order, reason=sent.reason, device_at=sent.at)
    if move == "finish":
        return finish_order(actor, order=order, result=sent.result, device_at=sent.at)
    if move == "recall":
        return recall_order(actor, order=order, reason=sent.reason)
    if move == "arrive":
        return arrive(actor, order=order, device_at=sent.at, lon=sent.lon, lat=sent.lat, accuracy_m=sent.accuracy_m)
    if move == "deliver":
        return deliver_order(actor, order=order, device_at=sent.at, source="device")
    return set_out(actor, order=order, device_at=sent.at)


def _signed(actor: Actor, order: Order, sent: Step) -> Order:
    """The crew signs for itself; a desk that signs for it does so by radio, and the stamp says so."""
    own = unit_of(actor)
    if sent.by_radio or (own is None or own.pk != order.unit_id):
        return accept_by_radio(actor, order=order)
    return sign_order(actor, order=order, device_at=sent.at)
