"""Whatever the town, the ranking is the one that a plain Dijkstra from each unit gives."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from itertools import permutations
from types import FunctionType
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.operations.dispatch.rules import Fleet, Incident, Limits, UnitRow, recommend, soonest
from linli.operations.dispatch.rules.fleet import ms_of
from linli.places.roads.rules import search
from linli.places.roads.rules.build import build
from linli.places.roads.rules.network import FAR, KIND_INDEX
from linli.places.roads.rules.open_roads import OpenRoads
from linli.places.roads.rules.raw import RawNetwork
from tests.rules.road_cases import AT, Town, calls, towns, units
from tests.rules.roads_reference import Place, Streets

LIMITS = Limits()
FEW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def streets(town: Town, kind: int) -> Streets:
    net = town.network
    ends = list(zip(net.edge_u.tolist(), net.edge_v.tolist(), strict=True))
    return Streets(ends, town.roads.arc_ms[kind].tolist(), [ban for ban in town.bans if ban.kinds >> kind & 1])


def expected(town: Town, rows: list[UnitRow], incident: Incident, *, relaxed: bool = False) -> list[tuple[Any, ...]]:
    """(key ms, calls, idle, id, eta ms) of every unit that can be sent, best first; straight from the documentation."""
    found = []
    for row in rows:
        fresh = row.fix_at is not None and -30 <= (AT - row.fix_at).total_seconds() <= 120
        able = relaxed or incident.needs <= row.skills | row.equipment
        if row.availability == "unavailable" or not able:
            continue
        kind = KIND_INDEX[row.kind]
        here = town.roads.place(*((row.lon, row.lat) if fresh else (row.home_lon, row.home_lat)), kind)  # type: ignore[arg-type]  # all units of a case have a place
        there = town.roads.place(incident.lon, incident.lat, kind)  # type: ignore[arg-type]  # so has the call
        if here is None or there is None:
            continue
        start, end = Place(here.node, here.edge, here.fraction), Place(there.node, there.edge, there.fraction)
        road = streets(town, kind).travel_ms(start, end)
        if road is None:
            continue
        seconds = 15 + LIMITS.turnout_s[f"{row.availability}:{row.kind}"]
        if row.availability == "conditional":
            seconds += LIMITS.interrupt_s.get(row.activity, LIMITS.interrupt_unknown_s)
        age_ms = 0 if row.fix_at is None else max(ms_of(AT) - ms_of(row.fix_at), 0)
        allowance = age_ms // 2 if fresh else 60_000
        walk = sum(int(max(spot.distance_m - 30, 0) / 1.4 * 1000) for spot in (here, there))
        eta = round(seconds * 1000) + allowance + walk + road
        margin = 60_000 if _known(incident, rows) and row.agency_id != incident.agency_id else 0
        idle = 2**62 if row.idle_since is None else ms_of(row.idle_since)
        found.append((eta + margin, row.calls_this_shift, idle, row.id, eta))
    return sorted(found)


def _known(incident: Incident, rows: list[UnitRow]) -> bool:
    return incident.agency_id is not None and any(row.agency_id == incident.agency_id for row in rows)


def check(town: Town, rows: list[UnitRow], incident: Incident, k: int) -> None:
    fleet = Fleet.from_rows(rows, town.roads)
    answer = recommend(incident, fleet, town.roads, LIMITS, AT, k)
    want = expected(town, rows, incident, relaxed=answer.situation.relaxed)[:k]
    got = [(item.unit.id, round(item.eta_s * 1000)) for item in answer.suggestions]
    assert [unit for unit, _ in got] == [row[3] for row in want]
    for (_, eta), row in zip(got, want, strict=True):
        assert abs(eta - row[4]) <= 2  # walking is rounded down once in either computation


@FEW
@given(st.data())
def test_search_equals_plain_dijkstra(data: st.DataObject) -> None:
    town = data.draw(towns())
    rows = [data.draw(units(town, number)) for number in range(data.draw(st.integers(1, 7)))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(soonest, "SEARCH_US_PER_VERTEX", 0.0)
        check(town, rows, data.draw(calls(town)), data.draw(st.integers(1, 6)))


@FEW
@given(st.data())
def test_hierarchy_equals_plain_dijkstra(data: st.DataObject) -> None:
    town = data.draw(towns())
    rows = [data.draw(units(town, number)) for number in range(data.draw(st.integers(1, 7)))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(soonest, "SEARCH_US_PER_VERTEX", 1e12)
        check(town, rows, data.draw(calls(town)), data.draw(st.integers(1, 6)))


@FEW
@given(st.data())
def test_moving_units_equals_a_new_fleet(data: st.DataObject) -> None:
    """Updates one by one, and closures that come and go, lead to the same lists as building everything anew."""
    town = data.draw(towns())
    rows = [data.draw(units(town, number)) for number in range(4)]
    fleet = Fleet.from_rows(rows, town.roads)
    plain = OpenRoads(town.network, like=town.roads)
    fleet.rebind(plain)
    for number in data.draw(st.lists(st.integers(0, 3), max_size=6)):
        fresh = data.draw(units(town, number))
        names = (
            "kind",
            "lon",
            "lat",
            "fix_at",
            "home_lon",
            "home_lat",
            "availability",
            "activity",
            "skills",
            "agency_id",
        )
        some = data.draw(st.sets(st.sampled_from(names), min_size=1))
        rows[number] = fleet.update_unit(rows[number].id, **{name: getattr(fresh, name) for name in some})
    fleet.rebind(town.roads)
    incident = data.draw(calls(town))
    moved = recommend(incident, fleet, town.roads, LIMITS, AT, 4)
    anew = recommend(incident, Fleet.from_rows(rows, town.roads), town.roads, LIMITS, AT, 4)
    assert moved.as_json() == anew.as_json()


# -- the same cases catch a broken search


MUTANTS = {
    "stops before a tie is seen": ("here + least > best[k - 1, 1]", "here + least >= best[k - 1, 1]"),
    "stops without the start delay": ("here + least > best[k - 1, 1]", "here > 0 and found == k"),
    "knows the least delay of the first of kinds alike only": ("like[other] == kind and", "False and"),
    "forgets the call's own road": ("wanted and slots[slot, 2] == arc and ahead >= 0", "False"),
    "drives backwards on a one-way": ("and ahead >= 0", "and abs(ahead) >= 0"),
    "ignores whether home or position counts": (
        "and at_home[unit] == (slot >> 1 & 1) and unit != but",
        "and unit != but",
    ),
    "forgets what is left of the unit's road": ("here + delay[unit] + slots[slot, 1]", "here + delay[unit]"),
    "enters the call's road at one end only": (
        "for i in range(start, end):",
        "for i in range(start, min(start + 1, end)):",
    ),
    "ties by order of the search": (
        "_before(unit, best[at - 1, 0], tie)",
        "False and _before(unit, best[at - 1, 0], tie)",
    ),
}


def mutant(old: str, new: str) -> Any:
    """``k_soonest`` and what it calls in plain Python, with one text replaced."""
    names = ("_push", "_pop", "_before", "_offer", "_enter", "_relax", "_meet", "_meet_behind", "k_soonest")
    parts = [inspect.getsource(getattr(search, name).py_func) for name in names]
    source = "from __future__ import annotations\n" + "\n".join(parts).replace("@compiled\n", "")
    assert old in source
    made: dict[str, Any] = {"FAR": FAR, "_LOW": search._LOW}
    exec(source.replace(old, new), made)
    return made["k_soonest"]


def some_cases() -> list[tuple[Town, list[UnitRow], Incident]]:
    """A few hundred towns from a fixed seed."""
    found: list[tuple[Town, list[UnitRow], Incident]] = []

    @settings(max_examples=200, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        town = data.draw(towns())
        rows = [data.draw(units(town, number)) for number in range(data.draw(st.integers(2, 7)))]
        found.append((town, rows, data.draw(calls(town))))

    collect()
    return found + ties()


def crossing(arms_ms: list[int]) -> Town:
    """Four streets that meet at node 500, driven alike by all kinds."""
    raw = RawNetwork(
        node_ref=np.arange(500, 505),
        node_lon=np.array([116.0, 116.01, 116.0, 115.99, 116.0]),
        node_lat=np.array([27.0, 27.0, 27.01, 27.0, 26.99]),
        edge_u=np.zeros(4, np.int32),
        edge_v=np.arange(1, 5, dtype=np.int32),
        edge_way=np.arange(4),
        edge_name=np.zeros(4, np.int32),
        edge_class=np.zeros(4, np.uint8),
        edge_m=np.full(4, 1000.0),
        arc_ms=np.tile(np.repeat(np.array(arms_ms, np.int32), 2), (3, 1)),
        names=[""],
    )
    network = build(raw)
    return Town(network, OpenRoads(network), [])


def at_the_arms(town: Town, kinds: list[str], order: Sequence[int]) -> tuple[Town, list[UnitRow], Incident]:
    """A unit of each kind at the end of an arm, and a call where they meet."""
    net = town.network
    node = {ref: place for place, ref in enumerate(net.node_ref.tolist())}
    ends = [node[501 + place] for place in order]
    rows = [
        UnitRow(
            id=UUID(int=number + 1), call_sign=str(number), kind=kind, agency_id=None,
            lon=float(net.node_lon[end]), lat=float(net.node_lat[end]), fix_at=AT,
            availability="available",
            calls_this_shift=number // 2,
        )
        for number, (kind, end) in enumerate(zip(kinds, ends, strict=True))
    ]  # fmt: skip
    here = node[500]
    return town, rows, Incident(lon=float(net.node_lon[here]), lat=float(net.node_lat[here]))


def ties() -> list[tuple[Town, list[UnitRow], Incident]]:
    """Four equal arms and a car at the end of each: only the tie rule decides. And a motorcycle, which sets out sooner
    than the two cars before it: it wins from farther away.
    """
    equal, unequal = crossing([50_000] * 4), crossing([10_000, 10_000, 14_000, 90_000])
    found = [at_the_arms(equal, ["car"] * 4, order) for order in permutations(range(4))]
    return [*found, at_the_arms(unequal, ["car", "car", "motorcycle", "car"], range(4))]


@pytest.fixture(scope="module")
def cases() -> list[tuple[Town, list[UnitRow], Incident]]:
    return some_cases()


@pytest.mark.parametrize("name", ["unchanged", *MUTANTS])
def test_a_broken_search_would_be_caught(
    name: str, cases: list[tuple[Town, list[UnitRow], Incident]], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = mutant(*MUTANTS.get(name, ("FAR", "FAR")))
    assert isinstance(broken, FunctionType)
    monkeypatch.setattr(soonest, "SEARCH_US_PER_VERTEX", 0.0)
    monkeypatch.setattr(soonest, "k_soonest", broken)
    wrong = 0
    for town, rows, incident in cases:
        try:
            check(town, rows, incident, 2)
        except AssertionError:
            wrong += 1
            if name != "unchanged":
                break
    assert (wrong == 0) is (name == "unchanged"), f"{wrong} of {len(cases)} towns noticed"
