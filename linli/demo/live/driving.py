"""Units on the demo county's roads: the way from here to there, and where one is after some seconds."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from linli.demo.plane import Cells, LonLat, Point, gap_m, lonlat, sheet
from linli.demo.roads import RoadNetwork

FOOT_MPS = 1.5
HASTE = 0.82
"""Share of the speed limit that is reached on average: bends, crossings, people."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A way with the second at which each of its points is reached."""

    points: tuple[Point, ...]
    at_s: tuple[float, ...]

    @property
    def lasts_s(self) -> float:
        return self.at_s[-1]

    def after(self, seconds: float) -> LonLat:
        """WGS-84 position after some seconds; the end when it is over."""
        if seconds >= self.lasts_s:
            return lonlat(self.points[-1])
        leg = bisect_right(self.at_s, max(0.0, seconds)) - 1
        begin, end = self.at_s[leg], self.at_s[leg + 1]
        t = (max(0.0, seconds) - begin) / (end - begin) if end > begin else 1.0
        (ax, ay), (bx, by) = self.points[leg], self.points[leg + 1]
        return lonlat((ax + (bx - ax) * t, ay + (by - ay) * t))


class RoadMap:
    """The soonest way over the roads, by car or on foot."""

    def __init__(self, network: RoadNetwork) -> None:
        self._nodes = network.nodes
        self._cells = Cells(network.nodes, 400.0)
        self._after: dict[int, list[tuple[int, float, float]]] = {}
        for edge in network.edges():
            seconds = edge.length_m / (edge.speed_kmh / 3.6 * HASTE)
            self._after.setdefault(edge.from_node, []).append((edge.to_node, seconds, edge.length_m))

    def trip(self, start: LonLat, end: LonLat, *, on_foot: bool = False, calm: float = 1.0) -> Trip:
        """The way from one place to another; ``calm`` makes a patrol slower than a response."""
        a, b = sheet(start), sheet(end)
        nodes = self._route(self._cells.nearest(a), self._cells.nearest(b), on_foot=on_foot)
        points = (a, *(self._nodes[node] for node in nodes), b)
        legs = [self._leg_s(nodes, i, on_foot=on_foot) * calm for i in range(len(nodes) - 1)]
        walk = FOOT_MPS if on_foot else 4.0
        begin, last = gap_m(a, points[1]) / walk, gap_m(points[-2], b) / walk
        return Trip(points, tuple(accumulate([0.0, begin, *legs, last])))

    def _leg_s(self, nodes: list[int], i: int, *, on_foot: bool) -> float:
        here, there = nodes[i], nodes[i + 1]
        seconds, length = min((s, m) for node, s, m in self._after[here] if node == there)
        return length / FOOT_MPS if on_foot else seconds

    def _route(self, start: int, end: int, *, on_foot: bool) -> list[int]:
        """A* with the straight line at the highest speed as its guess; both ends alone when there is no way."""
        goal = self._nodes[end]
        fastest = FOOT_MPS if on_foot else 80 / 3.6
        best, came = {start: 0.0}, {start: start}
        ahead = [(gap_m(self._nodes[start], goal) / fastest, start)]
        while ahead:
            _, here = heapq.heappop(ahead)
            if here == end:
                return _back(came, start, end)
            for there, seconds, length in self._after.get(here, ()):
                far = best[here] + (length / FOOT_MPS if on_foot else seconds)
                if far < best.get(there, math.inf):
                    best[there], came[there] = far, here
                    heapq.heappush(ahead, (far + gap_m(self._nodes[there], goal) / fastest, there))
        return [start]


def _back(came: dict[int, int], start: int, end: int) -> list[int]:
    nodes = [end]
    while nodes[-1] != start:
        nodes.append(came[nodes[-1]])
    return nodes[::-1]
