"""How a drawn boundary meets its roads and neighbours, and how a grid is divided and grids are joined.

Everything is in degrees (WGS-84), so that a corner taken over from a neighbour is the neighbour's corner to the last
bit and the two share their border exactly. Distances are turned into degrees of latitude: eastwards the same number of
degrees is fewer metres, so nothing is ever moved further than it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import ops
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from linli.kernel import geo
from linli.places.grid.rules.cells import SLIVER_M2, Cell, shared_area_m2

SNAP_M = 15.0
"""A corner nearer than this to a neighbour's border or to a road was meant to lie on it: half the width of a street
with its pavements."""
OVERHANG_M = 30.0
"""A dividing line that ends this far before the border was meant to reach it."""
GAP_M = 30.0
"""Land between two grids narrower than this is a gap of drawing, not a strip that was left out on purpose."""
MOST_PARTS = 8
"""One line that makes more pieces than this was drawn by mistake."""
_M_PER_DEGREE = 111_320.0
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Clash:
    """Land that a drawn grid shares with another, as a shape to be shown."""

    code: str
    name: str
    shape: BaseGeometry
    area_m2: float


def snapped(
    shape: BaseGeometry,
    *,
    neighbours: Sequence[BaseGeometry] = (),
    roads: Sequence[BaseGeometry] = (),
    within_m: float = SNAP_M,
) -> BaseGeometry:
    """The polygon with its border laid on its neighbours' borders and, where none is near, on roads.

    Corners within ``within_m`` move onto what is near them, a neighbour's corner before its edge before a road; a
    neighbour's corners on the way become corners of the shape; an overlap that is no wider than ``within_m`` is given
    to the neighbour. What would make a broken polygon is left as it was drawn.
    """
    reach = within_m / _M_PER_DEGREE
    borders = shapely.union_all([near.boundary for near in neighbours]) if neighbours else None
    lines = shapely.union_all(list(roads)) if roads else None
    moved = _whole_or(shapely.transform(shape, lambda corners: _moved(corners, borders, lines, reach)), shape)
    if borders is not None:
        moved = _whole_or(shapely.snap(moved, borders, reach), moved)
        for near in neighbours:
            shared = shapely.intersection(moved, near)
            if shared.area > 0.0 and shared.buffer(-reach / 2).is_empty:
                moved = _whole_or(_land(shapely.difference(moved, near)), moved)
    return moved


def _moved(
    corners: NDArray[np.float64], borders: BaseGeometry | None, lines: BaseGeometry | None, reach: float
) -> NDArray[np.float64]:
    out = corners.copy()
    for at, (lon, lat) in enumerate(corners):
        point = shapely.Point(lon, lat)
        for target in (borders, lines):
            if target is None or shapely.distance(point, target) > reach:
                continue
            out[at] = _nearest_on(point, target, reach)
            break
    return out


def _nearest_on(point: BaseGeometry, target: BaseGeometry, reach: float) -> tuple[float, float]:
    """The nearest corner of the target within reach, else the nearest point of its edges."""
    corners = shapely.get_coordinates(target)
    away = np.hypot(*(corners - shapely.get_coordinates(point)).T)
    best = int(away.argmin())
    if away[best] <= reach:
        return float(corners[best, 0]), float(corners[best, 1])
    lon, lat = shapely.get_coordinates(shapely.shortest_line(target, point))[0]
    return float(lon), float(lat)


def _whole_or(made: BaseGeometry, before: BaseGeometry) -> BaseGeometry:
    fine = made.geom_type in _AREAS and not made.is_empty and made.is_valid and made.area > before.area / 2
    return made if fine else before


def _land(shape: BaseGeometry) -> BaseGeometry:
    """Only what has an area: cutting leaves single points and lines behind where borders touch."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and geo.area_m2(part) > 1.0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def clashes(cell: Cell, others: Sequence[Cell]) -> list[Clash]:
    """The land that ``cell`` shares with grids in force at the same time, the largest first."""
    found = [
        Clash(other.code, other.name, _land(shapely.intersection(cell.shape, other.shape)), area_m2)
        for other in others
        if other.code != cell.code
        and other.meets_in_time(cell)
        and (area_m2 := shared_area_m2(cell.shape, other.shape)) > 0.0
    ]
    return sorted(found, key=lambda clash: (-clash.area_m2, clash.code))


def gaps(shape: BaseGeometry, neighbours: Sequence[BaseGeometry], *, within_m: float = GAP_M) -> list[BaseGeometry]:
    """Land beside the shape that no grid covers though grids lie around it: holes, and strips narrower than given."""
    if not neighbours:
        return []
    covered = shapely.union_all([shape, *neighbours])
    half = within_m / 2 / _M_PER_DEGREE
    closed = covered.buffer(half, join_style="mitre").buffer(-half, join_style="mitre")
    holes = [Polygon(ring) for part in shapely.get_parts(closed) for ring in part.interiors]
    open_land = shapely.difference(shapely.union_all([closed, *holes]), covered)
    # Wider than a hair: closing a corner leaves threads along every border.
    return [
        part
        for part in shapely.get_parts(open_land)
        if part.geom_type == "Polygon"
        and geo.area_m2(part) > SLIVER_M2
        and not part.buffer(-half / 30).is_empty
        and shapely.distance(part, shape) <= half
    ]


def fitted(shape: BaseGeometry, neighbours: Sequence[BaseGeometry]) -> BaseGeometry:
    """The shape without what its neighbours have already, and with the gaps between: edge to edge with all of them.

    Where nothing would be left it stays as it is, for the overlap to be named.
    """
    if not neighbours:
        return shape
    free = _land(shapely.difference(shape, shapely.union_all(list(neighbours))))
    if free.is_empty:
        return shape
    whole = shapely.union_all([free, *gaps(free, neighbours)])
    parts: list[BaseGeometry] = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    return max(parts, key=lambda part: part.area)


def divided(shape: BaseGeometry, line: BaseGeometry) -> list[BaseGeometry]:
    """The pieces into which a line cuts a grid, the largest first; one piece when it does not reach across.

    The ends of the line are drawn out by ``OVERHANG_M``. Crumbs too small to be meant go to the piece beside them, so
    the pieces together are the grid. Raises ``ValueError`` for what is no line.
    """
    if line.geom_type != "LineString" or line.is_empty or line.length == 0.0:
        raise ValueError("a grid is divided by a line")
    pieces: list[BaseGeometry] = []
    for part in shapely.get_parts(shape):
        pieces += list(ops.split(part, _drawn_out(line)).geoms)
    kept = sorted(pieces, key=lambda piece: -piece.area)
    least = max(SLIVER_M2, geo.area_m2(shape) / 10_000)
    crumbs = [piece for piece in kept[1:] if geo.area_m2(piece) < least]
    kept = [piece for piece in kept if not any(piece is crumb for crumb in crumbs)]
    for crumb in crumbs:
        at = min(
            range(len(kept)), key=lambda index: (shapely.distance(kept[index], crumb), -_border(kept[index], crumb))
        )
        kept[at] = shapely.union_all([kept[at], crumb])
    return sorted(kept, key=lambda piece: (-round(piece.area, 12), piece.centroid.x, piece.centroid.y))


def _border(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(shapely.intersection(one.boundary, other.boundary).length)


def _drawn_out(line: BaseGeometry) -> BaseGeometry:
    corners = shapely.get_coordinates(line)
    more = OVERHANG_M / _M_PER_DEGREE

    def beyond(inner: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        way = end - inner
        length = float(np.hypot(*way))
        return end if length == 0.0 else end + way / length * more

    first, last = beyond(corners[1], corners[0]), beyond(corners[-2], corners[-1])
    return LineString([first, *corners, last])


def joined(shapes: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """The land of several grids as one, without the crack that a badly drawn border leaves; ``None`` when they do not
    hang together.
    """
    whole = shapely.union_all(list(shapes))
    if whole.geom_type != "Polygon":
        half = GAP_M / 2 / _M_PER_DEGREE
        closed = whole.buffer(half, join_style="mitre").buffer(-half, join_style="mitre")
        cracks = [
            part
            for part in shapely.get_parts(shapely.difference(closed, whole))
            if int((shapely.distance(shapely.get_parts(whole), part) == 0.0).sum()) > 1
        ]
        whole = shapely.union_all([whole, *cracks])
    if not isinstance(whole, Polygon):
        return None
    rings = [ring for ring in whole.interiors if geo.area_m2(Polygon(ring)) > SLIVER_M2]
    return Polygon(whole.exterior, rings)
