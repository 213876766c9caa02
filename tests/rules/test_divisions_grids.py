"""Division codes, and when two grids share land."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from linli.places.divisions.rules import ancestors, area_of, level_of, padded
from linli.places.grid.rules.cells import Cell, mended, nearest_m, overlaps, polygon_fault, shared_area_m2

BEGAN = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("short", "level", "above"),
    [
        ("33", "province", []),
        ("3307", "prefecture", ["330000000000"]),
        ("330726", "county", ["330700000000", "330000000000"]),
        ("330726001", "township", ["330726000000", "330700000000", "330000000000"]),
        ("330726001002", "village", ["330726001000", "330726000000", "330700000000", "330000000000"]),
    ],
)
def test_a_code_says_its_level_and_what_is_above(short: str, level: str, above: list[str]) -> None:
    code = padded(short)
    assert (len(code), level_of(code), ancestors(code)) == (12, level, above)


@given(st.sampled_from([2, 4, 6, 9, 12]), st.integers(1, 9))
def test_padding_is_done_once(length: int, digit: int) -> None:
    code = padded(str(digit) * length)
    assert padded(code) == code
    assert area_of(code) == code[: min(9, length)]


@pytest.mark.parametrize("wrong", ["", "3", "330", "33072", "3307260010021", "33072a", "００", "00", "３３"])
def test_what_is_no_code(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"digits|00"):
        padded(wrong)


def square(west: float, south: float = 29.0, side: float = 0.02) -> shapely.Polygon:
    return shapely.box(west, south, west + side, south + side)


def cell(code: str, shape: shapely.Polygon, begins: date = BEGAN, ends: date | None = None) -> Cell:
    return Cell(code, f"警格{code}", shape, begins, ends)


def test_overlap_is_named_with_its_area() -> None:
    found = overlaps(cell("A", square(120.0)), [cell("B", square(120.01)), cell("C", square(120.02))])
    assert [overlap.code for overlap in found] == ["B"]
    assert found[0].area_m2 == pytest.approx(0.01 * 97_300 * 0.02 * 110_850, rel=0.01)


def test_neighbours_and_bad_borders_are_no_overlap() -> None:
    assert overlaps(cell("A", square(120.0)), [cell("B", square(120.02)), cell("C", square(120.0, 29.02))]) == []
    assert shared_area_m2(square(120.0), square(120.02 - 1e-6)) == 0.0


def test_grids_of_different_days_do_not_meet() -> None:
    before = cell("B", square(120.0), BEGAN, date(2025, 1, 1))
    assert overlaps(cell("A", square(120.0), date(2025, 1, 1)), [before]) == []
    assert overlaps(cell("A", square(120.0), date(2024, 12, 31)), [before])


@given(shift=st.floats(-0.03, 0.03), side=st.floats(0.001, 0.03))
def test_overlap_goes_both_ways(shift: float, side: float) -> None:
    one, other = cell("A", square(120.0)), cell("B", square(120.0 + shift, side=side))
    assert bool(overlaps(one, [other])) == bool(overlaps(other, [one]))


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "crosses itself"),
        (shapely.LineString([(0, 0), (1, 1)]), "LineString"),
        (shapely.box(120, 29, 120.000001, 29.000001), "below one square metre"),
    ],
)
def test_what_cannot_be_a_grid(shape: BaseGeometry, says: str) -> None:
    fault = polygon_fault(shape)
    assert fault is not None and says in fault[1] and fault[0]


def test_what_rounding_did_is_mended_and_a_true_crossing_is_not() -> None:
    touching = shapely.Polygon([(0, 0), (2, 0), (2, 2), (1, 0), (0, 2)])
    assert not touching.is_valid and polygon_fault(mended(touching)) is None
    assert mended(touching).area == pytest.approx(touching.area)
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert mended(bow) is bow
    sound = square(120.0)
    assert mended(sound) is sound


def test_distance_to_a_grid() -> None:
    assert polygon_fault(square(120.0)) is None
    assert nearest_m(square(120.0), 120.01, 29.01) == 0.0
    assert nearest_m(square(120.0), 120.0, 29.0) == 0.0
    assert nearest_m(square(120.0), 120.01, 29.03) == pytest.approx(1_111.9, rel=0.01)
