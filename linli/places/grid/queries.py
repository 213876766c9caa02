"""From a point to its grid."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock, geo
from linli.kernel.geo import Box
from linli.places.grid.models import Grid
from linli.places.grid.rules import Cell, nearest_m


@dataclass(frozen=True, slots=True)
class NearGrid:
    """A grid and how far outside of it the position lies."""

    grid: Grid
    distance_m: float


def today() -> date:
    """The day in Asia/Shanghai, on which grids begin and end."""
    return clock.shanghai(clock.now()).date()


def grid_at(lon: float, lat: float, *, kind: str = "police", at: date | None = None) -> Grid | None:
    """The grid of that kind around a position (WGS-84) on a day; on a shared border the lower code."""
    if not geo.possible(lon, lat):
        return None
    point = shapely.Point(lon, lat)
    rows = Grid.objects.filter(kind=kind).on(at or today()).touching(Box(lon, lat, lon, lat)).order_by("code")
    return next((row for row in rows if row.shape.covers(point)), None)


def nearest_grid(
    lon: float, lat: float, *, kind: str = "police", at: date | None = None, within_m: float = 20_000.0
) -> NearGrid | None:
    """The grid nearest to a position, with the metres that it lies outside; ``None`` when none is within reach."""
    if not geo.possible(lon, lat):
        return None
    in_force = Grid.objects.filter(kind=kind).on(at or today())
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
    rows = list(Grid.objects.filter(kind="police").on(today()).values_list("west", "south", "east", "north"))
    if not rows:
        return None
    wests, souths, easts, norths = zip(*rows, strict=True)
    return Box(min(wests), min(souths), max(easts), max(norths))


def county_shape() -> BaseGeometry | None:
    """The land under all police grids in force as one shape, made once for each set of grids in this process."""
    rows = list(Grid.objects.filter(kind="police").on(today()).order_by("code").values_list("id", "version"))
    return _united(tuple(rows)) if rows else None


@lru_cache(maxsize=2)
def _united(grids: tuple[tuple[uuid.UUID, int], ...]) -> BaseGeometry:
    shapes = [row.shape for row in Grid.objects.filter(pk__in=[key for key, _ in grids])]
    return shapely.union_all(shapes)
