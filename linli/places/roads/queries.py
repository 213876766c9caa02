"""The roads that are open now, shared by all threads of a process, and what is asked of them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Q, QuerySet
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock
from linli.kernel.errors import Conflict
from linli.kernel.geo import Box
from linli.kernel.kept import Kept
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.map.queries import in_order
from linli.places.map.rules import LAYERS, Feature, Layer, LayerQuery
from linli.places.roads.models import RoadClosure, Roads
from linli.places.roads.rules import faults
from linli.places.roads.rules.features import road_features
from linli.places.roads.rules.network import FAR, KIND_INDEX, RoadNetwork, load
from linli.places.roads.rules.open_roads import Closed, OpenRoads

_TICK = 0.0002
_lock = threading.Lock()
_open: dict[str, OpenRoads] = {}
_closed_key: dict[str, tuple[tuple[tuple[uuid.UUID, int], ...], tuple[int, ...]]] = {}
"""By network: closures and rules by the hour that the roads in ``_open`` were made with."""


def roads_folder() -> Path:
    """Where network files lie."""
    return Path(settings.LINLI_HOME) / "roads"


def network_of(sha256: str) -> RoadNetwork:
    """The network with this hash, mapped from its file. Conflict when the file is not there (restored without
    LINLI_HOME).
    """
    path = roads_folder() / f"{sha256}.npz"
    if not path.is_file():
        raise Conflict(faults.FILE_GONE, sha256=sha256)
    return load(path)


def closures_at(at: datetime) -> QuerySet[RoadClosure]:
    """What is closed on the active network at that moment."""
    rows = RoadClosure.objects.filter(roads__active=True, begins_at__lte=at)
    return rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).order_by("id")


def _active() -> tuple[str | None, list[RoadClosure]]:
    sha256 = Roads.objects.filter(active=True).values_list("sha256", flat=True).first()
    return sha256, list(closures_at(clock.now())) if sha256 else []


_ACTIVE = Kept(_active, changed_by=("road.", "roads.", "import.", "demo."))


def active_roads() -> OpenRoads | None:
    """The active network less what is closed now and what is forbidden at this hour; None while none was imported.

    Loaded once a process, then told only of changes.
    """
    sha256, closures = _ACTIVE.get()
    if sha256 is None:
        return None
    closed = tuple((item.pk, item.version) for item in closures)
    with _lock:
        known = _open.get(sha256)
        if known is None:
            loaded = OpenRoads(network_of(sha256), name=sha256)
            _open.clear()
            known = _open[sha256] = loaded
            _closed_key[sha256] = ((), ())
        state = closed, known.hours_at(clock.shanghai(clock.now()))
        if _closed_key[sha256] != state:
            known = known.closing([Closed(tuple(item.arcs), item.kinds) for item in closures], state[1])
            _open[sha256], _closed_key[sha256] = known, state
        return known


def travel_s(*, start: tuple[float, float], end: tuple[float, float], kind: str = "car") -> float | None:
    """Seconds by road between two places (lon, lat) now, from the nearest road to the nearest road.

    None when there is no way, no road or no network.
    """
    roads = active_roads()
    if roads is None or not roads.network.has_points:
        return None
    index = KIND_INDEX[kind]
    here, there = roads.place(*start, index), roads.place(*end, index)
    return None if here is None or there is None else roads.travel_between_s(here, there, index)


def active_features() -> Iterator[dict[str, Any]]:
    """The active network's roads as GeoJSON lines; none when none was imported."""
    roads = active_roads()
    return iter(()) if roads is None else road_features(roads.network)


def _closed_stretches(actor: Actor, query: LayerQuery) -> Iterator[Feature]:
    """Stretches that are closed at the time asked for. Closures are announced publicly: every post sees them."""
    rows = RoadClosure.objects.filter(roads__active=True)
    if query.since is not None or query.until is not None:
        rows = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=query.since)) if query.since else rows
        rows = rows.filter(begins_at__lte=query.until) if query.until else rows
    else:
        at = query.at or clock.now()
        rows = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), begins_at__lte=at)
    network: RoadNetwork | None = None
    for row in in_order(rows, query):
        roads = active_roads() if network is None else None
        network = network or (roads.network if roads is not None else None)
        shape = _stretch(network, row)
        if query.meets(shape):
            until = row.ends_at.isoformat() if row.ends_at else None
            said = {"reason": row.reason, "begins_at": row.begins_at.isoformat(), "ends_at": until}
            yield Feature(str(row.pk), shape, said)


def _stretch(network: RoadNetwork | None, closure: RoadClosure) -> BaseGeometry:
    """The closed edges as lines; without the network's points a short line at the place."""
    lines = []
    if network is not None and network.has_points:
        for edge in sorted({arc // 2 for arc in closure.arcs}):
            points = slice(int(network.shape_first[edge]), int(network.shape_first[edge + 1]))
            if points.stop - points.start > 1:
                lines.append(np.column_stack((network.shape_lon[points], network.shape_lat[points])))
    if not lines:
        lines.append(np.array([[closure.lon, closure.lat], [closure.lon + _TICK, closure.lat]]))
    return MultiLineString(lines)


def roads_near(box: Box) -> list[LineString]:
    """The roads of the active network that come into a box, as lines in WGS-84: what a drawn border is laid on."""
    roads = active_roads()
    if roads is None or not roads.network.has_points:
        return []
    network = roads.network
    lon, lat = network.shape_lon, network.shape_lat
    inside = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
    edges = np.unique(np.searchsorted(network.shape_first, np.flatnonzero(inside), side="right") - 1)
    found: list[LineString] = []
    for edge in edges:
        points = slice(int(network.shape_first[edge]), int(network.shape_first[edge + 1]))
        if points.stop - points.start > 1:
            found.append(LineString(np.column_stack((lon[points], lat[points]))))
    return found


def travel_matrix_s(
    places: Sequence[tuple[float, float]], *, kind: str = "foot", none_s: int = FAR // 1000
) -> list[list[int]] | None:
    """Whole seconds by road from each place (lon, lat) to each, now; ``none_s`` where there is no way. None without a
    network or its coordinates. One search a place.
    """
    roads = active_roads()
    if roads is None or not roads.network.has_points:
        return None
    index = KIND_INDEX[kind]
    spots = [roads.place(lon, lat, index) for lon, lat in places]
    found = [[none_s] * len(spots) for _ in spots]
    for column, end in enumerate(spots):
        times = roads.travel_many_s(spots, end, index) if end is not None else [None] * len(spots)
        for row, seconds in enumerate(times):
            if row == column:
                found[row][column] = 0
            elif seconds is not None:
                found[row][column] = round(seconds)
    return found


LAYERS.add(
    "closures",
    Layer(
        code="closures",
        words=Words("封闭道路", "closed roads"),
        geometry="line",
        icon="traffic-cone",
        order=25,
        source=_closed_stretches,
        dated=True,
    ),
)
