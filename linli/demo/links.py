"""Roads between settlements: who is joined to whom, which of these are county roads, and the bridges."""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass

import shapely

from linli.demo.plane import Point, chance, gap_m, lonlat, nearest, wander
from linli.demo.roads import Draft, RoadNetwork, Way, finish
from linli.demo.settlements import Country
from linli.demo.streets import seat_streets, village_lanes

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hub:
    """A place that roads lead to, and its nodes. ``town`` is the index of the town whose middle it is."""

    name: str
    at: Point
    nodes: tuple[int, ...]
    town: int | None = None


def build_roads(country: Country, seed: int) -> RoadNetwork:
    """The road network of a county: seat, villages, the roads between them, bridges; strongly connected."""
    rng = chance(seed, "roads")
    draft = Draft()
    hubs = [Hub("", draft.nodes[node], (node,)) for node in seat_streets(draft, rng, country)]
    gates = len(hubs)
    for index, village in enumerate(country.villages):
        nodes = village_lanes(draft, rng, village, index)
        hubs.append(Hub(village.name, village.at, tuple(nodes), village.town if village.market else None))
    crossings = _bridges(draft, hubs, country)
    pairs = _joined(hubs, country, crossings, gates)
    ranks = _ranks(hubs, pairs, crossings, gates)
    for pair in sorted(pairs - crossings):
        _draw(draft, rng, country, hubs, pair, ranks.get(pair, 2))
    return finish(draft, _river(country))


def _river(country: Country) -> tuple[Point, ...]:
    reach = max(x for x, _ in country.outline)
    low = min(x for x, _ in country.outline)
    steps = 200
    return tuple((x, country.river(x)) for x in (low + (reach - low) * i / steps for i in range(steps + 1)))


def _bridges(draft: Draft, hubs: list[Hub], country: Country) -> set[Pair]:
    """Bridges outside the seat: one in about 9 km of river, each with a hub on both banks."""
    half_x = country.size.seat_half_m[0]
    reach = 0.85 * max(x for x, _ in country.outline)
    spots: list[float] = []
    x = half_x + 2_800
    while x < reach:
        spots += [x, -x * 0.93]
        x += 9_000
    pairs = set()
    for number, x in enumerate(spots):
        y = country.river(x)
        south, north = draft.node((x, y - 70)), draft.node((x, y + 70))
        bridge = Way(highway="tertiary", name=f"{number + 1}号桥", nodes=(south, north), bridge=True, maxspeed_kmh=40)
        draft.way(bridge)
        hubs += [Hub("", draft.nodes[south], (south,)), Hub("", draft.nodes[north], (north,))]
        pairs.add((len(hubs) - 2, len(hubs) - 1))
    return pairs


def _joined(hubs: list[Hub], country: Country, crossings: set[Pair], gates: int) -> set[Pair]:
    """Neighbours in the Gabriel graph that lie on one bank; pieces left alone are tied to the nearest other piece."""
    points = [hub.at for hub in hubs]
    candidates = _triangle_sides(points)
    near = [pair for pair in candidates if _gabriel(pair, points)]
    pairs = {p for p in near if not country.crosses_river([points[p[0]], points[p[1]]])} | crossings
    pairs = {(a, b) for a, b in pairs if b >= gates or gap_m(points[a], points[b]) < 1_500}
    seat = {(0, gate) for gate in range(1, gates)}
    while True:
        pieces = _pieces(len(hubs), pairs | seat)
        if len(pieces) == 1:
            return pairs
        pairs.add(_shortest_tie(pieces, points, country))


def _shortest_tie(pieces: list[list[int]], points: list[Point], country: Country) -> Pair:
    small = min(pieces, key=len)
    rest = [i for piece in pieces if piece is not small for i in piece]
    ties = sorted((gap_m(points[a], points[b]), min(a, b), max(a, b)) for a in small for b in rest)
    dry = (tie for tie in ties if not country.crosses_river([points[tie[1]], points[tie[2]]]))
    _, a, b = next(dry, ties[0])
    return (a, b)


def _triangle_sides(points: list[Point]) -> set[Pair]:
    index = {point: i for i, point in enumerate(points)}
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(points)))
    sides = set()
    for triangle in triangles:
        corners = [index[(x, y)] for x, y in shapely.get_coordinates(triangle)[:3].tolist()]
        for a, b in ((0, 1), (1, 2), (0, 2)):
            sides.add((min(corners[a], corners[b]), max(corners[a], corners[b])))
    return sides


def _gabriel(pair: Pair, points: list[Point]) -> bool:
    """No other place lies in the circle over the two."""
    (ax, ay), (bx, by) = points[pair[0]], points[pair[1]]
    middle, r2 = ((ax + bx) / 2, (ay + by) / 2), ((ax - bx) ** 2 + (ay - by) ** 2) / 4
    return all(
        (x - middle[0]) ** 2 + (y - middle[1]) ** 2 >= r2 * 0.98 for i, (x, y) in enumerate(points) if i not in pair
    )


def _pieces(count: int, pairs: set[Pair]) -> list[list[int]]:
    after: list[list[int]] = [[] for _ in range(count)]
    for a, b in pairs:
        after[a].append(b)
        after[b].append(a)
    left, pieces = set(range(count)), []
    while left:
        ahead = [min(left)]
        left.discard(ahead[0])
        piece = []
        while ahead:
            here = ahead.pop()
            piece.append(here)
            for there in after[here]:
                if there in left:
                    left.discard(there)
                    ahead.append(there)
        pieces.append(piece)
    return pieces


def _ranks(hubs: list[Hub], pairs: set[Pair], crossings: set[Pair], gates: int) -> dict[Pair, int]:
    """Class of each pair: 0 on the way from the seat to a town, 1 between towns. Others are village roads."""
    after: dict[int, list[tuple[int, float]]] = {}
    for a, b in pairs | {(g, g + 1) for g in range(gates - 1)}:
        length = gap_m(hubs[a].at, hubs[b].at) * (0.5 if (a, b) in crossings else 1.0)
        after.setdefault(a, []).append((b, length))
        after.setdefault(b, []).append((a, length))
    towns = sorted((i for i, hub in enumerate(hubs) if hub.town is not None), key=lambda i: math.atan2(*hubs[i].at))
    ranks: dict[Pair, int] = {}
    for i, town in enumerate(towns):
        gate = nearest(hubs[town].at, (hub.at for hub in hubs[:gates]))
        for pair in _path(after, town, gate):
            ranks[pair] = 0
        if len(towns) > 2:
            for pair in _path(after, town, towns[(i + 1) % len(towns)]):
                ranks.setdefault(pair, 1)
    return ranks


def _path(after: dict[int, list[tuple[int, float]]], start: int, end: int) -> list[Pair]:
    best, came = {start: 0.0}, {start: start}
    ahead = [(0.0, start)]
    while ahead:
        far, here = heapq.heappop(ahead)
        if here == end:
            break
        for there, length in after.get(here, ()):
            if far + length < best.get(there, math.inf):
                best[there], came[there] = far + length, here
                heapq.heappush(ahead, (far + length, there))
    pairs = []
    while end != start and end in came:
        pairs.append((min(end, came[end]), max(end, came[end])))
        end = came[end]
    return pairs


def _draw(draft: Draft, rng: random.Random, country: Country, hubs: list[Hub], pair: Pair, rank: int) -> None:
    """A road from the edge of one place to the edge of the other, with bends about every 180 m."""
    a, b = hubs[pair[0]], hubs[pair[1]]
    start = a.nodes[nearest(b.at, (draft.nodes[n] for n in a.nodes))]
    end = b.nodes[nearest(a.at, (draft.nodes[n] for n in b.nodes))]
    points = wander(rng, draft.nodes[start], draft.nodes[end], step_m=180, sway=0.05)
    if country.crosses_river(points):
        points = wander(rng, draft.nodes[start], draft.nodes[end], step_m=180, sway=0.0)
    highway = ("secondary", "tertiary", "unclassified")[rank]
    speed = (70, 50, 40)[rank] if rank < 2 or rng.random() < 0.7 else 30
    name = _road_name(a.name, b.name, ("县道", "乡道", "路")[rank])
    draft.line(Way(highway=highway, name=name, nodes=(), maxspeed_kmh=speed), start, points[1:-1], end)


def _road_name(one: str, other: str, last: str) -> str:
    """As roads are named after both ends; a gate of the seat has no name and stands for the county."""
    if not one and not other:
        return "环城路"
    return f"{one[:1] or '临'}{other[:1] or '临'}{last}"


def edge_of_county(country: Country) -> list[tuple[float, float]]:
    """The outline as WGS-84 points, closed."""
    ring = [lonlat(point) for point in country.outline]
    return [*ring, ring[0]]
