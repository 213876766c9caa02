"""Where people live: the county's outline, its river, the seat with its communities, the towns and the villages."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from linli.demo import words
from linli.demo.plane import Point, chance, gap_m, nearest, river_line
from linli.demo.sizes import Size

RIVER_MARGIN_M = 650.0
"""No village lies nearer to the river: its lanes would run into the water."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A community of the seat (``kind`` community) or a village. ``groups`` is the number of village groups (组)."""

    code: str
    name: str
    kind: str
    zone: str
    at: Point
    town: int
    groups: int
    weight: float
    market: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A street office of the seat (``seat``) or a town; each has one police station."""

    code: str
    name: str
    at: Point
    seat: bool


@dataclass(frozen=True, slots=True)
class Country:
    """The empty county: everything later stands on it. ``river`` gives the north coordinate for an east coordinate."""

    size: Size
    outline: tuple[Point, ...]
    river: Callable[[float], float]
    towns: tuple[Town, ...]
    communities: tuple[Settlement, ...]
    villages: tuple[Settlement, ...]

    def in_seat(self, point: Point) -> bool:
        """Is it inside the built-up area of the seat?"""
        half_x, half_y = self.size.seat_half_m
        return (abs(point[0]) / half_x) ** 4 + (abs(point[1]) / half_y) ** 4 <= 1.0

    def north_bank(self, point: Point) -> bool:
        """Which bank of the river."""
        return point[1] > self.river(point[0])

    def crosses_river(self, points: list[Point]) -> bool:
        """Does a line cross the river? Looked at every 60 m."""
        side = self.north_bank(points[0])
        for a, b in pairwise(points):
            steps = max(1, int(gap_m(a, b) // 60))
            for i in range(1, steps + 1):
                t = i / steps
                if self.north_bank((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)) != side:
                    return True
        return False


def settle(size: Size, seed: int) -> Country:
    """The empty county of one size from one seed."""
    rng = chance(seed, "settlements")
    outline = _outline(rng, size.radius_m)
    river = river_line(rng, size.radius_m)
    bare = Country(size, outline, river, (), (), ())
    sites = _village_sites(rng, bare)
    market_sites = _market_sites(rng, sites, size.towns)
    towns = _towns(rng, size, [sites[i] for i in market_sites])
    communities = _communities(rng, size, towns)
    villages = _villages(rng, size, towns, sites, frozenset(market_sites))
    return Country(size, outline, river, towns, communities, villages)


def seat_outline(size: Size) -> list[Point]:
    """The edge of the built-up area as a ring of 72 points."""
    half_x, half_y = size.seat_half_m
    ring = []
    for i in range(72):
        c, s = math.cos(math.tau * i / 72), math.sin(math.tau * i / 72)
        r = ((abs(c) / half_x) ** 4 + (abs(s) / half_y) ** 4) ** -0.25
        ring.append((r * c, r * s))
    return ring


def inside(point: Point, ring: tuple[Point, ...]) -> bool:
    """Even-odd rule."""
    x, y = point
    odd = False
    previous = ring[-1]
    for corner in ring:
        if (corner[1] > y) != (previous[1] > y):
            at_x = corner[0] + (previous[0] - corner[0]) * (y - corner[1]) / (previous[1] - corner[1])
            odd ^= x < at_x
        previous = corner
    return odd


def _outline(rng: random.Random, radius_m: float) -> tuple[Point, ...]:
    waves = [(rng.uniform(0.02, 0.09), k, rng.uniform(0, math.tau)) for k in (2, 3, 5, 8, 13)]
    ring = []
    for i in range(96):
        angle = math.tau * i / 96
        r = radius_m * (1 + sum(high * math.sin(k * angle + phase) for high, k, phase in waves))
        ring.append((r * math.cos(angle) * 1.12, r * math.sin(angle) * 0.92))
    return tuple(ring)


def _village_sites(rng: random.Random, country: Country) -> list[Point]:
    """Spots for villages on a swaying honeycomb, denser near the seat and in the valley of the river."""
    size = country.size
    gap = size.radius_m * math.sqrt(math.pi / (size.villages * 1.9))
    sites: list[tuple[float, Point]] = []
    rows = int(1.3 * size.radius_m / (gap * 0.866)) + 1
    for row in range(-rows, rows + 1):
        for column in range(-int(rows * 1.1), int(rows * 1.1) + 1):
            x = (column + (row % 2) / 2) * gap + rng.uniform(-0.27, 0.27) * gap
            y = row * gap * 0.866 + rng.uniform(-0.27, 0.27) * gap
            if _habitable(country, (x, y)):
                valley = abs(y - country.river(x)) / size.radius_m
                far = math.hypot(x, y) / size.radius_m
                sites.append((rng.random() ** (1 / math.exp(-0.9 * valley - 0.7 * far)), (x, y)))
    sites.sort(reverse=True)
    return [at for _, at in sites[: size.villages]]


def _habitable(country: Country, point: Point) -> bool:
    x, y = point
    half_x, half_y = country.size.seat_half_m
    if (abs(x) / (half_x + 550)) ** 4 + (abs(y) / (half_y + 550)) ** 4 <= 1.0:
        return False
    if abs(y - country.river(x)) < RIVER_MARGIN_M * 1.25:
        return False
    return inside((x * 1.06, y * 1.06), country.outline)


def _market_sites(rng: random.Random, sites: list[Point], count: int) -> list[int]:
    """Villages that became the seats of towns: far from one another and from the county seat."""
    if not count:
        return []
    reach = max(math.hypot(*site) for site in sites)
    middle_ring = [i for i, site in enumerate(sites) if 0.38 * reach < math.hypot(*site) < 0.82 * reach]
    chosen = [rng.choice(middle_ring)]
    while len(chosen) < count:
        chosen.append(max(middle_ring, key=lambda i: min(gap_m(sites[i], sites[c]) for c in chosen)))
    return chosen


def _towns(rng: random.Random, size: Size, market_sites: list[Point]) -> tuple[Town, ...]:
    county = words.COUNTY_CODE
    side = ("城关",) if size.seat_stations == 1 else words.SEAT_TOWNS
    half_x = size.seat_half_m[0]
    towns = []
    for i in range(size.seat_stations):
        x = half_x * (1 - 2 * (i + 0.5) / size.seat_stations)
        name = side[i] + ("镇" if size.seat_stations == 1 else "街道")
        towns.append(Town(code=f"{county}{i + 1:03d}000", name=name, at=(x, 150.0), seat=True))
    for i, (name, at) in enumerate(zip(words.distinct(rng, size.towns, words.town_name), market_sites, strict=True)):
        towns.append(Town(code=f"{county}{i + 100:03d}000", name=name + "镇", at=at, seat=False))
    return tuple(towns)


def _communities(rng: random.Random, size: Size, towns: tuple[Town, ...]) -> tuple[Settlement, ...]:
    """One community a police grid, on a lattice of the seat; column by column from the east, as the stations lie."""
    half_x, half_y = size.seat_half_m
    rows = max(1, math.isqrt(size.town_grids))
    columns = size.town_grids // rows
    per_station = size.town_grids // size.seat_stations
    spots = []
    for i in range(size.town_grids):
        column, row = divmod(i, rows)
        spots.append((half_x * (1 - 2 * (column + 0.5) / columns), half_y * (1 - 2 * (row + 0.5) / rows)))
    names = words.distinct(rng, size.town_grids, lambda r: r.choice(words.COMMUNITIES))
    made = []
    for i in range(size.town_grids):
        town = i // per_station
        block = sorted(spots[town * per_station : (town + 1) * per_station], key=lambda p: (-p[1], -p[0]))
        x, y = block[i % per_station]
        at = (x * 0.92 + rng.uniform(-90, 90), y * 0.92 + rng.uniform(-90, 90))
        made.append(
            Settlement(
                code=f"{towns[town].code[:9]}{i % per_station + 1:03d}",
                name=names[i] + "社区",
                kind="community",
                zone="town",
                at=at,
                town=town,
                groups=0,
                weight=rng.uniform(0.7, 1.5),
            )
        )
    return tuple(made)


def _villages(
    rng: random.Random, size: Size, towns: tuple[Town, ...], sites: list[Point], markets: frozenset[int]
) -> tuple[Settlement, ...]:
    """Villages with the town whose middle is nearest; codes run on in each town from 201."""
    middles = [town.at for town in towns]
    suburb_m = max(size.seat_half_m) + 2_600
    numbers = [200] * len(towns)
    names = words.distinct(rng, len(sites), words.village_name)
    made = []
    for i, at in enumerate(sites):
        town = nearest(at, middles)
        market = i in markets
        numbers[town] += 1
        made.append(
            Settlement(
                code=f"{towns[town].code[:9]}{numbers[town]:03d}",
                name=towns[town].name.removesuffix("镇") + "街村" if market else names[i],
                kind="village",
                zone="suburb" if math.hypot(*at) < suburb_m or market else "village",
                at=at,
                town=town,
                groups=rng.randint(4, 11),
                weight=rng.uniform(0.6, 1.5) * (3.2 if market else 1.0),
                market=market,
            )
        )
    return tuple(made)
