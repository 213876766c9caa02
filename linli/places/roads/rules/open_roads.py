"""The network as it can be driven at a moment: without what is closed. Immutable; a closure makes another one.

Closed means "as if the road were not there" for the kinds named: nobody is led through, and a call or a unit standing
on a closed road is taken to the nearest open one, the rest on foot. Turning round is allowed at any junction and, for
a unit about to start, where it stands; police may, and a signed ``no_u_turn`` is obeyed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from linli.places.roads.rules.by_hour import barred, shut_by_hour, usable_edges
from linli.places.roads.rules.compiled import compiled
from linli.places.roads.rules.hours import holding
from linli.places.roads.rules.network import F64, FAR, I32, I64, KINDS, U8, RoadNetwork, frozen
from linli.places.roads.rules.rare import Hierarchy
from linli.places.roads.rules.search import Labels, labels_for, pack_graph, travel_all
from linli.places.roads.rules.snap import SnapGrid, Spot, make_grid, nearest_many

_EACH_KIND: U8 = frozen(np.array([1 << kind for kind in range(len(KINDS))], np.uint8))


@dataclass(frozen=True, slots=True)
class Closed:
    """Arcs that may not be driven by the kinds of vehicle in ``kinds`` (bit per kind)."""

    arcs: tuple[int, ...]
    kinds: int = 7


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """The graph of every kind as the search wants it, see :func:`search.k_soonest`: arcs sorted by one end, packed."""

    first: I32  # [kinds, v + 1]
    pack: I64


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """How a place is entered by each kind of vehicle, see :func:`search.k_soonest`. ``off_m`` [kinds]: metres from
    the road. Kinds that drive alike (``like``, see :class:`OpenRoads`) share the rows of the first of them.
    """

    seed: I64
    seed_first: I64
    road: I64
    road_first: I64
    off_m: F64
    like: tuple[int, ...]

    def __bool__(self) -> bool:
        return len(self.seed) > 0

    def of_kind(self, kind: int) -> tuple[I64, I64]:
        """The rows of ``seed`` and of ``road`` that are for that kind, or for one that drives alike."""
        kind = self.like[kind]
        seeds = slice(int(self.seed_first[kind]), int(self.seed_first[kind + 1]))
        return self.seed[seeds], self.road[int(self.road_first[kind]) : int(self.road_first[kind + 1])]


@dataclass(frozen=True, slots=True, eq=False)
class Exits:
    """How many spots are left: up to two ways each [n, 2]: vertex reached (−1 none), milliseconds until there, arc
    (−1 none).
    """

    vertex: I32
    ms: I32
    arc: I32
    off_m: F64
    node: I32
    edge: I32
    fraction: F64


class _Shared:
    """What all states of one network share: the snap grid and the hierarchy, made when first needed."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self.lock = threading.RLock()
        self._grid: SnapGrid | None = None
        self._hierarchy: Hierarchy | None = None
        self.hours = network.hours

    def grid(self) -> SnapGrid:
        with self.lock:
            if self._grid is None:
                self._grid = make_grid(self.network)
            return self._grid

    def hierarchy(self) -> Hierarchy:
        with self.lock:
            if self._hierarchy is None:
                self._hierarchy = Hierarchy(self.network)
            return self._hierarchy


class OpenRoads:
    """A :class:`RoadNetwork` less some closed arcs. Safe to use from several threads."""

    def __init__(
        self,
        network: RoadNetwork,
        closed: Iterable[Closed] = (),
        *,
        hours: Iterable[int] = (),
        like: OpenRoads | None = None,
        name: str = "",
    ) -> None:
        """``hours``: which of the network's rules by the hour hold (:meth:`hours_at`)."""
        self.network = network
        # SHA-256 of the network's file, where it came from one
        self.name: str = like.name if like is not None else name
        self.closed = tuple(closed)
        self.hours = tuple(hours)
        self.shared: _Shared = like.shared if like is not None and like.network is network else _Shared(network)
        shut = self.closed + tuple(Closed((arc,), kinds) for arc, kinds in shut_by_hour(network, self.hours))
        self.arc_ms = _without(network.arc_ms, shut)
        self.edge_bits = usable_edges(network, self.arc_ms) if shut else network.main_kinds
        self.out_bar = barred(network, self.hours)
        self.like: tuple[int, ...] = self._alike()
        """For each kind the first that drives all roads as fast as it does: one search serves them all."""
        self.first_like: U8 = frozen(np.array(self.like, np.uint8))
        self._back: Graph | None = None
        self._forth: Graph | None = None
        self._weights: dict[int, I32] = {}

    def closing(self, closed: Iterable[Closed], hours: Iterable[int] = ()) -> OpenRoads:
        """The same network with exactly these closures, and these of its rules by the hour."""
        return OpenRoads(self.network, closed, hours=hours, like=self)

    def hours_at(self, at: datetime) -> tuple[int, ...]:
        """Which of the network's rules by the hour hold at a local time."""
        return holding(self.shared.hours, at)

    def _alike(self) -> tuple[int, ...]:
        bars = [self.out_bar >> kind & 1 for kind in range(len(KINDS))]
        usable = [self.edge_bits >> kind & 1 for kind in range(len(KINDS))]
        same = [
            [
                np.array_equal(self.arc_ms[kind], self.arc_ms[first])
                and np.array_equal(bars[kind], bars[first])
                and np.array_equal(usable[kind], usable[first])
                for first in range(kind)
            ]
            for kind in range(len(KINDS))
        ]
        return tuple(row.index(True) if True in row else kind for kind, row in enumerate(same))

    # -- graphs, made when first asked for

    def weights(self, kind: int) -> I32:
        """Milliseconds of each arc of the vertex graph in forward order, FAR where not open."""
        with self.shared.lock:
            if kind not in self._weights:
                ms = self.arc_ms[kind][self.network.out_arc]
                self._weights[kind] = frozen(np.where(self.out_bar >> kind & 1, FAR, ms).astype(np.int32))
            return self._weights[kind]

    def back(self) -> Graph:
        """Arcs by head: for searching from a call towards the units."""
        if self._back is None:
            self._back = self._pack(reverse=True)
        return self._back

    def forth(self) -> Graph:
        """Arcs by tail: for what a unit or a room can reach."""
        if self._forth is None:
            self._forth = self._pack(reverse=False)
        return self._forth

    def _pack(self, *, reverse: bool) -> Graph:
        net = self.network
        tail: I32 = frozen(np.repeat(np.arange(net.vertices, dtype=np.int32), np.diff(net.out_first)))
        here, there = (tail, net.out_head) if reverse else (net.out_head, tail)
        weights = [self.weights(kind) for kind in range(len(KINDS))]
        first = np.zeros((len(KINDS), net.vertices + 1), np.int32)
        pack = np.empty(sum(int((ms < FAR).sum()) for ms in weights), np.int64)
        start = 0
        for kind, ms in enumerate(weights):
            start = pack_graph(net.vertices, here, there, ms, start, first[kind], pack)
        return Graph(frozen(first), frozen(pack))

    def hierarchy(self) -> Hierarchy:
        return self.shared.hierarchy()

    def labels(self) -> Labels:
        return labels_for(self.network.vertices, len(self.network.out_arc))

    def warm(self) -> None:
        """Make everything that a first recommendation would otherwise wait for."""
        self.back()
        self.hierarchy()
        if self.network.has_points:
            self.shared.grid()

    # -- places

    def place(self, lon: float, lat: float, kind: int) -> Spot | None:
        """The nearest spot on a road open to that kind; None when there is none."""
        return self.places(lon, lat)[kind]

    def places(self, lon: float, lat: float) -> list[Spot | None]:
        """For each kind of vehicle the nearest spot on a road that is open to it."""
        node, edge, fraction, off_m = self.place_many(np.full(len(KINDS), lon), np.full(len(KINDS), lat), _EACH_KIND)
        rows = zip(node.tolist(), edge.tolist(), fraction.tolist(), off_m.tolist(), strict=True)
        return [Spot(*row) if row[0] >= 0 or row[1] >= 0 else None for row in rows]

    def place_many(self, lon: F64, lat: F64, bits: U8) -> tuple[I32, I32, F64, F64]:
        """Snap many: (node, edge, fraction, metres away); NaN coordinates give node −1 and edge −1."""
        count = len(lon)
        node, edge = np.empty(count, np.int32), np.empty(count, np.int32)
        fraction, off_m = np.empty(count), np.empty(count)
        net = self.network
        if not net.has_points:
            return node - node - 1, edge - edge - 1, fraction * 0, fraction * 0 + np.inf
        g = self.shared.grid()
        nearest_many(
            lon, lat, bits, net.shape_lon, net.shape_lat, g.point_edge, g.point_fraction, self.edge_bits,
            net.edge_u, net.edge_v, net.edge_m, g.west, g.south, g.step_lon, g.step_lat, g.wide, g.high, g.cell_first,
            g.piece, node, edge, fraction, off_m,
        )  # fmt: skip
        return node, edge, fraction, off_m

    def point(self, node: int, edge: int, fraction: float) -> tuple[float, float]:
        """Longitude and latitude of a spot; NaN without coordinates."""
        net = self.network
        if node >= 0 or not net.has_points:
            return (float(net.node_lon[node]), float(net.node_lat[node])) if node >= 0 else (np.nan, np.nan)
        grid = self.shared.grid()
        points = slice(int(net.shape_first[edge]), int(net.shape_first[edge + 1]))
        along = grid.point_fraction[points]
        return (
            float(np.interp(fraction, along, net.shape_lon[points])),
            float(np.interp(fraction, along, net.shape_lat[points])),
        )

    def at_node(self, node: int) -> Spot:
        """The spot that is a junction, by its index."""
        return Spot(node, -1, 0.0, 0.0)

    def edge_of(self, spot: Spot) -> int:
        """The edge of a spot; at a junction, one that meets there."""
        if spot.edge >= 0:
            return spot.edge
        net = self.network
        return int(np.flatnonzero((net.edge_u == spot.node) | (net.edge_v == spot.node))[0])

    def ways(self, spots: Sequence[Spot | None]) -> Ways:
        """Where a search for units going to a place begins, given its spot for each kind of vehicle."""
        seed: list[tuple[int, int]] = []
        road: list[tuple[int, int, int]] = []
        seed_first, road_first = [0], [0]
        for kind in range(len(KINDS)):
            alike = (spots[other] for other, first in enumerate(self.like) if first == kind)
            spot = next((one for one in alike if one is not None), None)
            if spot is not None and spot.node >= 0:
                seed += [(vertex, 0) for vertex in self._all_copies(spot.node)]
            elif spot is not None:
                self._enter(spot, kind, seed, road)
            seed_first.append(len(seed))
            road_first.append(len(road))
        return Ways(
            np.array(seed, np.int64).reshape(-1, 2),
            np.array(seed_first, np.int64),
            np.array(road, np.int64).reshape(-1, 3),
            np.array(road_first, np.int64),
            np.array([np.inf if spot is None else spot.distance_m for spot in spots]),
            self.like,
        )

    def _all_copies(self, node: int) -> list[int]:
        first = self.network.copy_first
        return [node, *self.network.copy_vertex[first[node] : first[node + 1]].tolist()]

    def _enter(self, spot: Spot, kind: int, seed: list[tuple[int, int]], road: list[tuple[int, int, int]]) -> None:
        """Both ends of the road that a spot lies on, as far as they are open."""
        net = self.network
        for arc, share in ((2 * spot.edge, spot.fraction), (2 * spot.edge + 1, 1.0 - spot.fraction)):
            whole = int(self.arc_ms[kind, arc])
            if whole >= FAR:
                continue
            tail = int(net.edge_u[spot.edge] if arc % 2 == 0 else net.edge_v[spot.edge])
            cost = round(whole * share)
            seed += [(door, cost) for door in self._doors(tail, arc, kind)]
            road.append((arc, int(net.arc_lands[arc]), whole - cost))

    def _doors(self, node: int, arc: int, kind: int) -> list[int]:
        """The vertices of ``node`` from which ``arc`` may be entered."""
        net = self.network
        doors = [node]
        for vertex in net.copy_vertex[net.copy_first[node] : net.copy_first[node + 1]].tolist():
            out = slice(int(net.out_first[vertex]), int(net.out_first[vertex + 1]))
            if bool(((net.out_arc[out] == arc) & (self.out_bar[out] >> kind & 1 == 0)).any()):
                doors.append(vertex)
        return doors

    def exits(self, node: I32, edge: I32, fraction: F64, off_m: F64, kind: npt.NDArray[np.uint8]) -> Exits:
        """How units of the given kinds (index) standing at these spots start driving."""
        count = len(node)
        vertex, ms, arcs = (np.empty((count, 2), np.int32) for _ in range(3))
        _leave(node, edge, fraction, kind, self.arc_ms, self.network.arc_lands, vertex, ms, arcs)
        return Exits(vertex, ms, arcs, off_m, node, edge, fraction)

    # -- questions

    def travel_to(self, spot: Spot, kind: int, *, within_s: float = FAR / 1000) -> I32:
        """Milliseconds from each vertex to ``spot`` by that kind; FAR beyond ``within_s``."""
        seeds, _ = self._ways_of_kind(spot, kind).of_kind(kind)
        return self._travel(self.back(), kind, seeds, within_s)

    def _ways_of_kind(self, spot: Spot, kind: int) -> Ways:
        return self.ways([spot if one == kind else None for one in range(len(KINDS))])

    def travel_from(self, spot: Spot, kind: int, *, within_s: float = FAR / 1000) -> I32:
        """Milliseconds from ``spot`` to each vertex: the isochrone of a room or unit. FAR beyond ``within_s``."""
        one = np.array([spot.node], np.int32), np.array([spot.edge], np.int32), np.array([spot.fraction])
        out = self.exits(*one, np.zeros(1), np.array([kind], np.uint8))
        ways = out.vertex[0] >= 0
        seeds = np.stack([out.vertex[0][ways], out.ms[0][ways]], axis=1).astype(np.int64)
        return self._travel(self.forth(), kind, seeds, within_s)

    def reached_nodes(self, spot: Spot, kind: int, within_s: float) -> I32:
        """The nodes that can be reached from ``spot`` within that time (coverage)."""
        ms = self.travel_from(spot, kind, within_s=within_s)
        return np.unique(self.network.vertex_node[ms < FAR])

    def travel_between_s(self, start: Spot, end: Spot, kind: int) -> float | None:
        """Seconds of driving from one spot to another; None when there is no way."""
        return self.travel_many_s([start], end, kind)[0]

    def travel_many_s(self, starts: Sequence[Spot | None], end: Spot, kind: int) -> list[float | None]:
        """Seconds from each of many spots to one, with one search; None where there is no spot or no way."""
        ms = self.travel_to(end, kind)
        _, roads = self._ways_of_kind(end, kind).of_kind(kind)
        return [None if start is None else self._seconds_left(start, ms, roads, kind) for start in starts]

    def _seconds_left(self, start: Spot, ms: I32, roads: I64, kind: int) -> float | None:
        one = np.array([start.node], np.int32), np.array([start.edge], np.int32), np.array([start.fraction])
        out = self.exits(*one, np.zeros(1), np.array([kind], np.uint8))
        best = FAR
        for vertex, rest, arc in zip(out.vertex[0].tolist(), out.ms[0].tolist(), out.arc[0].tolist(), strict=True):
            if vertex >= 0:
                best = min(best, int(ms[vertex]) + rest)
            for own, _, behind in roads.tolist():
                if own == arc and rest >= behind:
                    best = min(best, rest - behind)
        return None if best >= FAR else best / 1000

    def _travel(self, graph: Graph, kind: int, seeds: I64, within_s: float) -> I32:
        out = np.full(self.network.vertices, FAR, np.int32)
        labels = self.labels()
        within_ms = min(int(within_s * 1000), FAR - 1)
        travel_all(
            graph.first[kind], graph.pack, labels.label, labels.heap, labels.next_search(),
            np.ascontiguousarray(seeds), within_ms, out,
        )  # fmt: skip
        return out


@compiled
def _leave(
    node: I32, edge: I32, fraction: F64, kind: npt.NDArray[np.uint8], arc_ms: I32, arc_lands: I32, vertex: I32, ms: I32,
    arcs: I32,
) -> None:  # fmt: skip
    """Fill the two ways in which each unit leaves its spot (−1: there is none); rounded as where a call's road is
    entered.
    """
    for i in range(len(node)):
        for way in range(2):
            vertex[i, way], ms[i, way], arcs[i, way] = -1, 0, -1
        if node[i] >= 0:
            vertex[i, 0] = node[i]
        elif edge[i] >= 0:
            for way in range(2):
                arc = 2 * edge[i] + way
                whole = arc_ms[kind[i], arc]
                if whole < FAR:
                    gone = np.rint(whole * (fraction[i] if way == 0 else 1.0 - fraction[i]))
                    vertex[i, way], ms[i, way], arcs[i, way] = arc_lands[arc], whole - int(gone), arc


def _without(arc_ms: I32, closed: tuple[Closed, ...]) -> I32:
    if not closed:
        return arc_ms
    open_ms = arc_ms.copy()
    for one in closed:
        for kind in range(len(KINDS)):
            if one.kinds >> kind & 1:
                open_ms[kind, list(one.arcs)] = FAR
    return np.asarray(frozen(open_ms))
