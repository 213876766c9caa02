"""The road network of the demo county: the network's parts, and how they are joined into one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from linli.demo.plane import LonLat, Point, gap_m, lonlat

SPEEDS_KMH = {
    "primary": 80,
    "secondary": 60,
    "tertiary": 50,
    "unclassified": 40,
    "residential": 30,
    "service": 20,
    "footway": 5,
}
"""Classes as OpenStreetMap names them, with the speed limit signed in the demo county."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A stretch of road: junctions and bends by their index. ``settlement`` is the place it belongs to, if any."""

    highway: str
    name: str
    nodes: tuple[int, ...]
    oneway: bool = False
    bridge: bool = False
    maxspeed_kmh: int = 0
    settlement: int | None = None
    houses: bool = False


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn that is forbidden: from way, over node, to way (indices)."""

    kind: str
    from_way: int
    via_node: int
    to_way: int


@dataclass(frozen=True, slots=True)
class Edge:
    """One direction of one piece of road, as in tables of edges."""

    from_node: int
    to_node: int
    length_m: float
    speed_kmh: int
    highway: str
    name: str


@dataclass(frozen=True, slots=True)
class RoadNetwork:
    """Nodes are points on the sheet; ways name them by index."""

    nodes: tuple[Point, ...]
    ways: tuple[Way, ...]
    restrictions: tuple[Restriction, ...]
    river: tuple[Point, ...]

    def places(self) -> list[LonLat]:
        """WGS-84 longitude and latitude of every node."""
        return [lonlat(point) for point in self.nodes]

    def edges(self) -> Iterator[Edge]:
        """Directed edges, both ways unless the street is one-way. Footways are left out: no vehicle goes there."""
        for way in self.ways:
            if way.highway == "footway":
                continue
            speed = way.maxspeed_kmh or SPEEDS_KMH[way.highway]
            for a, b in pairwise(way.nodes):
                length = round(gap_m(self.nodes[a], self.nodes[b]), 1)
                yield Edge(a, b, length, speed, way.highway, way.name)
                if not way.oneway:
                    yield Edge(b, a, length, speed, way.highway, way.name)


@dataclass(slots=True)
class Draft:
    """A network while it is being drawn."""

    nodes: list[Point] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)

    def node(self, at: Point) -> int:
        """A new node."""
        self.nodes.append(at)
        return len(self.nodes) - 1

    def way(self, way: Way) -> int:
        """A new way; a way of one node is none."""
        if len(way.nodes) < 2:
            raise ValueError(f"a way needs two nodes: {way}")
        self.ways.append(way)
        return len(self.ways) - 1

    def line(self, way: Way, start: int, points: Iterable[Point], end: int) -> int:
        """A way from one node over new bends to another."""
        bends = tuple(self.node(point) for point in points)
        return self.way(replace(way, nodes=(start, *bends, end)))


def finish(draft: Draft, river: tuple[Point, ...]) -> RoadNetwork:
    """Make every one-way street that traps a driver two-way, then drop what still cannot be reached both ways."""
    for _ in range(20):
        whole = _reached(draft, backwards=False) & _reached(draft, backwards=True)
        traps = [
            index for index, way in enumerate(draft.ways) if way.oneway and any(node not in whole for node in way.nodes)
        ]
        for index in traps:
            draft.ways[index] = replace(draft.ways[index], oneway=False)
        if not traps:
            break
    whole = _reached(draft, backwards=False) & _reached(draft, backwards=True)
    return _kept(draft, whole, river)


def _kept(draft: Draft, whole: set[int], river: tuple[Point, ...]) -> RoadNetwork:
    number = {old: new for new, old in enumerate(sorted(whole))}
    ways: list[Way] = []
    renamed: dict[int, int] = {}
    for index, way in enumerate(draft.ways):
        if all(node in number for node in way.nodes):
            renamed[index] = len(ways)
            ways.append(replace(way, nodes=tuple(number[node] for node in way.nodes)))
    restrictions = tuple(
        Restriction(r.kind, renamed[r.from_way], number[r.via_node], renamed[r.to_way])
        for r in draft.restrictions
        if r.from_way in renamed and r.to_way in renamed
    )
    return RoadNetwork(tuple(draft.nodes[old] for old in sorted(whole)), tuple(ways), restrictions, river)


def _reached(draft: Draft, *, backwards: bool) -> set[int]:
    """Nodes that a car starting at the first node of the first way reaches (or from which it is reached)."""
    after: dict[int, list[int]] = {}
    for way in draft.ways:
        both = not way.oneway or way.highway == "footway"
        for a, b in pairwise(way.nodes):
            if both or not backwards:
                after.setdefault(a, []).append(b)
            if both or backwards:
                after.setdefault(b, []).append(a)
    start = draft.ways[0].nodes[0]
    seen, ahead = {start}, [start]
    while ahead:
        for node in after.get(ahead.pop(), ()):
            if node not in seen:
                seen.add(node)
                ahead.append(node)
    return seen
