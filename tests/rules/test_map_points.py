"""Columns of points: a tile is one run of codes, and what is added up there is what a plain loop counts."""

from __future__ import annotations

from collections import Counter

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.geo import Box
from linli.places.map.rules import Feature, Mark, Tile
from linli.places.map.rules.encode import points_tile, shapes_tile
from linli.places.map.rules.marks import clustered
from linli.places.map.rules.points import MIXED, NEVER, Narrowing, Points, cells_of, covering, picked
from linli.places.map.rules.tiles import BITS, EXTENT, cluster_level, degrees_of, grid_of, in_tile, morton

PLACE = st.tuples(st.floats(119.0, 121.0), st.floats(28.5, 30.5))
ALL = np.ones((3, 256), np.uint8)


def made(rng: np.random.Generator, count: int) -> Points:
    """Points of a county in three kinds and three colours; a third has not ended."""
    ended = np.where(rng.random(count) < 0.33, NEVER, rng.integers(500, 1500, count))
    return Points.made(
        keys=rng.integers(0, 2**63, (count, 2)).astype(np.uint64),
        lon=rng.uniform(119.0, 121.0, count),
        lat=rng.uniform(28.5, 30.5, count),
        codes=rng.integers(0, 3, (count, 3)).astype(np.uint8),
        begun=rng.integers(0, 1000, count).astype(np.uint32),
        ended=ended.astype(np.uint32),
        scope=np.zeros((count, 4), np.int32),
    )


@given(PLACE, st.integers(0, 19))
def test_a_point_lies_in_the_tile_that_its_code_says(place: tuple[float, float], z: int) -> None:
    x, y = grid_of(np.array([place[0]]), np.array([place[1]]))
    tile = Tile(z, int(x[0]) >> (BITS - z), int(y[0]) >> (BITS - z))
    first, behind = tile.codes
    assert first <= int(morton(x, y)[0]) < behind
    lon, lat = degrees_of(x.astype(float) + 0.5, y.astype(float) + 0.5)
    assert abs(lon[0] - place[0]) < 1e-6
    assert abs(lat[0] - place[1]) < 1e-6
    assert tile.box.grown(1.0).holds(*place)
    wide, high = in_tile(tile, x.astype(float), y.astype(float))
    assert 0 <= wide[0] < EXTENT
    assert 0 <= high[0] < EXTENT


@pytest.mark.parametrize("wrong", [(-1, 0, 0), (20, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no tile"):
        Tile(*wrong)


@given(st.integers(0, 2**32), st.integers(6, 14), st.booleans())
def test_cells_add_up_what_a_plain_loop_counts(seed: int, z: int, narrow: bool) -> None:
    rng = np.random.default_rng(seed)
    points = made(rng, 300)
    seen = rng.random(300) < 0.8
    points = points.without(np.array([3, 30, 200]))
    allowed = ALL.copy()
    if narrow:
        allowed[0, 1] = allowed[2, 0] = 0
    narrowing = Narrowing(allowed, (100, 900), (600, NEVER)) if narrow else Narrowing(allowed)
    tile = Tile(z, int(points.x[150]) >> (BITS - z), int(points.y[150]) >> (BITS - z))
    level = cluster_level(z)
    cells = cells_of(points, seen, narrowing, tile, level)
    wanted: Counter[tuple[int, int]] = Counter()
    for i in range(300):
        inside = (int(points.x[i]) >> (BITS - z), int(points.y[i]) >> (BITS - z)) == (tile.x, tile.y)
        passes = bool(points.alive[i] and seen[i]) and all(allowed[c, points.codes[i, c]] for c in range(3))
        if narrow:
            passes = passes and 100 <= points.begun[i] <= 900 and points.ended[i] >= 600
        if inside and passes:
            wanted[int(points.x[i]) >> (BITS - level), int(points.y[i]) >> (BITS - level)] += 1
    assert sorted(cells.count.tolist()) == sorted(wanted.values())
    assert int(cells.lasting.sum()) <= int(cells.count.sum())
    one_kind = {int(points.codes[i, 0]) for i in cells.one}
    assert {int(kind) for kind in cells.common} <= {*one_kind, MIXED}


@given(st.integers(0, 2**32), PLACE, st.floats(0.001, 0.5))
def test_a_box_holds_what_it_holds(seed: int, corner: tuple[float, float], size: float) -> None:
    points = made(np.random.default_rng(seed), 200)
    box = Box(corner[0], corner[1], corner[0] + size, corner[1] + size)
    places = set(picked(points, np.ones(200, np.bool_), Narrowing(ALL), box).tolist())
    lon, lat = degrees_of(points.x.astype(float) + 0.5, points.y.astype(float) + 0.5)
    rim = Box(box.west + 1e-6, box.south + 1e-6, box.east - 1e-6, box.north - 1e-6)
    assert {i for i in range(200) if rim.holds(lon[i], lat[i])} <= places
    assert all(box.grown(1.0).holds(lon[i], lat[i]) for i in places)
    assert 1 <= len(covering(box)) <= 16


def test_changed_points_stand_anew() -> None:
    rng = np.random.default_rng(1)
    many, few = made(rng, 50), made(rng, 5)
    gone = many.without(many.places_of(many.keys[[4, 7]]))
    assert int(gone.alive.sum()) == 48
    assert int(many.alive.sum()) == 50, "what others are reading does not change under their hands"
    both = gone.joined(few)
    assert len(both) == 53
    assert (np.diff(both.code.astype(np.float64)) >= 0).all()
    assert len(both.places_of(few.keys)) == 5
    assert len(both.places_of(many.keys[[4]])) == 0
    assert len(Points.joined(few.without(np.arange(5)), few)) == 5


def test_points_in_a_tile_are_read_back_as_they_were_written() -> None:
    marks = [
        Mark(0, 4095, {"n": 3, "open": True, "kind": "隐患", "share": 0.5}),
        Mark(-40, 17, {"n": 1, "late": False, "note": None}),
    ]
    read = mapbox_vector_tile.decode(points_tile("matters", marks), default_options={"y_coord_down": True})
    features = read["matters"]["features"]
    assert [feature["geometry"]["coordinates"] for feature in features] == [[0, 4095], [-40, 17]]
    assert features[0]["properties"] == {"n": 3, "open": True, "kind": "隐患", "share": 0.5}
    assert features[1]["properties"] == {"n": 1, "late": False}
    assert read["matters"]["extent"] == EXTENT


def test_shapes_are_cut_at_the_edge_of_their_tile() -> None:
    tile = Tile(10, 852, 424)
    box = tile.box
    wide = shapely.box(box.west - 1, box.south + 0.05, box.east + 1, box.south + 0.06)
    far = shapely.box(box.east + 2, box.south, box.east + 3, box.north)
    line = shapely.LineString([(box.west, box.south), (box.east, box.north)])
    shapes = [Feature("a", wide, {"name": "一"}), Feature("b", far, {}), Feature("c", line, {"n": 1})]
    read = mapbox_vector_tile.decode(shapes_tile("grids", tile, shapes))["grids"]["features"]
    assert [feature["properties"]["id"] for feature in read] == ["a", "c"]
    xs = [x for x, _ in read[0]["geometry"]["coordinates"][0]]
    assert (min(xs), max(xs)) == (-64, EXTENT + 64)


def test_near_points_are_drawn_as_one_in_their_middle() -> None:
    lon, lat = np.array([119.8, 119.8000001, 119.9]), np.array([29.4, 29.4, 29.4])
    x, y = (part.astype(np.float64) for part in grid_of(lon, lat))
    points = [Feature(str(i), shapely.Point(lon[i], lat[i]), {"name": f"{i}"}) for i in range(3)]
    tile = Tile(8, int(x[0]) >> (BITS - 8), int(y[0]) >> (BITS - 8))
    marks = sorted(clustered(tile, x, y, points), key=lambda mark: mark.x)
    assert [mark.properties for mark in marks] == [{"n": 2}, {"id": "2", "n": 1, "name": "2"}]
