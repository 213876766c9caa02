"""The live fleet and recommendations for a call."""

from __future__ import annotations

import functools
import threading
import time
import uuid
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.geo import distance_m
from linli.kernel.kept import Kept
from linli.kernel.prepared import Question, ask, value_of
from linli.kernel.rows import beside_what_waits
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import category
from linli.operations.dispatch.models import Order, Recommendation
from linli.operations.dispatch.rules import Fleet, Incident, Limits, Suggestion, UnitRow, recommend, snapshot_of
from linli.operations.limits.queries import limit_for
from linli.operations.units.models import Position, Unit
from linli.org.rooms.queries import equipment_kinds_at
from linli.places.roads.queries import active_roads
from linli.places.roads.rules.open_roads import OpenRoads

log = structlog.get_logger(__name__)

_OVERLAP = timedelta(seconds=5)
_FULL_AFTER_S = 300.0


class LiveFleet:
    """The units of the house in memory, brought up to date by what changed since the last look: one small query a
    call.

    Everything is also in the rows; a process that starts anew loads it once. Changes are read with an overlap,
    because
    rows of several processes become visible out of the order of their times.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fleet: Fleet | None = None
        self._network = ""
        self._seen_at: datetime | None = None
        self._loaded = 0.0
        self._marks: dict[uuid.UUID, tuple[object, ...]] = {}
        self.turn = 0
        """Another number whenever a unit is another: on the same turn, the same fleet."""

    def now(self, roads: OpenRoads) -> Fleet:
        """The fleet on these roads as the rows say now."""
        with self._lock:
            began = clock.now()
            old = time.monotonic() - self._loaded > _FULL_AFTER_S
            if self._fleet is None or self._network != roads.name or old or self._seen_at is None:
                self._load(roads)
            else:
                marks = _marks(self._seen_at - _OVERLAP)
                changed = {key for key, mark in marks.items() if self._marks.get(key) != mark}
                if changed:
                    self._follow(roads, _rows(changed))
                self._marks = marks
            self._seen_at = began
            assert self._fleet is not None
            return self._fleet

    def _load(self, roads: OpenRoads) -> None:
        self._fleet = Fleet.from_rows(_rows(None), roads)
        self._network, self._loaded, self._marks = roads.name, time.monotonic(), {}
        self.turn += 1

    def _follow(self, roads: OpenRoads, changed: list[UnitRow]) -> None:
        assert self._fleet is not None
        if any(row.id not in self._fleet.index for row in changed):
            self._load(roads)
            return
        for row in changed:
            held = self._fleet.row(row.id)
            news = {name: getattr(row, name) for name in _FIELDS if getattr(row, name) != getattr(held, name)}
            if news:
                self.turn += 1
                self._fleet.update_unit(row.id, **news)

    def question(self) -> tuple[Question, ...]:
        """What :meth:`now` will ask on PostgreSQL; nothing while it has to load everything."""
        seen_at = self._seen_at
        return (_marks_asked(seen_at - _OVERLAP),) if seen_at is not None else ()

    def forget(self) -> None:
        """Load anew at the next look (tests, another database)."""
        with self._lock:
            self._fleet = None


LIVE = LiveFleet()
_FIELDS = tuple(item.name for item in fields(UnitRow) if item.name != "id")


_MARKS_OF_ALL = (
    "ARRAY(SELECT concat_ws(' ', u.id, u.version, u.touched_at, p.received_at) FROM operations_unit u "
    "LEFT JOIN operations_position p ON p.unit_id = u.id WHERE u.touched_at >= %s "
    "UNION SELECT concat_ws(' ', u.id, u.version, u.touched_at, p.received_at) FROM operations_position p "
    "JOIN operations_unit u ON u.id = p.unit_id WHERE p.received_at >= %s)"
)
"""The same on PostgreSQL as one value, so that it can be asked for ahead with others."""
_MARKS = (
    "SELECT u.id, u.version, u.touched_at, p.received_at FROM operations_unit u "
    "LEFT JOIN operations_position p ON p.unit_id = u.id WHERE u.touched_at >= %s "
    "UNION SELECT u.id, u.version, u.touched_at, p.received_at FROM operations_position p "
    "JOIN operations_unit u ON u.id = p.unit_id WHERE p.received_at >= %s"
)


def _marks_asked(since: datetime) -> Question:
    return Question(_MARKS_OF_ALL, (since, since))


def _marks(since: datetime) -> dict[uuid.UUID, tuple[object, ...]]:
    """What changed since a moment, each with a mark of its state: the only question that every call asks."""
    with beside_what_waits():
        if connection.vendor == "postgresql":
            return {uuid.UUID(mark[:36]): (mark,) for mark in value_of(_marks_asked(since))}
        stamp = connection.ops.adapt_datetimefield_value(since)
        found = ask(_MARKS, [stamp, stamp])
    return {(row[0] if isinstance(row[0], uuid.UUID) else uuid.UUID(row[0])): row[1:] for row in found}


def _rows(changed: set[uuid.UUID] | None) -> list[UnitRow]:
    units = Unit.objects.select_related("agency")
    positions = Position.objects.all()
    if changed is not None:
        units, positions = units.filter(pk__in=changed), positions.filter(unit_id__in=changed)
    where = {row.unit_id: row for row in positions}
    rows = list(units)
    ready = equipment_kinds_at(list({unit.agency_id for unit in rows}))
    return [_row(unit, where.get(unit.pk), ready.get(unit.agency_id, set())) for unit in rows]


def _row(unit: Unit, fix: Position | None, ready: set[str]) -> UnitRow:
    gone = unit.retired_on is not None or unit.order_id is not None
    return UnitRow(
        id=unit.pk,
        call_sign=unit.call_sign,
        kind=unit.kind,
        agency_id=unit.agency_id,
        lon=fix.lon if fix else None,
        lat=fix.lat if fix else None,
        fix_at=fix.at if fix else None,
        availability="unavailable" if gone else unit.availability,
        activity="on_order" if unit.order_id else unit.activity,
        skills=frozenset(unit.skills),
        equipment=frozenset(unit.equipment) | ready,
        home_lon=unit.agency.lon,
        home_lat=unit.agency.lat,
    )


def incident_of(matter: Matter) -> Incident:
    """What the rule needs of a call."""
    listed = category(matter.category)
    needs = frozenset((*listed.skills, *listed.equipment)) if listed else frozenset()
    return Incident(
        lon=matter.lon,
        lat=matter.lat,
        category=matter.category,
        priority=matter.priority or 3,
        needs=needs,
        agency_id=matter.agency_id,
        id=str(matter.pk),
        agencies=agencies_for(matter),
    )


def limits_of(matter: Matter) -> Limits:
    """The rule's numbers with the promise configured for this category and zone."""
    zone = matter.agency.zone if matter.agency else ""
    return _limits(float(limit_for(matter.category, zone).target_s))


@functools.lru_cache(maxsize=64)
def _limits(target_s: float) -> Limits:
    return Limits(target_s=target_s)


def _station_agencies() -> frozenset[uuid.UUID]:
    rows = Unit.objects.in_service().filter(agency__kind__in=("station", "branch", "bureau"))
    return frozenset(rows.values_list("agency_id", flat=True))


_STATIONS = Kept(_station_agencies, changed_by=("unit.form", "agency.", "import."))


def agencies_for(matter: Matter) -> frozenset[uuid.UUID] | None:
    """For categories that rooms may not take: the agencies that may; None when all may."""
    listed = category(matter.category)
    return None if listed is None or listed.taken_by != "station" else _STATIONS.get()


def recommended(
    matter: Matter,
    *,
    k: int = 5,
    without: frozenset[uuid.UUID] = frozenset(),
) -> tuple[list[Suggestion], dict[str, Any], float]:
    """The k best units for a call now, the snapshot it was known from, and the milliseconds it took. Empty without
    place or roads.

    ``without`` are units already asked. Where rooms may not take the category, only those who may are considered.
    """
    if matter.lon is None or matter.lat is None:
        return [], {"why": "no_place"}, 0.0
    roads = active_roads()
    if roads is None:
        return [], {"why": "no_roads"}, 0.0
    fleet = LIVE.now(roads)
    incident, limits = incident_of(matter), limits_of(matter)
    began = time.perf_counter()
    try:
        answer = recommend(incident, fleet, roads, limits, clock.now(), k + len(without))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        log.exception("recommendation_failed", number=matter.number)
        return [], {"why": "failed"}, 0.0
    took_ms = (time.perf_counter() - began) * 1000
    units = [item for item in answer.suggestions if item.unit.id not in without][:k]
    return units, snapshot_of(answer), took_ms


def latest_recommendation(matter: Matter) -> Recommendation | None:
    """What was stored last for this call."""
    return Recommendation.objects.filter(matter=matter).order_by("-at", "-id").first()


def order_by_id(actor: Actor, order_id: uuid.UUID) -> Order:
    """The order with this key, or NotFound."""
    rows = Order.objects.visible_to(actor).select_related("unit__agency", "matter__agency", "matter__station")
    found = rows.filter(pk=order_id).first()
    if found is None:
        raise NotFound("row.unknown", what=str(order_id))
    return found


def moved_m(order: Order) -> float | None:
    """Metres between where the unit stood when ordered and where it is now; None when either is unknown."""
    fix = Position.objects.filter(unit_id=order.unit_id).first()
    if fix is None or order.start_lon is None or order.start_lat is None:
        return None
    return distance_m(order.start_lon, order.start_lat, fix.lon, fix.lat)
