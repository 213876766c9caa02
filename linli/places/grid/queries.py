"""From a point to its grid."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock, geo
from linli.kernel.geo import Box
from linli.kernel.kept import Kept
from linli.kernel.prepared import ask
from linli.kernel.rows import beside_what_waits
from linli.places.grid.models import Grid
from linli.places.grid.rules.cells import Cell, nearest_m


@dataclass(frozen=True, slots=True)
class NearGrid:
    """A grid and how far outside of it the position lies."""

    grid: Grid
    distance_m: float


class GridMap:
    """The police grids of today in memory, found by point through a tree of their boxes."""

    def __init__(self, grids: list[Grid]) -> None:
        self.grids = grids
        self._shapes = [row.shape for row in grids]
        self._tree = shapely.STRtree(self._shapes)
        shapely.prepare(self._shapes)

    def at(self, lon: float, lat: float) -> Grid | None:
        """The grid around a point; on a shared border the lower code."""
        found = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self.grids[min(found)] if len(found) else None

    @functools.cached_property
    def box(self) -> Box | None:
        """The box around all of them; None when there is none."""
        rows = self.grids
        if not rows:
            return None
        return Box(
            min(row.west for row in rows),
            min(row.south for row in rows),
            max(row.east for row in rows),
            max(row.north for row in rows),
        )

    @functools.cached_property
    def land(self) -> BaseGeometry | None:
        """The land under all of them as one shape."""
        return shapely.union_all(self._shapes) if self._shapes else None


class GridHistory:
    """The police grids of all days in memory: for bulk work on the past, where one question a call is too many."""

    def __init__(self) -> None:
        self._grids = list(Grid.objects.filter(kind="police").order_by("code", "valid_from"))
        shapes = [row.shape for row in self._grids]
        self._tree = shapely.STRtree(shapes)
        shapely.prepare(shapes)

    def at(self, lon: float, lat: float, day: date) -> Grid | None:
        """The grid around a point on a day; on a shared border the lower code."""
        for found in sorted(self._tree.query(shapely.Point(lon, lat), predicate="intersects")):
            row = self._grids[int(found)]
            if row.valid_from <= day and (row.valid_to is None or day < row.valid_to):
                return row
        return None


def _police_today() -> GridMap:
    return GridMap(list(Grid.objects.filter(kind="police").on(clock.today()).order_by("code")))


_STATE = "SELECT count(*), sum(version), count(valid_to) FROM places_grid WHERE kind = 'police'"
"""Asked once a second by every process: building it took longer than answering it."""


def _police_version() -> tuple[object, ...]:
    with beside_what_waits():
        [found] = ask(_STATE)
    return (clock.today(), *found)


_POLICE_TODAY = Kept(_police_today, changed_by=("grid.", "import.", "demo."), version=_police_version)


def grid_at(lon: float, lat: float, *, kind: str = "police", at: date | None = None) -> Grid | None:
    """The grid of that kind around a position (WGS-84) on a day; on a shared border the lower code."""
    if not geo.possible(lon, lat):
        return None
    if kind == "police" and at in (None, clock.today()):
        return _POLICE_TODAY.get().at(lon, lat)
    point = shapely.Point(lon, lat)
    rows = Grid.objects.filter(kind=kind).on(at or clock.today()).touching(Box(lon, lat, lon, lat)).order_by("code")
    return next((row for row in rows if row.shape.covers(point)), None)


def nearest_grid(
    lon: float, lat: float, *, kind: str = "police", at: date | None = None, within_m: float = 20_000.0
) -> NearGrid | None:
    """The grid nearest to a position, with the metres that it lies outside; ``None`` when none is within reach."""
    if not geo.possible(lon, lat):
        return None
    in_force = Grid.objects.filter(kind=kind).on(at or clock.today())
    reach_m = min(500.0, within_m)
    while True:
        near = [
            NearGrid(row, nearest_m(row.shape, lon, lat))
            for row in in_force.touching(geo.box_around(lon, lat, reach_m))
        ]
        found = min(
            (n for n in near if n.distance_m <= reach_m), key=lambda n: (n.distance_m, n.grid.code), default=None
        )
        if found or reach_m >= within_m:
            return found
        reach_m = min(reach_m * 4.0, within_m)


def cells(kind: str, box: Box | None = None) -> list[Cell]:
    """The grids of a kind for comparison, retired ones with their dates; with ``box`` those that meet it."""
    rows = Grid.objects.filter(kind=kind)
    if box is not None:
        rows = rows.touching(box)
    return [Cell(row.code, row.name, row.shape, row.valid_from, row.valid_to) for row in rows]


def county_box() -> Box | None:
    """The box around all police grids in force: what counts as our county when a coordinate is doubted."""
    return _POLICE_TODAY.get().box


def county_shape() -> BaseGeometry | None:
    """The land under all police grids in force as one shape; None when none is drawn."""
    return _POLICE_TODAY.get().land
