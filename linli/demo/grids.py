"""Police grids and social grids as polygons that fit edge to edge.

Two coverings of the county: police grids follow communities and villages, social grids are finer and are drawn round
groups of households, so that one kind is not a tree under the other (many to many, as in practice).
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Polygon

from linli.demo.plane import Cells, LonLat, Point, chance, lonlat
from linli.demo.settlements import Country, Settlement, inside, seat_outline

SNAP = 1e-6
"""Degrees, about 0.1 m: all grids share their corners exactly."""

OVERHANG_M = 1.0
"""Lines run a little past the edge where they end, else rounding leaves them short of it and two cells become one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One grid; ``kind`` police or social, ``ring`` closed and counter-clockwise, WGS-84 degrees."""

    code: str
    name: str
    kind: str
    settlement: int
    zone: str
    ring: tuple[LonLat, ...]


def settlements_of(country: Country) -> tuple[Settlement, ...]:
    """Communities first, then villages: the numbering that all parts of the demo county use."""
    return country.communities + country.villages


class Whereabouts:
    """Which settlement a point belongs to: inside the seat the nearest community, outside the nearest village."""

    def __init__(self, country: Country) -> None:
        self._country = country
        self._communities = Cells([s.at for s in country.communities], 400.0)
        self._villages = Cells([s.at for s in country.villages], 1_500.0)

    def settlement(self, point: Point) -> int:
        """Index in :func:`settlements_of`."""
        if self._country.in_seat(point):
            return self._communities.nearest(point)
        return len(self._country.communities) + self._villages.nearest(point)


def police_grids(country: Country) -> list[Grid]:
    """One police grid a community and one a village."""
    rings = _cover(country, [s.at for s in country.communities], [s.at for s in country.villages])
    return [
        Grid(
            code=f"J{settlement.code[6:]}",
            name=settlement.name.removesuffix("社区") + "警格",
            kind="police",
            settlement=index,
            zone=settlement.zone,
            ring=rings[index],
        )
        for index, settlement in enumerate(settlements_of(country))
    ]


def social_grids(country: Country, seed: int) -> list[Grid]:
    """Two to four social grids a community or village, drawn on their own."""
    rng = chance(seed, "social")
    where = Whereabouts(country)
    inner: list[Point] = []
    outer: list[Point] = []
    for settlement in settlements_of(country):
        town = settlement.kind == "community"
        spread = 330.0 if town else 420.0
        for _ in range(rng.randint(3, 4) if town else rng.randint(1, 2)):
            (inner if town else outer).append(_beside(rng, country, settlement, spread))
    rings = _cover(country, inner, outer)
    counts: dict[int, int] = defaultdict(int)
    made = []
    for site, at in enumerate(inner + outer):
        index = where.settlement(at)
        settlement = settlements_of(country)[index]
        counts[index] += 1
        made.append(
            Grid(
                code=f"W{settlement.code[6:]}{counts[index]:02d}",
                name=f"{settlement.name}第{counts[index]}网格",
                kind="social",
                settlement=index,
                zone=settlement.zone,
                ring=rings[site],
            )
        )
    return made


def _beside(rng: random.Random, country: Country, settlement: Settlement, spread: float) -> Point:
    """A spot near the settlement, within the county and on its own side of the seat's edge."""
    x, y = settlement.at
    while True:
        spot = (x + rng.uniform(-spread, spread), y + rng.uniform(-spread, spread))
        if country.in_seat(spot) == country.in_seat(settlement.at) and inside(spot, country.outline):
            return spot


def _cover(country: Country, inner: list[Point], outer: list[Point]) -> list[tuple[LonLat, ...]]:
    """Cells of the inner sites within the seat and of the outer sites around it, by one common drawing of all lines.

    Every line is noded on one fine lattice before cells are cut out of it, so neighbours share every corner and cannot
    overlap. A scrap cut off from its site goes to the neighbour with whom it shares most edge. A cell that lies all
    round the seat is cut through, since a ring has no hole; one that rounding made of two sites is cut between them.
    """
    seat, county = Polygon(seat_outline(country.size)), Polygon(country.outline)
    lines: list[shapely.Geometry] = [seat.exterior, county.exterior]
    for sites, area in ((inner, seat), (outer, county.difference(seat))):
        edges = shapely.voronoi_polygons(MultiPoint(sites), extend_to=county, only_edges=True)
        lines.append(shapely.intersection(edges, area.buffer(OVERHANG_M)))
    drawn = [_to_degrees(line) for line in lines]
    faces = _faces(drawn)
    points = [shapely.Point(lonlat(at)) for at in inner + outer]
    cuts = [cut for face in faces for cut in _cuts(face, [point for point in points if face.intersects(point)])]
    if cuts:
        faces = _faces([*drawn, *cuts])
    return _rings(faces, points)


def _faces(lines: list[shapely.Geometry]) -> list[Polygon]:
    noded = shapely.union_all(lines, grid_size=SNAP)
    return [face for face in shapely.get_parts(shapely.polygonize([noded])).tolist() if isinstance(face, Polygon)]


def _cuts(face: Polygon, sites: list[shapely.Point]) -> list[shapely.Geometry]:
    """Lines north and south through the middle of each hole of a cell, and between its first site and the others."""
    _, south, _, north = face.bounds
    lines = [[(hole.centroid.x, south), (hole.centroid.x, north)] for hole in face.interiors]
    for other in sites[1:]:
        x, y = (sites[0].x + other.x) / 2, (sites[0].y + other.y) / 2
        across, up = (sites[0].y - other.y), (other.x - sites[0].x)
        far = (north - south) / math.hypot(across, up)
        lines.append([(x - across * far, y - up * far), (x + across * far, y + up * far)])
    return [shapely.intersection(shapely.LineString(line), face.buffer(SNAP * 5)) for line in lines]


def _to_degrees(line: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(line, lambda xy: np.array([lonlat((x, y)) for x, y in xy]))


def _rings(faces: list[Polygon], sites: list[shapely.Point]) -> list[tuple[LonLat, ...]]:
    tree = shapely.STRtree(faces)
    home = [int(tree.query(site, predicate="intersects")[0]) for site in sites]
    cells: dict[int, shapely.Geometry] = {face: faces[face] for face in home}
    for index, scrap in enumerate(faces):
        if index in cells:
            continue
        shared = {
            face: shapely.intersection(cell, scrap).length
            for face, cell in cells.items()
            if shapely.intersects(cell, scrap)
        }
        for face in sorted(shared, key=lambda face: -shared[face]):
            joined = shapely.coverage_union(cells[face], scrap)
            if isinstance(joined, Polygon) and not joined.interiors:
                cells[face] = joined
                break
    return [_ring(cells[face]) for face in home]


def _ring(shape: shapely.Geometry) -> tuple[LonLat, ...]:
    if not isinstance(shape, Polygon):
        raise TypeError(f"a grid in pieces: {shape}")
    turned = shapely.orient_polygons(shape)
    return tuple((round(x, 6), round(y, 6)) for x, y in turned.exterior.coords)
