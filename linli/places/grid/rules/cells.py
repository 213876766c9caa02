"""What makes a polygon a grid, and when two grids share land."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from linli.kernel import geo

SLIVER_SHARE = 0.001
"""Hand-drawn neighbours never share a border to the centimetre: below a thousandth of the smaller it is a border."""
SLIVER_M2 = 50.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A grid for comparison: its code and name, its polygon in degrees, and the days on which it is in force."""

    code: str
    name: str
    shape: BaseGeometry
    begins: date
    ends: date | None = None

    def meets_in_time(self, other: Cell) -> bool:
        return (self.ends is None or self.ends > other.begins) and (other.ends is None or other.ends > self.begins)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Land that two grids both claim."""

    code: str
    name: str
    area_m2: float


def mended(shape: BaseGeometry) -> BaseGeometry:
    """The shape without what rounding did to it: rings that touch themselves in a point, spikes without area.

    Only when that changes no more land than a badly drawn border does; a boundary that truly crosses itself stays as
    it is, for ``polygon_fault`` to name.
    """
    if shape.is_valid or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return shape
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if whole.is_empty or whole.geom_type not in ("Polygon", "MultiPolygon"):
        return shape
    return whole if abs(whole.area - shape.area) <= SLIVER_SHARE * whole.area else shape


def polygon_fault(shape: BaseGeometry) -> tuple[str, str] | None:
    """Why a shape cannot be a grid, in Chinese and English; ``None`` when it can."""
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return f"图形是{shape.geom_type}，应为多边形", f"a grid is a polygon, not a {shape.geom_type}"
    if not shape.is_valid:
        where = explain_validity(shape)
        return f"边界自相交或不闭合（{where}）", f"the boundary crosses itself: {where}"
    if geo.area_m2(shape) < 1.0:
        return "面积不足1平方米", "the area is below one square metre"
    return None


def overlaps(cell: Cell, others: Iterable[Cell]) -> list[Overlap]:
    """The grids in ``others`` that claim land of ``cell`` at the same time, the largest area first."""
    rivals = [other for other in others if other.code != cell.code and other.meets_in_time(cell)]
    if not rivals:
        return []
    tree = STRtree([other.shape for other in rivals])
    found = []
    for at in tree.query(cell.shape, predicate="intersects"):
        other = rivals[int(at)]
        shared_m2 = shared_area_m2(cell.shape, other.shape)
        if shared_m2 > 0.0:
            found.append(Overlap(other.code, other.name, shared_m2))
    return sorted(found, key=lambda overlap: (-overlap.area_m2, overlap.code))


def shared_area_m2(one: BaseGeometry, other: BaseGeometry) -> float:
    """The land that both claim, in square metres; 0 when it is no more than a badly drawn border."""
    shared = shapely.intersection(one, other)
    if shared.is_empty or shared.area == 0.0:
        return 0.0
    area = geo.area_m2(shared)
    smaller = min(geo.area_m2(one), geo.area_m2(other))
    return 0.0 if area <= max(SLIVER_M2, SLIVER_SHARE * smaller) else area


def nearest_m(shape: BaseGeometry, lon: float, lat: float) -> float:
    """Metres from a position to the polygon, 0 inside."""
    point = shapely.Point(lon, lat)
    if shape.covers(point):
        return 0.0
    edge_lon, edge_lat = shapely.get_coordinates(shapely.shortest_line(shape, point))[0]
    return geo.distance_m(lon, lat, float(edge_lon), float(edge_lat))
