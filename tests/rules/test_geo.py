"""Datums, distances and the usual mistakes with coordinates."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import geo
from linli.kernel.geo import Box, Datum

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
VECTORS = SHARED / "standards" / "gcj02_bd09_vectors.csv"

china_lons, china_lats = st.floats(74.0, 135.0), st.floats(3.0, 53.0)


@pytest.mark.skipif(
    not VECTORS.exists() and os.environ.get("CI") != "true", reason="../shared/data is absent: published datum vectors"
)
def test_published_vectors() -> None:
    seen = 0
    for row in csv.DictReader(VECTORS.read_text(encoding="utf-8").splitlines()):
        lon, lat = float(row["from_lon"]), float(row["from_lat"])
        source, target = Datum.named(row["from_crs"]), Datum.named(row["to_crs"])
        true = geo.to_wgs84(lon, lat, source)
        there = geo.from_wgs84(*true, target)
        off_m = geo.distance_m(*there, float(row["to_lon"]), float(row["to_lat"]))
        assert off_m <= float(row["tolerance_m"]) + 1e-9, row
        seen += 1
    assert seen >= 11


@given(lon=china_lons, lat=china_lats, datum=st.sampled_from(list(Datum)))
def test_there_and_back_is_the_same_place(lon: float, lat: float, datum: Datum) -> None:
    back = geo.to_wgs84(*geo.from_wgs84(lon, lat, datum), datum)
    assert math.isclose(back.lon, lon, abs_tol=1e-9) and math.isclose(back.lat, lat, abs_tol=1e-9)


@given(lon=st.floats(-180.0, 60.0), lat=st.floats(-90.0, 90.0), datum=st.sampled_from(list(Datum)))
def test_outside_china_nothing_moves(lon: float, lat: float, datum: Datum) -> None:
    assert geo.from_wgs84(lon, lat, datum) == (lon, lat)
    assert geo.to_wgs84(lon, lat, datum) == (lon, lat)


def test_the_documented_row_is_inverted_exactly_not_coarsely() -> None:
    bd = geo.from_wgs84(*geo.to_wgs84(120.026268, 30.279164, Datum.GCJ02), Datum.BD09)
    assert bd.lon == pytest.approx(120.032768, abs=1e-6) and bd.lat == pytest.approx(30.285238, abs=1e-6)
    coarse_m = geo.distance_m(*geo.to_wgs84(120.026268, 30.279164, Datum.GCJ02), 120.021519, 30.281543)
    assert 1.0 < coarse_m < 3.0


@pytest.mark.parametrize("text", ["gcj-02", "GCJ02", "gcj_02"])
def test_datum_spellings(text: str) -> None:
    assert Datum.named(text) is Datum.GCJ02
    assert Datum.named("CGCS2000") is Datum.WGS84


def test_unknown_datum_is_named() -> None:
    with pytest.raises(ValueError, match="Beijing54"):
        Datum.named("Beijing54")


@given(lon1=china_lons, lat1=china_lats, lon2=china_lons, lat2=china_lats)
def test_distance_is_a_distance(lon1: float, lat1: float, lon2: float, lat2: float) -> None:
    there = geo.distance_m(lon1, lat1, lon2, lat2)
    assert there >= 0.0
    assert math.isclose(there, geo.distance_m(lon2, lat2, lon1, lat1), rel_tol=1e-12, abs_tol=1e-6)
    assert geo.distance_m(lon1, lat1, lon1, lat1) == 0.0


def test_known_distance() -> None:
    assert geo.distance_m(116.404, 39.915, 121.4737, 31.2304) == pytest.approx(1_067_000, rel=0.005)


@given(lon=china_lons, lat=china_lats, metres=st.floats(1.0, 20_000.0), turn=st.floats(0.0, 6.28))
def test_box_around_holds_the_circle(lon: float, lat: float, metres: float, turn: float) -> None:
    box = geo.box_around(lon, lat, metres)
    at_lat = lat + metres * 0.99 * math.sin(turn) / 111_320.0
    at_lon = lon + metres * 0.99 * math.cos(turn) / (111_320.0 * math.cos(math.radians(lat)))
    assert box.holds(at_lon, at_lat)


COUNTY = Box(119.6, 29.2, 120.2, 29.8)


def test_swapped_coordinates_are_suspected_only_when_that_explains_them() -> None:
    assert geo.suspect_swapped(29.5, 119.9, COUNTY) == (119.9, 29.5)
    assert geo.suspect_swapped(119.9, 29.5, COUNTY) is None
    assert geo.suspect_swapped(10.0, 20.0, COUNTY) is None


def test_gcj02_sent_as_wgs84_is_suspected_at_the_rim() -> None:
    county = shapely.box(*COUNTY)
    inside = (120.1999, 29.5)
    sent = geo.from_wgs84(*inside, Datum.GCJ02)
    assert not county.contains(shapely.Point(*sent))
    suspected = geo.suspect_gcj02(*sent, county)
    assert suspected is not None and geo.distance_m(*suspected, *inside) < 0.01
    assert geo.suspect_gcj02(119.9, 29.5, county) is None
    assert geo.suspect_gcj02(100.0, 29.5, county) is None


def test_shapes_survive_the_column_and_the_datum() -> None:
    shape = shapely.box(*COUNTY)
    assert geo.from_wkb(memoryview(geo.to_wkb(shape))).equals(shape)
    shifted = shapely.transform(shape, lambda pts: np.array([geo.from_wgs84(x, y, Datum.GCJ02) for x, y in pts]))
    assert geo.shape_to_wgs84(shifted, Datum.GCJ02).equals_exact(shape, 1e-9)
    assert geo.box_of(shape) == COUNTY


def test_area_in_square_metres() -> None:
    side = geo.box_around(119.9, 29.5, 500.0)
    east_m = geo.distance_m(side.west, 29.5, side.east, 29.5)
    north_m = geo.distance_m(119.9, side.south, 119.9, side.north)
    assert geo.area_m2(shapely.box(*side)) == pytest.approx(east_m * north_m, rel=0.01)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[1, 2]]]},
        {"type": "Polygon", "coordinates": [[[200, 0], [201, 0], [201, 1], [200, 0]]]},
        {"type": "Nonsense", "coordinates": [1, 2]},
    ],
)
def test_broken_geojson_is_refused_in_words(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        geo.from_geojson(broken)
