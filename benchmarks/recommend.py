"""Which unit is there first: the whole recommendation, the search inside it, and others' ways to the same answer.

Real networks from ``../shared/data``; units, rooms and calls are drawn from a seed. ``p99_ms`` is a call of
``recommend`` with all reasons as text in both languages, who covers each hole included. ``search_p99_ms`` is the
search alone, from the call's spot to the sorted units. Peers answer the search's question on the same calls in turn;
``ratio`` says how many times longer they
take. Of ours the quietest of five rounds counts. Every fiftieth answer is compared with scipy's Dijkstra; a difference
ends the run.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import numpy as np
import routingkit_cch
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from linli.operations.dispatch.rules import Fleet, Incident, Limits, UnitRow, recommend, soonest
from linli.operations.dispatch.rules.fleet import ms_of
from linli.places.roads.rules.network import F64, FAR, I64, KINDS, RoadNetwork, load, save
from linli.places.roads.rules.open_roads import OpenRoads, Ways
from linli.places.roads.rules.options import TableOptions
from linli.places.roads.rules.reading import read_roads

NAMES = ("recommend.edmonton", "recommend.ny")

UNITS, ROOMS, K = 10_000, 164, 5
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
LIMITS = Limits()
WARM, CALLS, CHECK_EACH, SLOW_CALLS = 200, 1_000, 10, 40
ROUNDS = 5
CANDIDATES = 32
NY_KMH = 50.0

Line = dict[str, object]
T = TypeVar("T")


@dataclass
class Bench:
    """One network with its units, and the generator of calls."""

    roads: OpenRoads
    rows: list[UnitRow]
    rng: np.random.Generator

    def call(self, needs: frozenset[str] = frozenset()) -> Incident:
        lon, lat, node = self.spot()
        agency = UUID(int=10**6 + int(self.rng.integers(ROOMS)))
        return Incident(lon=lon, lat=lat, node=node, needs=needs, agency_id=agency)

    def spot(self) -> tuple[float | None, float | None, int | None]:
        """A place on a road: at any point of it where there are coordinates, else a junction."""
        net = self.roads.network
        if not net.has_points:
            return None, None, int(self.rng.integers(net.nodes))
        edge = int(self.rng.integers(net.edges))
        share = float(self.rng.random())
        a, b = int(net.edge_u[edge]), int(net.edge_v[edge])
        lon = net.node_lon[a] + share * (net.node_lon[b] - net.node_lon[a])
        return float(lon), float(net.node_lat[a] + share * (net.node_lat[b] - net.node_lat[a])), None


def run(name: str) -> Iterator[Line]:
    """Measure on one network."""
    started_mb = _rss_mb()
    source, network, load_s = _network(name)
    roads = OpenRoads(network)
    began = time.perf_counter()
    roads.warm()
    load_s += time.perf_counter() - began
    bench = _bench(roads)
    began = time.perf_counter()
    fleet = Fleet.from_rows(bench.rows, roads)
    fleet_s = time.perf_counter() - began
    yield _line("load_s", load_s, "s", network.nodes)
    yield _line("import_s", source, "s", network.nodes)
    yield _line("fleet_s", fleet_s, "s", UNITS)
    yield from _whole(bench, fleet)
    yield from _searches(bench, fleet)
    if name == "recommend.edmonton":
        yield from _rare(bench)
    yield _line("unit_move_us", _moves(bench, fleet), "us", 5_000)
    yield _line("memory_mb", _rss_mb() - started_mb, "MB", network.nodes)
    yield _line("network_mb", network.memory_mb(), "MB", network.nodes)


def _network(name: str) -> tuple[float, RoadNetwork, float]:
    """(seconds to import, the network as mapped from its file, seconds to open that)."""
    shared = Path(os.environ.get("LINLI_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    folder = shared / "data" / "roads"
    began = time.perf_counter()
    if name == "recommend.edmonton":
        nodes, arcs = folder / "jemss_edmonton_nodes.csv.gz", folder / "jemss_edmonton_arcs.csv.gz"
        built = read_roads(nodes, edges=arcs)
    else:
        built = read_roads(folder / "USA-road-d.NY.gr.gz", options=TableOptions(speed_kmh=NY_KMH, length_unit="dm"))
    _, path = save(built, Path(os.environ["LINLI_HOME"]) / "roads")
    imported_s = time.perf_counter() - began
    began = time.perf_counter()
    return imported_s, load(path), time.perf_counter() - began


def _bench(roads: OpenRoads) -> Bench:
    bench = Bench(roads, [], np.random.default_rng(20260302))
    rooms = [bench.spot() for _ in range(ROOMS)]
    for number in range(UNITS):
        lon, lat, node = bench.spot()
        room = int(bench.rng.integers(ROOMS))
        home = rooms[room]
        busy = number % 5 == 0
        bench.rows.append(
            UnitRow(
                id=UUID(int=number + 1),
                call_sign=f"U{number}",
                kind=("car", "car", "car", "motorcycle", "foot")[number % 5],
                agency_id=UUID(int=10**6 + room),
                lon=lon,
                lat=lat,
                fix_at=AT - timedelta(seconds=int(bench.rng.integers(0, 110))),
                availability="conditional" if busy else "available",
                activity="visiting" if busy else "",
                home_lon=home[0],
                home_lat=home[1],
                node=node,
                home_node=home[2],
            )
        )
    return bench


def _whole(bench: Bench, fleet: Fleet) -> Iterator[Line]:
    """The recommendation with its reasons in words."""
    rounds = _rounds(bench, fleet, frozenset())
    yield _line("p99_ms", min(one.p99 for one in rounds), "ms", CALLS)
    yield _line("p99_all_rounds_ms", _Ms([s for one in rounds for s in one.seconds]).p99, "ms", ROUNDS * CALLS)
    yield _line("p99_cpu_ms", min(_Ms(one.worked).p99 for one in rounds), "ms", CALLS)
    yield _line("p50_ms", min(one.p50 for one in rounds), "ms", CALLS)


def _rounds(bench: Bench, fleet: Fleet, needs: frozenset[str]) -> list[_Round]:
    """Several rounds of calls: the quietest one counts, for in the others the machine did something else meanwhile."""
    rounds = []
    for number in range(ROUNDS + 1):
        times, worked = [], []
        for turn in range(CALLS if number else WARM):
            call = bench.call(needs)
            began, began_cpu = time.perf_counter(), time.thread_time()
            answer = recommend(call, fleet, bench.roads, LIMITS, AT, K)
            answer.as_json()
            times.append(time.perf_counter() - began)
            worked.append(time.thread_time() - began_cpu)
            if turn % (CHECK_EACH * ROUNDS) == 0:
                _check(bench, fleet, call, [(item.unit.id, item.eta_s) for item in answer.suggestions])
        rounds.append(_Round(times, worked))
    return rounds[1:]


def _check(bench: Bench, fleet: Fleet, call: Incident, got: list[tuple[UUID, float]]) -> None:
    """The same question answered by scipy, for all units; any difference in times ends the run."""
    asked = soonest_question(bench, fleet, call)
    keys = np.full(len(fleet), float(FAR))
    for kind in range(len(KINDS)):
        mine = np.flatnonzero(fleet.columns.kind == kind)
        keys[mine] = _scipy_ms(bench.roads, fleet, kind, asked.ways, mine) + asked.ready.delay[mine]
    margin = np.where(fleet.columns.agency == fleet.agencies.known(call.agency_id), 0, round(LIMITS.margin_s * 1000))
    best = np.sort(keys)[:K]
    found = [round(eta_s * 1000) + int(margin[fleet.index[unit]]) for unit, eta_s in got]
    if found != [int(key) for key in best]:
        raise AssertionError(f"{call}: {found} is not {best.tolist()}")


@dataclass
class Question:
    """What the search is asked: who is ready, and where the call's road is entered."""

    ready: soonest.Readiness
    ways: Ways


def soonest_question(bench: Bench, fleet: Fleet, call: Incident) -> Question:
    """Everything that comes before the search, so that the search can be timed alone."""
    ways = fleet.ways_to(call.lon, call.lat, call.node)
    assert ways is not None
    arrive = np.array([soonest.walk_ms(metres, LIMITS) for metres in ways.off_m.tolist()], np.int64)
    need, _ = fleet.mask(call.needs)
    room = fleet.agencies.known(call.agency_id)
    ready, _ = soonest.readiness(fleet, LIMITS, ms_of(AT), need=need, agency=room, arrive_ms=arrive)
    return Question(ready, ways)


_matrices: dict[int, csr_matrix] = {}


def _reversed(roads: OpenRoads, kind: int) -> csr_matrix:
    """The kind's graph backwards, for scipy: the shortest of parallel arcs, because scipy would add them up."""
    if kind not in _matrices:
        net = roads.network
        ms = roads.weights(kind)
        tail = np.repeat(np.arange(net.vertices), np.diff(net.out_first))
        order = np.lexsort((ms, tail, net.out_head))
        head, tail, ms = net.out_head[order], tail[order], ms[order]
        first = np.append(True, (head[1:] != head[:-1]) | (tail[1:] != tail[:-1])) & (ms < FAR)
        shape = (net.vertices, net.vertices)
        _matrices[kind] = csr_matrix((ms[first].astype(float), (head[first], tail[first])), shape=shape)
    return _matrices[kind]


def _scipy_ms(roads: OpenRoads, fleet: Fleet, kind: int, ways: Ways, units: I64) -> F64:
    """Road milliseconds of units of one kind by full Dijkstra."""
    c = fleet.columns
    road = np.full(roads.network.vertices, np.inf)
    seeds, own = ways.of_kind(kind)
    for vertex, ms in seeds.tolist():
        road = np.minimum(road, np.asarray(dijkstra(_reversed(roads, kind), indices=vertex)) + ms)
    best = np.full(len(units), float(FAR))
    for way in (0, 1):
        slot = 4 * units + way
        vertex = c.slot_vertex[slot]
        _, rest, arc = c.slot[slot].T
        best = np.minimum(best, np.where(vertex >= 0, road[vertex] + rest, FAR))
        for road_arc, _, behind in own.tolist():
            best = np.where((arc == road_arc) & (rest >= behind), np.minimum(best, rest - behind), best)
    return best


def _searches(bench: Bench, fleet: Fleet) -> Iterator[Line]:
    """The search alone, and the peers on cars only, in turn on the same calls."""
    questions = [soonest_question(bench, fleet, bench.call()) for _ in range(CALLS)]
    rounds = [
        _Ms(_timed(lambda q: soonest.soonest(fleet, bench.roads, q.ready, q.ways, K), questions)) for _ in range(ROUNDS)
    ]
    yield _line("search_p99_ms", min(one.p99 for one in rounds), "ms", CALLS)
    yield _line("search_p50_ms", min(one.p50 for one in rounds), "ms", CALLS)
    cars = Fleet.from_rows([replace(row, kind="car") for row in bench.rows], bench.roads)
    calls = [bench.call() for _ in range(400)]
    questions = [soonest_question(bench, cars, call) for call in calls]
    own = _Ms(_timed(lambda q: soonest.soonest(cars, bench.roads, q.ready, q.ways, K), questions))
    yield _line("search_cars_p99_ms", own.p99, "ms", len(calls))
    peers = _Peers(bench, cars)
    everyone = _Ms(_timed(peers.scipy, questions[:SLOW_CALLS]))
    yield _line("scipy_p50_ms", everyone.p50, "ms", SLOW_CALLS, own.p50, "scipy.sparse.csgraph.dijkstra")
    all_units = _Ms(_timed(peers.hierarchy, questions[: 5 * SLOW_CALLS]))
    yield _line("cch_p50_ms", all_units.p50, "ms", 5 * SLOW_CALLS, own.p50, "routingkit-cch, all units")
    if bench.roads.network.has_points:
        asked = list(zip(calls, questions, strict=True))
        near = _Ms(_timed(peers.near, asked))
        yield _line("straight32_p50_ms", near.p50, "ms", len(calls), own.p50, "32 nearest by straight line, then exact")
        wrong = sum(peers.near(one) != peers.exact(one[1]) for one in asked)
        yield _line("straight32_wrong", wrong / len(calls), "share", len(calls), None, "the exact five")


class _Peers:
    """Other ways to the five soonest of the same units; none has our start delays, so they are added afterwards."""

    def __init__(self, bench: Bench, fleet: Fleet) -> None:
        self.roads, self.fleet = bench.roads, fleet
        net = self.roads.network
        tail = np.repeat(np.arange(net.vertices, dtype=np.int32), np.diff(net.out_first))
        cch = routingkit_cch.CCH(net.rank.tolist(), tail.tolist(), net.out_head.tolist(), False)
        self.metric = routingkit_cch.CCHMetric(cch, self.roads.weights(0).tolist())
        self.query = routingkit_cch.CCHManyToOne(self.metric, [0])
        self.units = np.arange(len(fleet))
        _reversed(self.roads, 0)
        if net.has_points:
            self.scale = np.cos(np.radians(float(net.node_lat.mean())))
            places = np.array([[float(row.lon or 0) * self.scale, float(row.lat or 0)] for row in fleet.rows])
            self.tree = cKDTree(places)

    def scipy(self, asked: Question) -> list[int]:
        return self._best(_scipy_ms(self.roads, self.fleet, 0, asked.ways, self.units), asked, self.units)

    def hierarchy(self, asked: Question) -> list[int]:
        return self._by_hierarchy(asked, self.units)

    def near(self, one: tuple[Incident, Question]) -> list[int]:
        call, asked = one
        _, units = self.tree.query([float(call.lon or 0) * self.scale, float(call.lat or 0)], k=CANDIDATES)
        return self._by_hierarchy(asked, np.sort(units))

    def exact(self, asked: Question) -> list[int]:
        return soonest.soonest(self.fleet, self.roads, asked.ready, asked.ways, K).key_ms

    def _by_hierarchy(self, asked: Question, units: I64) -> list[int]:
        seeds, own = asked.ways.of_kind(0)
        c = self.fleet.columns
        slots: I64 = np.concatenate([4 * units, 4 * units + 1])
        slots = slots[c.slot_vertex[slots] >= 0]
        self.query.repin_sources(c.slot_vertex[slots].tolist())
        found = self.query.distances_to_multi([(vertex, ms) for vertex, ms in seeds.tolist()])
        road = np.full(len(self.fleet), float(FAR))
        _, rest, arc = c.slot[slots].T
        ms = np.array([FAR if one is None else one for one in found], float) + rest
        for road_arc, _, behind in own.tolist():
            ms = np.where((arc == road_arc) & (rest >= behind), np.minimum(ms, rest - behind), ms)
        np.minimum.at(road, slots >> 2, ms)
        return self._best(road[units], asked, units)

    def _best(self, road: F64, asked: Question, units: I64) -> list[int]:
        return [int(key) for key in np.sort(road + asked.ready.delay[units])[:K]]


def _rare(bench: Bench) -> Iterator[Line]:
    """Few of the ten thousand can do what the call needs."""
    for few in (6, 50, 300, 1_000):
        able = set(bench.rng.choice(UNITS, few, replace=False).tolist())
        skill = frozenset({"rare"})
        rows = [replace(row, skills=skill) if i in able else row for i, row in enumerate(bench.rows)]
        fleet = Fleet.from_rows(rows, bench.roads)
        rounds = _rounds(bench, fleet, skill)
        yield _line(f"p99_ms_{few}", min(one.p99 for one in rounds), "ms", CALLS)


def _moves(bench: Bench, fleet: Fleet) -> float:
    """Microseconds to take in one new position, from coordinates to linked lists."""
    ids = [row.id for row in bench.rows[:5_000]]
    spots = [bench.spot() for _ in ids]
    lon = np.array([np.nan if one[0] is None else one[0] for one in spots])
    lat = np.array([np.nan if one[1] is None else one[1] for one in spots])
    began = time.perf_counter()
    if bench.roads.network.has_points:
        fleet.move(ids, lon, lat, [AT] * len(ids))
    else:
        for unit, (_, _, node) in zip(ids, spots, strict=True):
            fleet.update_unit(unit, node=node, fix_at=AT)
    return (time.perf_counter() - began) / len(ids) * 1e6


@dataclass
class _Ms:
    """Times in seconds, read as milliseconds."""

    seconds: list[float]

    @property
    def p50(self) -> float:
        return float(np.percentile(self.seconds, 50)) * 1000

    @property
    def p99(self) -> float:
        return float(np.percentile(self.seconds, 99)) * 1000


@dataclass
class _Round(_Ms):
    """``worked``: the thread's own processor time, which does not count what the machine did for others meanwhile."""

    worked: list[float]


def _timed(do: Callable[[T], object], questions: list[T]) -> list[float]:
    for one in questions[:WARM]:
        do(one)
    times = []
    for one in questions:
        began = time.perf_counter()
        do(one)
        times.append(time.perf_counter() - began)
    return times


def _line(
    metric: str, value: float, unit: str, n: int, ours: float | None = None, against: str | None = None
) -> Line:  # fmt: skip
    ratio = None if ours is None else round(value / ours, 2)
    return {"metric": metric, "value": round(value, 4), "unit": unit, "ratio": ratio, "against": against, "n": n}


def _rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
