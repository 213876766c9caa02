"""From whom the promise can be kept: units that may be sent, rooms that are staffed, and where one could stand by."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from linli.kernel import clock
from linli.operations.coverage.rules import Base, Start
from linli.operations.dispatch.queries import LIVE
from linli.operations.dispatch.rules import Fleet, Limits
from linli.operations.dispatch.rules.fleet import ms_of
from linli.operations.dispatch.rules.soonest import readiness
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency
from linli.org.rooms.models import OpeningHours
from linli.org.rooms.rules import is_open
from linli.org.roster.models import Shift
from linli.places.roads.rules.network import FAR, KIND_INDEX, KINDS
from linli.places.roads.rules.open_roads import OpenRoads

_BASE_KINDS = ("station", *Agency.ROOM_KINDS)
_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who can set out from a place: a unit, or a room as if a car stood there."""

    what: str
    id: uuid.UUID
    name: str
    kind: str
    lon: float | None
    lat: float | None
    start: Start


@dataclass(frozen=True, slots=True)
class Place:
    """A room or station where a unit can stand by, and the call signs of its own that are off duty."""

    agency: Agency
    rule: Base
    own: tuple[str, ...]


def units_now(roads: OpenRoads, at: datetime) -> list[Standing]:
    """Units that a recommendation would consider, with the delay before they drive (signing, turnout, what breaking off
    a task costs, an old position's uncertainty).
    """
    fleet = LIVE.now(roads)
    with fleet.lock:
        nothing, _ = fleet.mask(())
        _, cover = readiness(
            fleet, _LIMITS, ms_of(at), need=nothing, agency=-1, arrive_ms=np.zeros(len(KINDS), np.int64)
        )
        found = [
            _unit(fleet, int(unit), int(cover.at_home[unit]), int(cover.delay[unit]))
            for unit in np.flatnonzero(cover.delay < FAR)
        ]
    return [item for item in found if item.start.seeds]


def _unit(fleet: Fleet, unit: int, side: int, delay: int) -> Standing:
    columns, row = fleet.columns, fleet.rows[unit]
    slots = [4 * unit + 2 * side, 4 * unit + 2 * side + 1]
    seeds = tuple(
        (int(columns.slot_vertex[slot]), delay + int(columns.slot[slot, 1]))
        for slot in slots
        if columns.slot_vertex[slot] >= 0
    )
    lon, lat = (row.lon, row.lat) if side == 0 else (row.home_lon, row.home_lat)
    return Standing("unit", row.id, row.call_sign, row.kind, lon, lat, Start(KIND_INDEX[row.kind], seeds))


def rooms_open(roads: OpenRoads, at: datetime) -> list[Standing]:
    """Rooms that are open by their hours or have somebody on duty then, and stations, as if a car stood at each."""
    local = clock.shanghai(at)
    hours: dict[uuid.UUID, list[tuple[int, int, int]]] = defaultdict(list)
    for agency, *span in OpeningHours.objects.values_list("agency_id", "weekday", "from_minute", "until_minute"):
        hours[agency].append((span[0], span[1], span[2]))
    staffed = set(Shift.objects.at(at).values_list("agency_id", flat=True))
    car = KIND_INDEX["car"]
    found = []
    for place in _agencies():
        if place.kind == "station" or place.pk in staffed or is_open(hours[place.pk], local):
            start = _start_at(roads, place, car)
            if start is not None:
                found.append(Standing("room", place.pk, place.name, "car", place.lon, place.lat, start))
    return found


def _agencies() -> list[Agency]:
    rows = Agency.objects.at_work().filter(kind__in=_BASE_KINDS, lon__isnull=False, lat__isnull=False)
    return list(rows.order_by("path"))


def _start_at(roads: OpenRoads, place: Agency, kind: int) -> Start | None:
    """As if a unit of that kind stood by there; None where no road is near."""
    assert place.lon is not None and place.lat is not None
    spot = roads.place(place.lon, place.lat, kind)
    if spot is None:
        return None
    delay = round((_LIMITS.signing_s + _LIMITS.turnout_s[f"available:{KINDS[kind]}"]) * 1000)
    one = np.array([spot.node], np.int32), np.array([spot.edge], np.int32), np.array([spot.fraction])
    out = roads.exits(*one, np.zeros(1), np.array([kind], np.uint8))
    seeds = [(int(vertex), delay + int(ms)) for vertex, ms in zip(out.vertex[0], out.ms[0], strict=True) if vertex >= 0]
    return Start(kind, tuple(seeds)) if seeds else None


def bases_of(roads: OpenRoads) -> list[Place]:
    """Rooms and stations where somebody could stand by."""
    off_duty: dict[uuid.UUID, list[Unit]] = defaultdict(list)
    rows = Unit.objects.in_service().filter(availability="unavailable", activity="off_duty", order_id__isnull=True)
    for unit in rows.order_by("call_sign"):
        off_duty[unit.agency_id].append(unit)
    places: list[Place] = []
    for place in _agencies():
        starts = tuple(_start_at(roads, place, kind) for kind in range(len(KINDS)))
        kinds = tuple(dict.fromkeys(KIND_INDEX[unit.kind] for unit in off_duty[place.pk]))
        own = tuple(unit.call_sign for unit in off_duty[place.pk])
        places.append(Place(place, Base(len(places), starts, kinds), own))
    return places


def drives(roads: OpenRoads, standing: Sequence[Standing], bases: Sequence[Place]) -> Callable[[int, int], int]:
    """Milliseconds of driving from a unit to a base; one search backwards from each base that is asked for."""
    backwards: dict[tuple[int, int], np.ndarray[tuple[int], np.dtype[np.int32]]] = {}

    def drive_ms(unit: int, base: int) -> int:
        start, place = standing[unit].start, bases[base].agency
        assert place.lon is not None and place.lat is not None
        if (base, start.kind) not in backwards:
            spot = roads.place(place.lon, place.lat, start.kind)
            backwards[base, start.kind] = (
                np.full(roads.network.vertices, FAR, np.int32)
                if spot is None
                else roads.travel_to(spot, start.kind, within_s=3600.0)
            )
        ms = backwards[base, start.kind]
        return min((int(ms[vertex]) + rest for vertex, rest in start.seeds if ms[vertex] < FAR), default=FAR)

    return drive_ms
