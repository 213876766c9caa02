"""Coverage by hand: one straight road, a junction every 1,000 m, 10 m/s, so 100 s from each to the next."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest
import shapely

from linli.operations.coverage.rules import Base, GridOf, Start, reached, restoring, shares_of
from linli.operations.coverage.rules.ground import Ground, ground_of
from linli.operations.coverage.rules.restore import worth_of
from linli.places.roads.rules.build import build
from linli.places.roads.rules.network import FAR
from linli.places.roads.rules.open_roads import Closed, OpenRoads
from linli.places.roads.rules.parse_tables import parse_tables

WEST, LAT, STEP = 119.80, 29.40, 0.01
CAR = 0


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> OpenRoads:
    nodes = ["node_id,lat,lon", *(f"{n + 1},{LAT},{WEST + n * STEP}" for n in range(11))]
    edges = ["from_node,to_node,length_m,speed_limit_mps"]
    for n in range(10):
        edges += [f"{n + 1},{n + 2},1000,10", f"{n + 2},{n + 1},1000,10"]
    folder = tmp_path_factory.mktemp("roads")
    (folder / "nodes.csv").write_text("\n".join(nodes))
    (folder / "edges.csv").write_text("\n".join(edges))
    return OpenRoads(build(parse_tables(folder / "nodes.csv", folder / "edges.csv")))


def ground(
    roads: OpenRoads, *, target_s: float = 250.0, doors: list[float] | None = None, halves: bool = True
) -> Ground:
    """Two grids, west and east half; a door at each of the given longitudes."""
    shapes = [
        shapely.box(WEST - 1, LAT - 1, WEST + 5 * STEP, LAT + 1),
        shapely.box(WEST + 5 * STEP, LAT - 1, WEST + 1, LAT + 1),
    ]
    grids = [(GridOf(UUID(int=n), f"G{n}", f"网格{n}", target_s), shape) for n, shape in enumerate(shapes)]
    lon = np.array(doors or [], np.float64)
    lat = np.full(len(lon), LAT)
    node, edge, fraction, _ = roads.place_many(lon, lat, np.full(len(lon), 1, np.uint8))
    return ground_of(roads.network, grids if halves else [], target_s, (lon, lat), (node, edge, fraction))


def at(roads: OpenRoads, n: float, delay_s: float = 0.0, kind: int = CAR) -> Start:
    """Somebody standing by at the n-th junction."""
    spot = roads.place(WEST + n * STEP, LAT, kind)
    assert spot is not None
    assert spot.node >= 0
    return Start(kind, ((spot.node, round(delay_s * 1000)),))


def share(ground: Ground, roads: OpenRoads, *starts: Start) -> tuple[float, float, int]:
    return worth_of(ground, shares_of(ground, roads, reached(roads, starts, 750_000)))


def test_time_reaches_as_far_as_it_lasts(roads: OpenRoads) -> None:
    whole = ground(roads)
    assert whole.road_m == pytest.approx(10_000)
    assert share(whole, roads)[1] == 0.0
    assert share(whole, roads, at(roads, 5))[1] == pytest.approx(5_000), "250 s to both sides"
    assert share(whole, roads, at(roads, 5, delay_s=50))[1] == pytest.approx(4_000)
    assert share(whole, roads, at(roads, 0))[1] == pytest.approx(2_500)
    assert share(whole, roads, at(roads, 2), at(roads, 8))[1] == pytest.approx(2 * 2_000 + 2 * 2_500)
    assert share(whole, roads, at(roads, 5, delay_s=260))[1] == 0.0


def test_a_stretch_reached_from_both_ends_counts_once(roads: OpenRoads) -> None:
    assert share(ground(roads, target_s=1_000), roads, at(roads, 0), at(roads, 10))[1] == pytest.approx(10_000)
    narrow = ground(roads, target_s=80)
    assert share(narrow, roads, at(roads, 4), at(roads, 5))[1] == pytest.approx(1_000 + 800 + 800)


def test_a_closed_road_is_not_driven(roads: OpenRoads) -> None:
    net = roads.network
    u, v = (int(np.abs(net.node_lon - (WEST + n * STEP)).argmin()) for n in (5, 6))
    edge = int(np.flatnonzero(((net.edge_u == u) & (net.edge_v == v)) | ((net.edge_u == v) & (net.edge_v == u)))[0])
    closed = roads.closing([Closed((2 * edge, 2 * edge + 1))])
    assert share(ground(roads), closed, at(closed, 5))[1] == pytest.approx(2_500)


def test_doors_are_in_time_or_not(roads: OpenRoads) -> None:
    doors = [WEST + n * STEP for n in (0.0, 2.4, 2.6, 5.0, 7.4, 7.6, 9.0)]
    laid = ground(roads, doors=doors)
    assert laid.doors == 7
    assert laid.door_grid.tolist() == [0, 0, 0, 0, 1, 1, 1]
    found = shares_of(laid, roads, reached(roads, [at(roads, 5)], 750_000)).door
    assert found.tolist() == [False, False, True, True, True, False, False]
    assert share(laid, roads, at(roads, 5))[0] == pytest.approx(3 / 7), "doors count where they are known"


def test_each_grid_has_its_own_promise(roads: OpenRoads) -> None:
    lax = ground(roads)
    targets = np.where(lax.edge_grid == 1, 500_000.0, lax.edge_target_ms)
    mixed = Ground(
        **{name: getattr(lax, name) for name in Ground.__slots__ if name != "edge_target_ms"}, edge_target_ms=targets
    )
    assert share(mixed, roads, at(roads, 5))[1] == pytest.approx(2_500 + 5_000)


def test_without_grids_every_road_counts(roads: OpenRoads) -> None:
    bare = ground(roads, halves=False)
    assert bare.road_m == pytest.approx(10_000)
    assert set(bare.edge_grid.tolist()) == {-1}


def steps(
    roads: OpenRoads, starts: list[Start], bases: list[Base], drive_s: dict[tuple[int, int], float]
) -> list[tuple[int, int]]:
    laid = ground(roads)
    node_ms = reached(roads, starts, 750_000)
    drives = {key: round(seconds * 1000) for key, seconds in drive_s.items()}
    found = restoring(laid, roads, starts, node_ms, bases, lambda unit, base: drives.get((unit, base), FAR), {})
    before = share(laid, roads, *starts)[1]
    for step in found:
        assert step.after_m == pytest.approx(before + step.gain_m)
        before = step.after_m
    return [(step.unit, step.base) for step in found]


def base(roads: OpenRoads, index: int, n: float, off_duty: tuple[int, ...] = ()) -> Base:
    return Base(index, (at(roads, n), None, None), off_duty)


def test_one_of_two_who_stand_together_is_moved(roads: OpenRoads) -> None:
    together = [at(roads, 2), at(roads, 2)]
    bases = [base(roads, 0, 2), base(roads, 1, 8, off_duty=(CAR,))]
    assert steps(roads, together, bases, {(0, 1): 600, (1, 1): 590, (0, 0): 1, (1, 0): 1}) == [(1, 1)]


def test_nobody_leaves_a_hole_as_large_as_the_one_he_fills(roads: OpenRoads) -> None:
    alone = [at(roads, 2.0)]
    assert steps(roads, alone, [base(roads, 0, 7)], {(0, 0): 500}) == [(0, 0)], "500 m more, from 4,500 to 5,000"
    assert steps(roads, [at(roads, 3)], [base(roads, 0, 7)], {(0, 0): 400}) == []


def test_a_team_is_called_in_where_moving_gains_too_little(roads: OpenRoads) -> None:
    alone = [at(roads, 3)]
    assert steps(roads, alone, [base(roads, 0, 8, off_duty=(CAR,))], {(0, 0): 500}) == [(-1, 0)]


def test_each_step_reckons_with_those_before(roads: OpenRoads) -> None:
    crowd = [at(roads, 0), at(roads, 0), at(roads, 0)]
    bases = [base(roads, 0, 5), base(roads, 1, 5), base(roads, 2, 9)]
    found = steps(roads, crowd, bases, {(u, b): 100.0 * (u + 1) for u in range(3) for b in range(3)})
    assert len(found) == 2
    assert {b for _, b in found} in ({0, 2}, {1, 2}), "the second place in the middle adds nothing any more"
    assert len({u for u, _ in found}) == 2
