"""Drawing a grid: snapping, what is shown before saving, dividing and joining."""

from __future__ import annotations

import math
from datetime import date

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box

from linli.kernel import geo
from linli.places.grid.rules.cells import Cell
from linli.places.grid.rules.drawing import SNAP_M, clashes, divided, fitted, gaps, joined, snapped

WEST, SOUTH, STEP = 119.80, 29.40, 0.02
METRE = 1 / 111_320
SQUARE = box(WEST, SOUTH, WEST + STEP, SOUTH + STEP)
NEXT = box(WEST + STEP, SOUTH, WEST + 2 * STEP, SOUTH + STEP)
DAY = date(2026, 1, 1)


@st.composite
def lands(draw: st.DrawFn) -> Polygon:
    """A star-shaped polygon of 4 to 14 corners, one to three kilometres wide, as people draw grids."""
    corners = draw(st.integers(4, 14))
    radii = draw(st.lists(st.floats(0.006, 0.018), min_size=corners, max_size=corners))
    turn = draw(st.floats(0, math.tau))
    angles = [turn + math.tau * n / corners for n in range(corners)]
    around = zip(radii, angles, strict=True)
    return Polygon([(WEST + r * math.cos(a), SOUTH + r * math.sin(a)) for r, a in around])


@st.composite
def lines(draw: st.DrawFn) -> LineString:
    """A line with bends from outside to outside, through the middle."""
    angle = draw(st.floats(0, math.tau))
    bends = draw(st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(-0.004, 0.004)), max_size=3))
    along, aside = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    points = [(-1.0, 0.0), *sorted(bends), (1.0, 0.0)]
    reach = 0.03
    return LineString(
        [(WEST + t * reach * along[0] + o * aside[0], SOUTH + t * reach * along[1] + o * aside[1]) for t, o in points]
    )


@settings(max_examples=150, deadline=None)
@given(lands(), lines())
def test_dividing_and_joining_keeps_the_land_and_never_overlaps(land: Polygon, line: LineString) -> None:
    pieces = divided(land, line)
    assert len(pieces) >= 2
    assert sum(piece.area for piece in pieces) == pytest.approx(land.area, rel=1e-9)
    for at, one in enumerate(pieces):
        assert one.is_valid
        assert not [other for other in pieces[at + 1 :] if shapely.intersection(one, other).area > 1e-15]
    whole = joined(pieces)
    assert whole is not None
    assert shapely.symmetric_difference(whole, land).area < 1e-13
    assert [piece.wkb for piece in divided(land, line)] == [piece.wkb for piece in pieces], "the order can be relied on"


@settings(max_examples=100, deadline=None)
@given(lands(), st.integers(0, 2**31))
def test_snapping_moves_nothing_further_than_it_says(land: Polygon, seed: int) -> None:
    wobble = (seed % 1000) / 1000 * SNAP_M * METRE
    drawn = shapely.affinity.translate(SQUARE, wobble / 2, -wobble / 2)
    made = snapped(drawn, neighbours=[land], roads=[LineString([(WEST, SOUTH), (WEST + STEP, SOUTH + STEP)])])
    assert made.is_valid
    assert shapely.hausdorff_distance(made.boundary, shapely.union_all([drawn.boundary, land.boundary])) < 3e-2
    assert abs(geo.area_m2(made) - geo.area_m2(drawn)) < geo.area_m2(drawn) / 2
    corners = shapely.points(shapely.get_coordinates(made))
    assert (shapely.distance(corners, shapely.union_all([drawn.boundary, land.boundary])) < 2 * SNAP_M * METRE).all()


def test_a_border_drawn_beside_a_neighbours_is_laid_on_it() -> None:
    hand = [(WEST + STEP + 6 * METRE, SOUTH - 8 * METRE), (WEST + STEP - 7 * METRE, SOUTH + STEP + 5 * METRE)]
    drawn = Polygon([(WEST, SOUTH), hand[0], hand[1], (WEST, SOUTH + STEP)])
    made = snapped(drawn, neighbours=[NEXT])
    assert shapely.intersection(made, NEXT).area == 0.0
    assert shapely.intersection(made.boundary, NEXT.boundary).length == pytest.approx(STEP, rel=1e-9)
    far = Polygon([(WEST, SOUTH), (WEST + STEP - 60 * METRE, SOUTH), (WEST + STEP - 60 * METRE, SOUTH + STEP)])
    assert snapped(far, neighbours=[NEXT]).equals(far), "sixty metres away is not meant to touch"


def test_a_neighbours_corner_on_the_way_becomes_a_corner() -> None:
    bent = Polygon([(WEST + STEP, SOUTH), (WEST + 2 * STEP, SOUTH), (WEST + 2 * STEP, SOUTH + STEP),
                    (WEST + STEP, SOUTH + STEP), (WEST + STEP - 9 * METRE, SOUTH + STEP / 2)])  # fmt: skip
    made = snapped(SQUARE, neighbours=[bent])
    assert [WEST + STEP - 9 * METRE, SOUTH + STEP / 2] in shapely.get_coordinates(made).tolist()
    assert shapely.intersection(made, bent).area == 0.0


def test_a_road_takes_corners_that_no_neighbour_wants() -> None:
    road = LineString([(WEST - 5 * METRE, SOUTH - 0.01), (WEST - 5 * METRE, SOUTH + 0.05)])
    made = snapped(SQUARE, neighbours=[NEXT], roads=[road])
    assert made.bounds[0] == pytest.approx(WEST - 5 * METRE, abs=1e-12)


def test_overlaps_and_gaps_are_shapes_to_be_shown() -> None:
    drawn = box(WEST, SOUTH, WEST + STEP + 0.001, SOUTH + STEP)
    cell = Cell("G1", "一", drawn, DAY)
    [clash] = clashes(cell, [Cell("G2", "二", NEXT, DAY), Cell("G9", "旧", NEXT, date(2020, 1, 1), date(2021, 1, 1))])
    assert (clash.code, round(clash.area_m2)) == ("G2", round(geo.area_m2(box(0, 29.40, 0.001, 29.42))))
    assert clash.shape.equals(box(WEST + STEP, SOUTH, WEST + STEP + 0.001, SOUTH + STEP))
    strip = box(WEST, SOUTH, WEST + STEP - 20 * METRE, SOUTH + STEP)
    [gap] = gaps(strip, [NEXT])
    assert geo.area_m2(gap) == pytest.approx(20 * METRE * STEP / (SQUARE.area) * geo.area_m2(SQUARE), rel=0.02)
    assert gaps(SQUARE, [NEXT]) == []
    ring = shapely.difference(box(WEST - STEP, SOUTH - STEP, WEST + 2 * STEP, SOUTH + 2 * STEP), SQUARE)
    [hole] = gaps(box(WEST, SOUTH, WEST + STEP, SOUTH + STEP / 2), [ring])
    assert hole.area == pytest.approx(SQUARE.area / 2)


def test_a_drawing_is_fitted_between_its_neighbours() -> None:
    drawn = box(WEST + 20 * METRE, SOUTH, WEST + STEP + 0.003, SOUTH + STEP)
    west = box(WEST - STEP, SOUTH, WEST, SOUTH + STEP)
    made = fitted(drawn, [NEXT, west])
    assert shapely.symmetric_difference(made, SQUARE).area < SQUARE.area / 1000
    assert (shapely.intersection(made, NEXT).area, gaps(made, [NEXT, west])) == (0.0, [])
    assert fitted(SQUARE, []) is SQUARE
    assert fitted(SQUARE, [SQUARE]) is SQUARE


def test_a_line_that_ends_short_of_the_border_is_drawn_out_and_one_far_away_divides_nothing() -> None:
    x = WEST + STEP / 2
    short = LineString([(x, SOUTH + 20 * METRE), (x, SOUTH + STEP - 20 * METRE)])
    assert len(divided(SQUARE, short)) == 2
    assert len(divided(SQUARE, LineString([(x, SOUTH + 90 * METRE), (x, SOUTH + STEP / 2)]))) == 1
    with pytest.raises(ValueError, match="line"):
        divided(SQUARE, SQUARE)


def test_a_crumb_goes_to_the_piece_beside_it() -> None:
    line = LineString([(WEST - 0.001, SOUTH + 2 * METRE), (WEST + 1 * METRE, SOUTH - 0.001)])
    assert [piece.equals(SQUARE) for piece in divided(SQUARE, line)] == [True]


def test_what_does_not_hang_together_is_not_joined_and_a_crack_is_closed() -> None:
    assert joined([SQUARE, box(WEST + 3 * STEP, SOUTH, WEST + 4 * STEP, SOUTH + STEP)]) is None
    cracked = box(WEST, SOUTH, WEST + STEP - 8 * METRE, SOUTH + STEP)
    whole = joined([cracked, NEXT])
    assert whole is not None
    assert whole.area == pytest.approx(2 * SQUARE.area, rel=1e-6)
