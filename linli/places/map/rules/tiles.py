"""Where a tile lies, and points as they stand in it (Web Mercator, the XYZ scheme of all web maps).

A position is two whole numbers of 31 bits, counted from the north-west corner of the Mercator square; their bits
interleaved are its Morton code. All points of a tile are then neighbours: one range of codes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from linli.kernel.geo import Box

BITS = 31
EXTENT = 4096
"""Units along the edge of a tile."""
DEEPEST = 19
"""The last zoom with tiles of its own; maps draw deeper ones from it."""
_MOST_LAT = 85.0511287798066

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map; raises ValueError for one that does not exist."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not (0 <= self.z <= DEEPEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise ValueError(f"there is no tile {self.z}/{self.x}/{self.y}")

    @property
    def box(self) -> Box:
        """Its edges in degrees."""
        wide = 1 << self.z
        north, south = (_lat(row / wide) for row in (self.y, self.y + 1))
        return Box(self.x / wide * 360.0 - 180.0, south, (self.x + 1) / wide * 360.0 - 180.0, north)

    @property
    def codes(self) -> tuple[int, int]:
        """The first Morton code in the tile and the first behind it."""
        begin = int(morton(np.array([self.x], np.uint32), np.array([self.y], np.uint32))[0])
        shift = 2 * (BITS - self.z)
        return begin << shift, (begin + 1) << shift


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in a tile: ``x`` and ``y`` in units of its extent from the north-west corner, and what is said of it."""

    x: int
    y: int
    properties: Mapping[str, Any] = field(default_factory=dict)


def _lat(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * share))))


def grid_of(lon: F64, lat: F64) -> tuple[U32, U32]:
    """Positions as whole numbers of ``BITS`` bits; what lies beyond the Mercator square is put on its edge."""
    most = float((1 << BITS) - 1)
    phi = np.radians(np.clip(lat, -_MOST_LAT, _MOST_LAT))
    across = (lon + 180.0) / 360.0
    down = 0.5 - np.arcsinh(np.tan(phi)) / (2.0 * np.pi)
    whole = [np.clip(np.floor(share * (most + 1.0)), 0.0, most).astype(np.uint32) for share in (across, down)]
    return whole[0], whole[1]


def degrees_of(x: F64, y: F64) -> tuple[F64, F64]:
    """Longitude and latitude of grid positions."""
    wide = float(1 << BITS)
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * y / wide))))
    return x / wide * 360.0 - 180.0, lat


def morton(x: U32, y: U32) -> U64:
    """The bits of both numbers interleaved, ``x`` in the even places."""
    return _spread(x) | (_spread(y) << np.uint64(1))


def _spread(value: U32) -> U64:
    wide: U64 = value.astype(np.uint64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        wide = (wide | (wide << np.uint64(shift))) & np.uint64(mask)
    return wide


def in_tile(tile: Tile, x: F64, y: F64) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Grid positions in units of a tile's extent."""
    unit = 2.0 ** (BITS - tile.z) / EXTENT
    wide = np.floor(x / unit).astype(np.int64) - tile.x * EXTENT
    high = np.floor(y / unit).astype(np.int64) - tile.y * EXTENT
    return wide, high


def cluster_level(z: int) -> int:
    """The zoom whose cells are drawn as one mark in tiles of zoom ``z``: 16 pixels wide on a screen, 1 from 16 on."""
    return min(z + (5 if z < 16 else 9), BITS)
