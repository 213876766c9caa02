"""The demo county is drawn on a flat sheet in metres and laid on the globe at the end."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]
"""East and north of the middle of the county seat, in metres."""

LonLat = tuple[float, float]

MIDDLE: LonLat = (111.412_000, 33.208_000)
"""WGS-84 longitude and latitude of the sheet's middle. The county that lies there on our sheet does not exist."""

_M_PER_DEGREE_LAT = 110_922.0
_M_PER_DEGREE_LON = 111_320.0 * math.cos(math.radians(MIDDLE[1]))


def chance(seed: int, part: str) -> random.Random:
    """A stream of chance for one part of the county, so that a change in one part leaves the others as they were."""
    return random.Random(f"linli-demo:{seed}:{part}")


def lonlat(point: Point) -> LonLat:
    """Metres on the sheet to WGS-84 degrees, rounded to about 0.1 m."""
    return (
        round(MIDDLE[0] + point[0] / _M_PER_DEGREE_LON, 6),
        round(MIDDLE[1] + point[1] / _M_PER_DEGREE_LAT, 6),
    )


def sheet(place: LonLat) -> Point:
    """WGS-84 degrees to metres on the sheet: the inverse of :func:`lonlat`."""
    return ((place[0] - MIDDLE[0]) * _M_PER_DEGREE_LON, (place[1] - MIDDLE[1]) * _M_PER_DEGREE_LAT)


def gap_m(a: Point, b: Point) -> float:
    """Straight distance on the sheet in metres."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def line_m(points: Sequence[Point]) -> float:
    """Length of a line on the sheet in metres."""
    return sum(gap_m(a, b) for a, b in pairwise(points))


def nearest(point: Point, among: Iterable[Point]) -> int:
    """Index of the nearest of ``among``; the first one of equals."""
    x, y = point
    best, best_d2 = -1, math.inf
    for index, (ax, ay) in enumerate(among):
        d2 = (ax - x) ** 2 + (ay - y) ** 2
        if d2 < best_d2:
            best, best_d2 = index, d2
    return best


class Cells:
    """Finds the nearest of many points quickly: the sheet in squares of ``side_m``."""

    def __init__(self, points: Sequence[Point], side_m: float) -> None:
        self._points = points
        self._side = side_m
        self._squares: dict[tuple[int, int], list[int]] = {}
        for index, (x, y) in enumerate(points):
            self._squares.setdefault((int(x // side_m), int(y // side_m)), []).append(index)

    def nearest(self, point: Point) -> int:
        """Index of the nearest point. Rings of squares are searched outwards until none nearer can come."""
        column, row = int(point[0] // self._side), int(point[1] // self._side)
        best, best_m = -1, math.inf
        ring = 0
        while best < 0 or best_m > (ring - 1) * self._side:
            for index in self._ring(column, row, ring):
                m = gap_m(point, self._points[index])
                if m < best_m:
                    best, best_m = index, m
            ring += 1
        return best

    def _ring(self, column: int, row: int, ring: int) -> Iterable[int]:
        for dx in range(-ring, ring + 1):
            rows = range(-ring, ring + 1) if abs(dx) == ring else (-ring, ring)
            for dy in rows:
                yield from self._squares.get((column + dx, row + dy), ())


def wander(rng: random.Random, start: Point, end: Point, *, step_m: float, sway: float) -> list[Point]:
    """A road drawn by hand: points about ``step_m`` apart, swaying by ``sway`` of its length."""
    length = gap_m(start, end)
    steps = max(1, round(length / step_m))
    dx, dy = (end[0] - start[0]) / max(length, 1.0), (end[1] - start[1]) / max(length, 1.0)
    waves = [(rng.uniform(-1, 1) * sway * length / k, k) for k in (1, 2, 3)]
    points = [start]
    for i in range(1, steps):
        t = i / steps
        off = sum(high * math.sin(math.pi * k * t) for high, k in waves)
        points.append((start[0] + dx * length * t - dy * off, start[1] + dy * length * t + dx * off))
    points.append(end)
    return points


def river_line(rng: random.Random, radius_m: float) -> Callable[[float], float]:
    """The river as a line from west to east: its north coordinate at every east coordinate, in metres."""
    offset = -0.03 * radius_m
    waves = [
        (rng.uniform(0.05, 0.09) * radius_m, rng.uniform(1.2, 1.9), rng.uniform(-0.4, 0.4)),
        (rng.uniform(0.015, 0.03) * radius_m, rng.uniform(3.5, 5.0), rng.uniform(0, 6.28)),
    ]
    base = sum(high * math.sin(phase) for high, _, phase in waves)

    def north(x: float) -> float:
        return offset - base + sum(high * math.sin(k * x / radius_m * 2 + phase) for high, k, phase in waves)

    return north
