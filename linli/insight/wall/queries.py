"""The wall, read from the ledger for whoever hangs it up. Only columns that name no person are ever fetched."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from linli.insight.wall.rules import AreaOfCalls, Count, Dot, OpenCall, Reach, Wall
from linli.kernel import clock, geo
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import category
from linli.operations.coverage.queries import coverage
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency
from linli.org.rooms.models import OpeningHours
from linli.org.rooms.rules import is_open
from linli.places.grid.models import Grid

CALLS_SHOWN = 12
AREAS_SHOWN = 12
WORST_SHOWN = 5
LIVE = ("waiting", "ordered", "on_scene")
"""States in which somebody still waits; what is only to be written up is no matter for the wall."""
COLUMNS = ("category", "agency__name", "state", "priority", "received_at", "late_since")
"""All that is read of a call."""
_OUTLINE_DEG = 0.0008
"""Outlines are drawn a metre to the pixel at most: simplified by so many degrees."""


def wall_of(actor: Actor) -> Wall:
    """The wall of what the actor may see, now."""
    now = clock.now()
    mine = Matter.objects.visible_to(actor).filter(kind="incident")
    still = mine.filter(state__in=LIVE)
    calls = [_call(row) for row in still.values(*COLUMNS).order_by("received_at")]
    ranked = sorted(calls, key=lambda one: (not one.late, one.stage != "waiting", one.priority or 9, one.since))
    shown = tuple(ranked[:CALLS_SHOWN])
    return Wall(now, _counts(mine, now), shown, len(calls), _areas(calls), _dots(actor), _reach(actor))


def _call(row: dict[str, Any]) -> OpenCall:
    known = category(row["category"]) if row["category"] else None
    return OpenCall(
        category_zh=known.zh if known else "未定性",
        category_en=known.en if known else "not classified",
        area=row["agency__name"] or "",
        stage=row["state"],
        priority=row["priority"],
        since=row["received_at"],
        late=row["late_since"] is not None,
    )


def _counts(mine: QuerySet[Matter], now: datetime) -> tuple[Count, ...]:
    """Today until now against yesterday until the same clock."""
    begins = clock.shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    spans = [mine.filter(received_at__gte=begins - back, received_at__lt=now - back) for back in (timedelta(), day)]
    today, before = (span.exclude(state="void") for span in spans)
    ways: tuple[tuple[str, Q, bool], ...] = (
        ("calls", Q(), False),
        ("rooms", Q(handled_by__kind__in=Agency.ROOM_KINDS), True),
        ("late", Q(late_since__isnull=False), True),
    )
    of = today.count()
    return tuple(
        Count(code, today.filter(way).count(), before.filter(way).count(), of if share else None)
        for code, way, share in ways
    )


def _areas(calls: list[OpenCall]) -> tuple[AreaOfCalls, ...]:
    """Late areas first, then those with most waiting."""
    counted: dict[str, Counter[str]] = {}
    for call in calls:
        counts = counted.setdefault(call.area, Counter())
        counts["waiting" if call.stage == "waiting" else "running"] += 1
        counts["late"] += call.late
    rows = [AreaOfCalls(name, found["waiting"], found["running"], found["late"]) for name, found in counted.items()]
    rows.sort(key=lambda one: (-one.late, -one.waiting, -one.running, one.name))
    return tuple(rows[:AREAS_SHOWN])


def _dots(actor: Actor) -> tuple[Dot, ...]:
    """Rooms by whether they are open, units by how they stand. No crew, no telephone."""
    rooms = Agency.objects.visible_to(actor).at_work().filter(kind__in=Agency.ROOM_KINDS, lon__isnull=False)
    units = Unit.objects.visible_to(actor).in_service().filter(position__isnull=False)
    hours: dict[object, list[tuple[int, int, int]]] = defaultdict(list)
    for agency, *span in OpeningHours.objects.values_list("agency_id", "weekday", "from_minute", "until_minute"):
        hours[agency].append((span[0], span[1], span[2]))
    now = clock.shanghai(clock.now())
    found = [
        Dot("room", row.name, "open" if is_open(hours[row.pk], now) else "shut", row.lon or 0.0, row.lat or 0.0)
        for row in rooms
    ]
    columns = ("call_sign", "availability", "order_id", "position__lon", "position__lat")
    for sign, availability, order, lon, lat in units.values_list(*columns):
        found.append(Dot("unit", sign, "ordered" if order else availability, lon, lat))
    return tuple(found)


def _reach(actor: Actor) -> Reach:
    found = coverage(actor)
    known = [(row.name, row.address_share) for row in found.grids if row.address_share is not None]
    worst = sorted(known, key=lambda one: one[1])[:WORST_SHOWN]
    first = found.restore[0] if found.restore else None
    step = (first.unit.call_sign if first.unit else "", first.base.name) if first else None
    return Reach(found.target_s, found.why, found.share_addresses, found.share_road, tuple(worst), step)


def outlines() -> list[list[list[tuple[float, float]]]]:
    """The police grids in force as rings of (lon, lat), simplified for a wall: the ground the dots stand on."""
    blobs = Grid.objects.on(clock.today()).filter(kind="police").values_list("shape_wkb", flat=True)
    found: list[list[list[tuple[float, float]]]] = []
    for blob in blobs:
        simple = geo.from_wkb(bytes(blob)).simplify(_OUTLINE_DEG)
        parts = getattr(simple, "geoms", [simple])
        found.extend([[(round(x, 5), round(y, 5)) for x, y in part.exterior.coords]] for part in parts)
    return found
