"""The figures themselves, read from the ledger for whoever asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from linli.insight.measures.rules import Leg, change, grouped, same_day_last_year, share
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Fact, Matter, Stamp
from linli.matters.routing.rules import OTHER
from linli.operations.dispatch.models import Order
from linli.org.agencies.models import Agency

GROUPINGS = ("unit", "beat", "category")


def midnight(day: date) -> datetime:
    """The beginning of a day in Asia/Shanghai."""
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI)


def calls_between(actor: Actor, begins: date | None, ends: date | None) -> QuerySet[Matter]:
    """Incidents received from ``begins`` (inclusive) to ``ends`` (exclusive), as far as the actor may see them."""
    rows = Matter.objects.visible_to(actor).filter(kind="incident")
    if begins is not None:
        rows = rows.filter(received_at__gte=midnight(begins))
    return rows.filter(received_at__lt=midnight(ends)) if ends is not None else rows


def report_response(
    actor: Actor, *, by: str, begins: date | None = None, ends: date | None = None
) -> dict[str, list[dict[str, object]]]:
    """Queue, travel and response times by unit, beat or category, in seconds.

    A call with several units counts under each unit with that unit's own times, once elsewhere (first order, first
    arrival). What has no beat or category stands under the key ``""``; a call without any unit under no unit.
    """
    calls = calls_between(actor, begins, ends)
    legs = _legs_of_units(calls) if by == "unit" else _legs_of_calls(calls, by)
    return {"groups": [group.as_json(key) for key, group in grouped(legs).items()]}


def _legs_of_calls(calls: QuerySet[Matter], by: str) -> Iterator[tuple[str, Leg]]:
    keys = _keys(calls, by)
    ordered, arrived = _first_stamps(calls)
    for matter_id, received_at in calls.values_list("id", "received_at"):
        yield keys.get(matter_id, ""), Leg(received_at, ordered.get(matter_id), arrived.get(matter_id))


def _keys(calls: QuerySet[Matter], by: str) -> dict[UUID, str]:
    name = "beat" if by == "beat" else "foreign_category"
    facts = Fact.objects.filter(name=name, matter__in=calls.values("id")).values_list("matter_id", "text")
    said = dict(facts)
    if by == "beat":
        return said
    codes = calls.values_list("id", "category")
    return {key: code if code and code != OTHER else said.get(key, code) for key, code in codes}


def _first_stamps(calls: QuerySet[Matter]) -> tuple[dict[UUID, datetime], dict[UUID, datetime]]:
    """First order and first arrival of each call; an arrival is when the phone or radio says it was."""
    ordered: dict[UUID, datetime] = {}
    arrived: dict[UUID, datetime] = {}
    stamps = Stamp.objects.filter(matter__in=calls.values("id"), milestone__in=("ordered", "arrived"))
    for matter_id, milestone, at in stamps.values_list("matter_id", "milestone", Coalesce("device_at", "server_at")):
        first = ordered if milestone == "ordered" else arrived
        first[matter_id] = min(at, first.get(matter_id, at))
    for order in _orders(calls):
        matter_id = order["matter_id"]
        ordered[matter_id] = min(order["ordered_at"], ordered.get(matter_id, order["ordered_at"]))
        if (at := _arrival(order)) is not None:
            arrived[matter_id] = min(at, arrived.get(matter_id, at))
    return ordered, arrived


def _orders(calls: QuerySet[Matter]) -> Iterator[dict[str, Any]]:
    rows = Order.objects.filter(matter__in=calls.values("id")).annotate(sign=F("unit__call_sign"))
    fields = ("matter_id", "sign", "ordered_at", "arrived_at", "arrived_proven_at")
    return iter(rows.values(*fields).iterator(chunk_size=2_000))


def _arrival(order: dict[str, Any]) -> datetime | None:
    times = [at for at in (order["arrived_at"], order["arrived_proven_at"]) if at is not None]
    return min(times, default=None)


def _legs_of_units(calls: QuerySet[Matter]) -> Iterator[tuple[str, Leg]]:
    """Live calls by their orders; calls from other systems by the call signs that they named, with the call's times."""
    received = dict(calls.values_list("id", "received_at"))
    legs: dict[tuple[UUID, str], Leg] = {}
    for order in _orders(calls):
        key = (order["matter_id"], order["sign"])
        before = legs.get(key)
        leg = Leg(received[key[0]], order["ordered_at"], _arrival(order))
        legs[key] = leg if before is None else _joined(before, leg)
    ordered, arrived = _first_stamps(calls)
    for matter_id, signs in calls.filter(~Q(external_number="")).values_list("id", "details__units"):
        for sign in signs or ():
            leg = Leg(received[matter_id], ordered.get(matter_id), arrived.get(matter_id))
            legs.setdefault((matter_id, str(sign)), leg)
    for (_, sign), leg in legs.items():
        yield sign, leg


def _joined(one: Leg, other: Leg) -> Leg:
    """A unit that was sent twice to one call counts once: first order, first arrival."""
    arrivals = [at for at in (one.arrived_at, other.arrived_at) if at is not None]
    orders = [at for at in (one.ordered_at, other.ordered_at) if at is not None]
    return Leg(one.received_at, min(orders, default=None), min(arrivals, default=None))


def report_station(actor: Actor, *, station: str, begins: date, ends: date) -> dict[str, Any]:
    """A police station's incidents and the share that its community rooms handled (分流), beside the year before.

    ``begins`` is inclusive, ``ends`` exclusive, days in Asia/Shanghai; shares are fractions. Raises ``NotFound``.
    """
    agency = Agency.objects.visible_to(actor).filter(code=station).first()
    if agency is None:
        raise NotFound("row.unknown", what=station)
    now = _station_figures(actor, agency, begins, ends)
    before = _station_figures(actor, agency, same_day_last_year(begins), same_day_last_year(ends))
    return {
        "station": {"code": agency.code, "name": agency.name},
        "from": begins.isoformat(),
        "to": ends.isoformat(),
        **now,
        "previous": before,
        "change": change(now["incidents"], before["incidents"]),
    }


def _station_figures(actor: Actor, station: Agency, begins: date, ends: date) -> dict[str, Any]:
    """A station's incidents are those of its places; void calls are none. Diverted: settled by a unit of its own
    rooms.
    """
    calls = calls_between(actor, begins, ends).exclude(state="void")
    below = Agency.objects.below(station.path).values("pk")
    mine = calls.filter(Q(station=station) | Q(station__isnull=True, agency__in=below))
    incidents = mine.count()
    rooms = Agency.objects.below(station.path).filter(kind__in=Agency.ROOM_KINDS).values("pk")
    diverted = mine.filter(handled_by__in=rooms).count()
    return {"incidents": incidents, "diverted": diverted, "diverted_share": share(diverted, incidents)}


def rooms_of(actor: Actor, station: Agency, begins: date, ends: date) -> dict[str, int]:
    """How many of a station's incidents each of its rooms handled, by the room's name."""
    rooms = Agency.objects.below(station.path).filter(kind__in=Agency.ROOM_KINDS)
    counted: dict[str, int] = defaultdict(int)
    calls = calls_between(actor, begins, ends).exclude(state="void").filter(handled_by__in=rooms.values("pk"))
    for name in calls.values_list("handled_by__name", flat=True):
        counted[name] += 1
    return dict(sorted(counted.items()))
