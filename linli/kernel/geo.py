"""Points and shapes: datums, distances, boxes, and the two ways in which coordinates are usually wrong.

Inside the house every coordinate is WGS-84 in degrees (CGCS2000 is the same at our scale), longitude first. Maps made
in China come in GCJ-02 or, from Baidu, in BD-09: both are shifted by up to 700 m. The formula of the shift is the one
that all map libraries share; its usual one-step inverse lands 1-2 m off, so the inverse here iterates to below a
micrometre.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
_KRASOVSKY_A = 6_378_245.0
_KRASOVSKY_EE = 0.00669342162296594323
_WGS84_A = 6_378_137.0
_WGS84_E2 = 0.00669437999014
_BD_PI = math.pi * 3000.0 / 180.0


class Datum(StrEnum):
    """In which datum a coordinate is written."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ02"
    BD09 = "BD09"

    @classmethod
    def named(cls, text: str) -> Datum:
        """The datum for the ways people write it (``gcj-02``, ``CGCS2000``, ``EPSG:4326``). Raises ``ValueError``."""
        plain = text.strip().upper().replace("-", "").replace("_", "").replace(" ", "")
        found = _SPELLINGS.get(plain)
        if found is None:
            raise ValueError(f"no datum is called {text!r}; known: WGS-84, CGCS2000, GCJ-02, BD-09")
        return found


_SPELLINGS = {
    "WGS84": Datum.WGS84,
    "CGCS2000": Datum.WGS84,
    "EPSG:4326": Datum.WGS84,
    "EPSG:4490": Datum.WGS84,
    "GCJ02": Datum.GCJ02,
    "BD09": Datum.BD09,
    "BD09LL": Datum.BD09,
}


class Point(NamedTuple):
    """A position: degrees, longitude first."""

    lon: float
    lat: float


class Box(NamedTuple):
    """A bounding box in degrees, edges included. It never crosses the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def grown(self, metres: float) -> Box:
        """The box with a rim of at least ``metres`` on every side."""
        up = metres / 110_500.0
        aside = metres / (110_500.0 * max(0.01, math.cos(math.radians(max(abs(self.south), abs(self.north))))))
        return Box(self.west - aside, self.south - up, self.east + aside, self.north + up)


def in_china(lon: float, lat: float) -> bool:
    """Whether the shifted datums shift here: the rectangle that every published implementation uses."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def to_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """The WGS-84 position of a coordinate written in ``datum``; exact to 1e-9 degrees, unchanged outside China."""
    if datum is Datum.WGS84:
        return Point(lon, lat)
    if datum is Datum.BD09:
        lon, lat = _inverse(_gcj_to_bd, lon, lat)
    return _inverse(_wgs_to_gcj, lon, lat)


def from_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """A WGS-84 position written in ``datum``; unchanged outside China."""
    if datum is Datum.WGS84:
        return Point(lon, lat)
    gcj = _wgs_to_gcj(lon, lat)
    return _gcj_to_bd(*gcj) if datum is Datum.BD09 else gcj


def _wgs_to_gcj(lon: float, lat: float) -> Point:
    if not in_china(lon, lat):
        return Point(lon, lat)
    x, y = lon - 105.0, lat - 35.0
    root, pi = math.sqrt(abs(x)), math.pi
    ripple = (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = math.radians(lat)
    magic = 1.0 - _KRASOVSKY_EE * math.sin(phi) ** 2
    metre_lat = 180.0 / (_KRASOVSKY_A * (1.0 - _KRASOVSKY_EE) / (magic * math.sqrt(magic)) * pi)
    metre_lon = 180.0 / (_KRASOVSKY_A / math.sqrt(magic) * math.cos(phi) * pi)
    return Point(lon + east * metre_lon, lat + north * metre_lat)


def _gcj_to_bd(lon: float, lat: float) -> Point:
    if not in_china(lon, lat):
        return Point(lon, lat)
    z = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_PI)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_PI)
    return Point(z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006)


def _inverse(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    """Fixed-point iteration: the shift changes by a thousandth of the way moved, so each round gains three digits."""
    if not in_china(lon, lat):
        return Point(lon, lat)
    at_lon, at_lat = lon, lat
    for _ in range(12):
        there = forward(at_lon, at_lat)
        off_lon, off_lat = there.lon - lon, there.lat - lat
        at_lon, at_lat = at_lon - off_lon, at_lat - off_lat
        if abs(off_lon) < 1e-12 and abs(off_lat) < 1e-12:
            break
    return Point(at_lon, at_lat)


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Metres between two positions along the sphere (haversine): within 0.5 % of the ellipsoid's."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2.0) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2.0) ** 2
    return 2.0 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def possible(lon: float, lat: float) -> bool:
    """Whether the numbers can be a longitude and a latitude at all (not NaN, in range)."""
    return -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0


def box_around(lon: float, lat: float, metres: float) -> Box:
    """A box whose edges are at least ``metres`` away from the position."""
    return Box(lon, lat, lon, lat).grown(metres)


def suspect_swapped(lon: float, lat: float, county: Box) -> Point | None:
    """The position with its two numbers exchanged, when only that lies within 5 km of the county; else ``None``."""
    near = county.grown(5_000.0)
    if near.holds(lon, lat) or not near.holds(lat, lon):
        return None
    return Point(lat, lon)


def suspect_gcj02(lon: float, lat: float, county: BaseGeometry) -> Point | None:
    """Where the position would be if it had been sent in GCJ-02, when only that lies in the county; else ``None``.

    A shifted point that still falls inside cannot be told from a true one: this finds those that the shift pushed out.
    """
    if county.contains(shapely.Point(lon, lat)):
        return None
    moved = to_wgs84(lon, lat, Datum.GCJ02)
    return moved if moved != (lon, lat) and county.contains(shapely.Point(*moved)) else None


def to_wkb(shape: BaseGeometry) -> bytes:
    """The shape as two-dimensional WKB, ready for a binary column."""
    return bytes(shapely.to_wkb(shapely.force_2d(shape)))


def from_wkb(blob: bytes | memoryview) -> BaseGeometry:
    """The shape in a binary column (PostgreSQL hands out memoryviews). Raises ``shapely.errors.ShapelyError``."""
    return shapely.from_wkb(bytes(blob))


def box_of(shape: BaseGeometry) -> Box:
    """The shape's bounding box."""
    west, south, east, north = shape.bounds
    return Box(west, south, east, north)


def shape_to_wgs84(shape: BaseGeometry, datum: Datum) -> BaseGeometry:
    """Every corner of the shape moved from ``datum`` to WGS-84."""
    if datum is Datum.WGS84:
        return shape

    def moved(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([to_wgs84(float(lon), float(lat), datum) for lon, lat in corners]).reshape(-1, 2)

    return shapely.transform(shape, moved)


def local_metres(shape: BaseGeometry) -> BaseGeometry:
    """The shape on a flat sheet of metres around its own middle: right to 0.1 % for anything up to a county's size."""
    if shape.is_empty:
        return shape
    west, south, east, north = shape.bounds
    lon0, lat0 = (west + east) / 2.0, (south + north) / 2.0
    per_lon, per_lat = _metres_per_degree(lat0)

    def laid(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        laid_out: NDArray[np.float64] = (corners - np.array([lon0, lat0])) * np.array([per_lon, per_lat])
        return laid_out

    return shapely.transform(shape, laid)


def area_m2(shape: BaseGeometry) -> float:
    """The area of a shape in degrees, in square metres."""
    return float(local_metres(shape).area)


def _metres_per_degree(lat: float) -> tuple[float, float]:
    phi = math.radians(lat)
    w = 1.0 - _WGS84_E2 * math.sin(phi) ** 2
    per_lon = math.pi / 180.0 * _WGS84_A * math.cos(phi) / math.sqrt(w)
    per_lat = math.pi / 180.0 * _WGS84_A * (1.0 - _WGS84_E2) / (w * math.sqrt(w))
    return per_lon, per_lat


def from_geojson(geometry: dict[str, Any], datum: Datum = Datum.WGS84) -> BaseGeometry:
    """A GeoJSON geometry object as a shape in WGS-84. Raises ``ValueError`` with what is wrong with it."""
    try:
        shape = shapely.geometry.shape(geometry)
    except (AttributeError, KeyError, TypeError, IndexError, ValueError, shapely.errors.ShapelyError) as fault:
        raise ValueError(f"not a GeoJSON geometry: {fault}") from fault
    if shape.is_empty:
        raise ValueError("the geometry is empty")
    corners = shapely.get_coordinates(shape)
    if not (np.isfinite(corners).all() and (np.abs(corners) <= (180.0, 90.0)).all()):
        raise ValueError("a corner is not a longitude and a latitude")
    return shape_to_wgs84(shapely.force_2d(shape), datum)
