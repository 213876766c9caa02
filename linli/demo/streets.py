"""Streets inside settlements: the lattice of the seat and of the towns, and the lanes of the villages."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from linli.demo import words
from linli.demo.plane import Point
from linli.demo.roads import Draft, Restriction, Way
from linli.demo.settlements import Country, Settlement

ARTERIAL_EVERY = 4
"""Every fourth street of the lattice is a main street."""

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lattice:
    """Crossings by column and row of the lattice."""

    crossings: dict[Key, int]
    columns: range
    rows: range


def seat_streets(draft: Draft, rng: random.Random, country: Country) -> list[int]:
    """Draw the seat; the answer is the nodes where county roads may begin."""
    half_x, half_y = country.size.seat_half_m
    gap = 175.0
    lattice = _crossings(draft, rng, country, gap)
    bridges = _bridge_columns(lattice.columns, country.size.seat_half_m[0] / gap)
    names = _street_names(rng, lattice)
    for column in lattice.columns:
        line = [(column, row) for row in lattice.rows]
        _street(draft, lattice, line, names[("n", column)], country, bridge=column in bridges)
    for row in lattice.rows:
        line = [(column, row) for column in lattice.columns]
        calm = abs(row * gap) < half_y * 0.6 and row % ARTERIAL_EVERY in (1, 3)
        way = names[("e", row)]
        _street(draft, lattice, line if row % 4 == 1 else line[::-1], replace(way, oneway=calm), country, bridge=False)
    _turns(draft, lattice)
    _alleys(draft, rng, lattice, half_x / gap)
    return _gates(lattice)


def _crossings(draft: Draft, rng: random.Random, country: Country, gap: float) -> Lattice:
    half_x, half_y = country.size.seat_half_m
    columns = range(-int(half_x // gap), int(half_x // gap) + 1)
    rows = range(-int(half_y // gap), int(half_y // gap) + 1)
    crossings = {}
    for column in columns:
        for row in rows:
            at = (column * gap + rng.uniform(-18, 18), row * gap + rng.uniform(-18, 18))
            if country.in_seat(at) and abs(at[1] - country.river(at[0])) > 45:
                crossings[(column, row)] = draft.node(at)
    return Lattice(crossings, columns, rows)


def _bridge_columns(columns: range, half: float) -> set[int]:
    """Main streets that cross the river: about one in 1.4 km."""
    main = [column for column in columns if column % ARTERIAL_EVERY == 0 and abs(column) < half * 0.8]
    return set(main[::2]) if len(main) > 2 else {0}


def _street_names(rng: random.Random, lattice: Lattice) -> dict[tuple[str, int], Way]:
    """Every street with its name and class: main streets from the list, the others lanes."""
    plan: dict[tuple[str, int], Way] = {}
    lanes = iter(words.distinct(rng, len(lattice.columns) + len(lattice.rows), words.lane_name))
    for axis, numbers, listed in (
        ("e", lattice.rows, words.STREETS_EAST),
        ("n", lattice.columns, words.STREETS_NORTH),
    ):
        names = iter(listed)
        for number in reversed(numbers):
            main = number % ARTERIAL_EVERY == 0
            name = next(names, None) if main else None
            highway = ("primary" if number == 0 else "secondary") if main else "residential"
            speed = 50 if main else 30
            plan[(axis, number)] = Way(
                highway=highway, name=name or next(lanes), nodes=(), maxspeed_kmh=speed, houses=True, settlement=-1
            )
    return plan


def _street(draft: Draft, lattice: Lattice, line: list[Key], way: Way, country: Country, *, bridge: bool) -> None:
    """One street, cut where it would cross the river without a bridge, and at crossings of main streets."""
    part: list[int] = []
    last: int | None = None
    for key in line:
        node = lattice.crossings.get(key)
        if node is None:
            continue
        if last is not None and country.crosses_river([draft.nodes[last], draft.nodes[node]]):
            _close(draft, way, part)
            part = []
            if bridge:
                draft.way(replace(way, nodes=(last, node), bridge=True, houses=False, name=way.name + "大桥"))
        part.append(node)
        if key[0] % ARTERIAL_EVERY == 0 and key[1] % ARTERIAL_EVERY == 0:
            _close(draft, way, part)
            part = [node]
        last = node
    _close(draft, way, part)


def _close(draft: Draft, way: Way, part: list[int]) -> None:
    if len(part) > 1:
        draft.way(replace(way, nodes=tuple(part)))


def _turns(draft: Draft, lattice: Lattice) -> None:
    """No left turn from the main street going north at the inner crossings of two main streets."""
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for index, way in enumerate(draft.ways):
        begins.setdefault(way.nodes[0], []).append(index)
        ends.setdefault(way.nodes[-1], []).append(index)
    for (column, row), node in lattice.crossings.items():
        if column % ARTERIAL_EVERY or row % ARTERIAL_EVERY or abs(column) > 8 or abs(row) > 8:
            continue
        x, y = draft.nodes[node]
        from_south = [i for i in ends.get(node, ()) if draft.nodes[draft.ways[i].nodes[-2]][1] < y - 60]
        to_west = [i for i in ends.get(node, ()) if draft.nodes[draft.ways[i].nodes[-2]][0] < x - 60]
        to_west += [i for i in begins.get(node, ()) if draft.nodes[draft.ways[i].nodes[1]][0] < x - 60]
        if from_south and to_west:
            draft.restrictions.append(Restriction("no_left_turn", from_south[0], node, to_west[0]))


def _alleys(draft: Draft, rng: random.Random, lattice: Lattice, half: float) -> None:
    """Footpaths across the blocks of the old town: a person on foot is sooner there than a car."""
    alley = Way(highway="footway", name="", nodes=())
    for (column, row), node in lattice.crossings.items():
        other = lattice.crossings.get((column + 1, row + 1))
        if other is not None and abs(column) < half * 0.4 and rng.random() < 0.12 and (row > 0) == (row + 1 > 0):
            draft.way(replace(alley, nodes=(node, other)))


def _gates(lattice: Lattice) -> list[int]:
    """Both ends of every main street."""
    main = [[(column, row) for row in lattice.rows] for column in lattice.columns if column % ARTERIAL_EVERY == 0]
    main += [[(column, row) for column in lattice.columns] for row in lattice.rows if row % ARTERIAL_EVERY == 0]
    gates: dict[int, None] = {}
    for street in main:
        line = [lattice.crossings[key] for key in street if key in lattice.crossings]
        gates.update(dict.fromkeys((line[0], line[-1])) if line else {})
    return list(gates)


def village_lanes(draft: Draft, rng: random.Random, settlement: Settlement, index: int) -> list[int]:
    """A village: one main lane and short lanes off it, a market town: a small lattice. The answer is its nodes."""
    first = len(draft.nodes)
    if settlement.market:
        _market_streets(draft, rng, settlement, index)
    else:
        _lanes(draft, rng, settlement, index)
    return list(range(first, len(draft.nodes)))


def _turned(at: Point, angle: float) -> Callable[[float, float], Point]:
    c, s = math.cos(angle), math.sin(angle)
    return lambda along, across: (at[0] + c * along - s * across, at[1] + s * along + c * across)


def _lanes(draft: Draft, rng: random.Random, settlement: Settlement, index: int) -> None:
    place = _turned(settlement.at, rng.uniform(0, math.pi))
    count = rng.randint(5, 8)
    spots = [(i - (count - 1) / 2) * rng.uniform(62, 78) for i in range(count)]
    main = [draft.node(place(along, rng.uniform(-9, 9))) for along in spots]
    lane = Way(highway="residential", name=settlement.name + "主街", nodes=tuple(main), settlement=index, houses=True)
    draft.way(lane)
    for i in range(1, count - 1):
        for side in (-1, 1):
            if rng.random() < 0.8:
                deep = rng.randint(1, 2)
                bends = [place(spots[i] + rng.uniform(-12, 12), side * 58 * (k + 1)) for k in range(deep)]
                end = draft.node(bends[-1])
                name = f"{settlement.name}{'东' if side > 0 else '西'}{i}巷"
                draft.line(replace(lane, name=name), main[i], bends[:-1], end)


def _market_streets(draft: Draft, rng: random.Random, settlement: Settlement, index: int) -> None:
    place = _turned(settlement.at, rng.uniform(0, math.pi / 2))
    half = 3
    at = {
        (i, j): draft.node(place(i * 118 + rng.uniform(-10, 10), j * 104 + rng.uniform(-10, 10)))
        for i in range(-half, half + 1)
        for j in range(-half, half + 1)
    }
    town = settlement.name.removesuffix("街村")
    for k in range(-half, half + 1):
        main = k == 0
        shape = Way(
            highway="tertiary" if main else "residential",
            name="",
            nodes=(),
            maxspeed_kmh=40 if main else 30,
            settlement=index,
            houses=True,
        )
        along = tuple(at[(i, k)] for i in range(-half, half + 1))
        across = tuple(at[(k, j)] for j in range(-half, half + 1))
        draft.way(replace(shape, nodes=along, name=f"{town}{'中心街' if main else words.lane_name(rng)}"))
        draft.way(replace(shape, nodes=across, name=f"{town}{'人民街' if main else words.lane_name(rng)}"))
