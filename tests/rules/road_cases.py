"""Random small towns for property tests: streets, one-ways, forbidden turns, closures, units and a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from hypothesis import strategies as st

from linli.operations.dispatch.rules import Incident, UnitRow
from linli.places.roads.rules.build import build
from linli.places.roads.rules.hours import Spans, holds, moment
from linli.places.roads.rules.network import FAR, KINDS, RoadNetwork
from linli.places.roads.rules.open_roads import Closed, OpenRoads
from linli.places.roads.rules.raw import Ban, RawNetwork

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
ROOMS = tuple(UUID(int=1000 + i) for i in range(3))
MORNING: Spans = ((7 * 60, 9 * 60), (1440 + 7 * 60, 1440 + 9 * 60))
EVENING: Spans = ((5 * 1440 + 17 * 60, 5 * 1440 + 19 * 60),)
WEST, SOUTH, STEP = 116.0, 27.0, 0.002


@dataclass
class Town:
    """A network built from ``raw`` at a moment; ``bans``, those that hold then, in the arcs of the built network."""

    network: RoadNetwork
    roads: OpenRoads
    bans: list[Ban]


@st.composite
def raw_networks(draw: st.DrawFn, *, bans: bool = True) -> RawNetwork:
    n = draw(st.integers(2, 8))
    spots = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=n, max_size=n, unique=True))
    m = draw(st.integers(1, 14))
    ends = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=m, max_size=m))
    # few distinct times, so that ties are common
    ms = st.sampled_from([FAR, 1000, 2000, 3000, 7001, 40_000])
    arc_ms = np.array(draw(st.lists(st.lists(ms, min_size=2 * m, max_size=2 * m), min_size=3, max_size=3)), np.int32)
    arc_ms[0, 0] = min(int(arc_ms[0, 0]), 5000)  # at least one street is open to cars
    # often kinds drive alike, all or some of them: they are searched for together then
    arc_ms = arc_ms[list(draw(st.sampled_from([(0, 1, 2), (0, 0, 2), (0, 1, 0), (0, 1, 1), (0, 0, 0)])))]
    lon = WEST + STEP * np.array([x for x, _ in spots], float)
    lat = SOUTH + STEP * np.array([y for _, y in spots], float)
    u, v = np.array([a for a, _ in ends], np.int32), np.array([b for _, b in ends], np.int32)
    return RawNetwork(
        node_ref=np.arange(n, dtype=np.int64) + 500,
        node_lon=lon,
        node_lat=lat,
        edge_u=u,
        edge_v=v,
        edge_way=np.arange(m, dtype=np.int64),
        edge_name=np.zeros(m, np.int32),
        edge_class=np.zeros(m, np.uint8),
        edge_m=np.hypot((lon[u] - lon[v]) * 89_000, (lat[u] - lat[v]) * 111_000),
        arc_ms=arc_ms,
        names=[""],
        bans=_bans(draw, u, v, m) if bans else [],
    )


def _bans(draw: st.DrawFn, u: np.ndarray, v: np.ndarray, m: int) -> list[Ban]:
    """Forbidden walks of two to four arcs."""
    tail = [int(x) for pair in zip(u, v, strict=True) for x in pair]
    head = [int(x) for pair in zip(v, u, strict=True) for x in pair]
    found = []
    for _ in range(draw(st.integers(0, 5))):
        walk = [draw(st.integers(0, 2 * m - 1))]
        for _ in range(draw(st.integers(1, 3))):
            onward = [arc for arc in range(2 * m) if tail[arc] == head[walk[-1]]]
            if not onward:
                break
            walk.append(draw(st.sampled_from(onward)))
        if len(walk) > 1:
            found.append(Ban(tuple(walk), draw(st.integers(1, 7)), draw(st.sampled_from([(), (), MORNING, EVENING]))))
    return found


@st.composite
def towns(draw: st.DrawFn) -> Town:
    raw = draw(raw_networks())
    network = build(raw)
    at = draw(st.sampled_from([datetime(2026, 3, 2, 8, 30), datetime(2026, 3, 7, 18, 0)]))
    # edge_way is the edge's number in raw: follow it through the ordering
    place = {int(way): edge for edge, way in enumerate(network.edge_way)}
    for way, edge in place.items():
        assert raw.edge_u[way] + 500 == network.node_ref[network.edge_u[edge]], "ordering must not turn edges round"
    bans = [
        Ban(tuple(2 * place[arc // 2] + arc % 2 for arc in ban.arcs), ban.kinds)
        for ban in raw.bans
        if all(arc // 2 in place for arc in ban.arcs) and (not ban.hours or holds(ban.hours, moment(at)))
    ]
    arcs = st.integers(0, 2 * network.edges - 1)
    closed = draw(
        st.lists(st.builds(Closed, st.lists(arcs, min_size=1, max_size=3).map(tuple), st.integers(1, 7)), max_size=2)
    )
    return Town(network, OpenRoads(network, closed, hours=OpenRoads(network).hours_at(at)), bans)


def points(town: Town) -> st.SearchStrategy[tuple[float, float]]:
    """Places on streets, at junctions and beside them."""
    net = town.network

    def at(edge: int, share: float, off: float) -> tuple[float, float]:
        a, b = int(net.edge_u[edge]), int(net.edge_v[edge])
        lon = net.node_lon[a] + share * (net.node_lon[b] - net.node_lon[a])
        lat = net.node_lat[a] + share * (net.node_lat[b] - net.node_lat[a])
        return float(lon + off * STEP), float(lat - off * STEP)

    share = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]) | st.floats(0, 1)
    return st.builds(at, st.integers(0, net.edges - 1), share, st.sampled_from([0.0, 0.0, 0.1, -0.4]))


@st.composite
def units(draw: st.DrawFn, town: Town, number: int) -> UnitRow:
    lon, lat = draw(points(town))
    home_lon, home_lat = draw(points(town))
    known = draw(st.sampled_from(["fresh", "fresh", "fresh", "stale", "never", "ahead"]))
    ages = {"fresh": st.integers(0, 120), "stale": st.integers(121, 4000), "ahead": st.integers(-900, -31)}
    fix_at = None if known == "never" else AT - timedelta(seconds=draw(ages[known]))
    return UnitRow(
        id=UUID(int=number + 1),
        call_sign=f"U{number}",
        kind=draw(st.sampled_from(KINDS)),
        agency_id=draw(st.sampled_from(ROOMS)),
        lon=lon,
        lat=lat,
        fix_at=fix_at,
        availability=draw(st.sampled_from(["available", "available", "conditional", "unavailable"])),
        activity=draw(st.sampled_from(["", "visiting", "mediating", "something_else"])),
        skills=draw(st.frozensets(st.sampled_from(["medic", "talks"]), max_size=2)),
        home_lon=home_lon,
        home_lat=home_lat,
        calls_this_shift=draw(st.integers(0, 1)),
        idle_since=draw(st.sampled_from([None, AT - timedelta(hours=1), AT - timedelta(hours=2)])),
    )


@st.composite
def calls(draw: st.DrawFn, town: Town) -> Incident:
    lon, lat = draw(points(town))
    return Incident(
        lon=lon,
        lat=lat,
        needs=draw(st.frozensets(st.sampled_from(["medic"]), max_size=1)),
        agency_id=draw(st.sampled_from([*ROOMS, None])),
    )
