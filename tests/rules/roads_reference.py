"""The answer by the plainest means: forward Dijkstra from each unit, histories of arcs kept whole, everything in
Python.

It shares nothing with what it checks but the network's arrays of edges and travel times: no copies of nodes, no
packed graph, no backward search, no early end.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from linli.places.roads.rules.network import FAR
from linli.places.roads.rules.raw import Ban


@dataclass(frozen=True)
class Place:
    """At ``node`` when ≥ 0, else on ``edge`` at ``fraction`` from its u end."""

    node: int
    edge: int
    fraction: float


@dataclass(frozen=True)
class Streets:
    """Edges as (u, v), milliseconds by arc for one kind, and the bans that bind that kind."""

    ends: list[tuple[int, int]]
    ms: list[int]
    bans: list[Ban]

    def tail(self, arc: int) -> int:
        return self.ends[arc // 2][arc % 2]

    def head(self, arc: int) -> int:
        return self.ends[arc // 2][1 - arc % 2]

    def part_ms(self, arc: int, fraction: float) -> int:
        """From the tail of the arc to the place at ``fraction`` (measured from u)."""
        share = fraction if arc % 2 == 0 else 1.0 - fraction
        return round(self.ms[arc] * share)

    def allowed(self, history: tuple[int, ...], arc: int) -> bool:
        path = (*history, arc)
        return not any(path[-len(ban.arcs) :] == ban.arcs for ban in self.bans)

    def _starts(self, start: Place, end: Place, keep: int) -> tuple[list[tuple[int, int, tuple[int, ...]]], int]:
        """Where one can be after leaving the place, and the way along the road itself."""
        if start.node >= 0:
            return [(0, start.node, ())], FAR
        heap: list[tuple[int, int, tuple[int, ...]]] = []
        best = FAR
        for arc in (2 * start.edge, 2 * start.edge + 1):
            if self.ms[arc] < FAR:
                gone = self.part_ms(arc, start.fraction)
                if end.node < 0 and end.edge == start.edge and self.part_ms(arc, end.fraction) >= gone:
                    best = min(best, self.part_ms(arc, end.fraction) - gone)
                heap.append((self.ms[arc] - gone, self.head(arc), (arc,)[:keep]))
        heapq.heapify(heap)
        return heap, best

    def travel_ms(self, start: Place, end: Place) -> int | None:
        """Milliseconds from start to end; None when there is no way."""
        keep = max((len(ban.arcs) for ban in self.bans), default=1) - 1
        heap, best = self._starts(start, end, keep)
        done: set[tuple[int, tuple[int, ...]]] = set()
        while heap:
            ms, node, history = heapq.heappop(heap)
            if (node, history) in done:
                continue
            done.add((node, history))
            if node == end.node:
                best = min(best, ms)
            for arc, cost in enumerate(self.ms):
                if cost >= FAR or self.tail(arc) != node or not self.allowed(history, arc):
                    continue
                if end.node < 0 and arc // 2 == end.edge:
                    best = min(best, ms + self.part_ms(arc, end.fraction))
                after = (*history, arc)[-keep:] if keep else ()
                heapq.heappush(heap, (ms + cost, self.head(arc), after))
        return best if best < FAR else None
