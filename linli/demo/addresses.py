"""Addresses of the demo county: houses along streets, houses of village groups, buildings of estates, landmarks."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from linli.demo import words
from linli.demo.grids import Whereabouts, settlements_of
from linli.demo.plane import LonLat, Point, chance, gap_m, lonlat, sheet
from linli.demo.roads import RoadNetwork
from linli.demo.settlements import Country

SEAT_SHARE = 0.38
VILLAGE_SHARE = 0.54
SET_BACK_M = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPlan:
    """One address. ``kind`` house, building or landmark; ``settlement`` as numbered in :func:`grids.settlements_of`."""

    code: str
    text: str
    kind: str
    at: LonLat
    settlement: int
    town: str
    village: str
    road: str = ""
    number: str = ""
    group: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Writer:
    """Gives codes and the full text."""

    country: Country
    where: Whereabouts
    made: list[AddressPlan]

    def add(self, at: Point, kind: str, short: str, *, settlement: int | None = None, **parts: str) -> None:
        index = self.where.settlement(at) if settlement is None else settlement
        place = settlements_of(self.country)[index]
        town = self.country.towns[place.town].name
        middle = place.name if place.kind == "village" else ""
        self.made.append(
            AddressPlan(
                code=f"A{len(self.made) + 1:06d}",
                text=f"{words.COUNTY[0]}{town}{middle}{short}",
                kind=kind,
                at=lonlat(at),
                settlement=index,
                town=town,
                village=place.name,
                **parts,
            )
        )


def addresses(country: Country, roads: RoadNetwork, seed: int) -> list[AddressPlan]:
    """All addresses; their number is that of the size, give or take the last houses of a street."""
    rng = chance(seed, "addresses")
    writer = _Writer(country, Whereabouts(country), [])
    _landmarks(writer, rng, roads)
    _estates(writer, rng)
    target = int(country.size.addresses * SEAT_SHARE)
    _street_houses(writer, rng, roads, target)
    _village_houses(writer, rng, roads, int(country.size.addresses * VILLAGE_SHARE))
    _top_up(writer, rng, country.size.addresses)
    return writer.made


def _top_up(writer: _Writer, rng: random.Random, target: int) -> None:
    """Houses behind others get a letter, until the size is reached; what is too much goes."""
    houses = [row for row in writer.made if row.kind == "house"]
    seen: dict[str, int] = defaultdict(int)
    while len(writer.made) < target:
        front = rng.choice(houses)
        seen[front.text] += 1
        back = f"{front.number}附{seen[front.text]}号"
        x, y = sheet(front.at)
        row = replace(
            front,
            code=f"A{len(writer.made) + 1:06d}",
            text=front.text.removesuffix(front.number) + back,
            number=back,
            at=lonlat((x + rng.uniform(-14, 14), y + rng.uniform(-14, 14))),
        )
        writer.made.append(row)
    del writer.made[target:]


def _walk(points: list[Point], step_m: float) -> Iterator[tuple[Point, Point]]:
    """Spots every ``step_m`` along a line, each with the direction there."""
    ahead = step_m / 2
    for a, b in pairwise(points):
        length = gap_m(a, b)
        direction = ((b[0] - a[0]) / max(length, 0.1), (b[1] - a[1]) / max(length, 0.1))
        while ahead < length:
            yield (a[0] + direction[0] * ahead, a[1] + direction[1] * ahead), direction
            ahead += step_m
        ahead -= length


def _beside(spot: Point, direction: Point, side: int) -> Point:
    return (spot[0] - direction[1] * SET_BACK_M * side, spot[1] + direction[0] * SET_BACK_M * side)


def _street_houses(writer: _Writer, rng: random.Random, roads: RoadNetwork, target: int) -> None:
    ways = [way for way in roads.ways if way.houses and way.settlement == -1]
    total = sum(gap_m(roads.nodes[a], roads.nodes[b]) for way in ways for a, b in pairwise(way.nodes))
    step = 2 * total / max(1, target)
    number: dict[str, int] = defaultdict(int)
    for way in ways:
        for spot, direction in _walk([roads.nodes[n] for n in way.nodes], step):
            for side in (1, -1):
                number[way.name] += 1
                label = f"{number[way.name]}号"
                at = _beside(spot, direction, side)
                writer.add(at, "house", f"{way.name}{label}", road=way.name, number=label, name=_shop(rng))


def _shop(rng: random.Random) -> str:
    """One house in twelve is a shop with a sign."""
    return (
        rng.choice(words.GIVEN_SECOND) + rng.choice(words.GIVEN_SECOND) + rng.choice(words.SHOPS)
        if rng.random() < 0.08
        else ""
    )


def _village_houses(writer: _Writer, rng: random.Random, roads: RoadNetwork, target: int) -> None:
    lanes: dict[int, list[list[Point]]] = defaultdict(list)
    for way in roads.ways:
        if way.houses and way.settlement is not None and way.settlement >= 0:
            lanes[way.settlement].append([roads.nodes[n] for n in way.nodes])
    weight = sum(writer.country.villages[index].weight for index in lanes)
    offset = len(writer.country.communities)
    for index, lines in lanes.items():
        village = writer.country.villages[index]
        houses = max(6, round(target * village.weight / weight))
        total = sum(gap_m(a, b) for line in lines for a, b in pairwise(line))
        number: dict[int, int] = defaultdict(int)
        for k, line in enumerate(lines):
            group = k * village.groups // len(lines) + 1
            for spot, direction in _walk(line, 2 * total / houses):
                for side in (1, -1):
                    number[group] += 1
                    label, team = f"{number[group]}号", f"{group}组"
                    at = _beside(spot, direction, side)
                    writer.add(
                        at, "house", team + label, settlement=offset + index, group=team, number=label, name=_shop(rng)
                    )


def _estates(writer: _Writer, rng: random.Random) -> None:
    """Two to four housing estates a community, of four to nine buildings."""
    country = writer.country
    few = country.size.addresses < 1_000
    count = {index: (1 if few else rng.randint(2, 4)) for index in range(len(country.communities))}
    names = iter(words.distinct(rng, sum(count.values()), words.estate_name))
    for index, community in enumerate(country.communities):
        for _ in range(count[index]):
            x, y = community.at[0] + rng.uniform(-380, 380), community.at[1] + rng.uniform(-380, 380)
            if not country.in_seat((x, y)):
                continue
            name = next(names)
            writer.add((x, y), "landmark", name, name=name)
            for block in range(1, 4 if few else rng.randint(5, 10)):
                spot = (x + (block % 3) * 42.0 - 42, y + (block // 3) * 38.0 - 38)
                writer.add(spot, "building", f"{name}{block}号楼", road=name, number=f"{block}号楼")


def _landmarks(writer: _Writer, rng: random.Random, roads: RoadNetwork) -> None:
    country = writer.country
    seat = [roads.nodes[n] for way in roads.ways if way.settlement == -1 for n in way.nodes]
    for name in words.LANDMARKS_TOWN:
        x, y = rng.choice(seat)
        writer.add((x + rng.uniform(12, 40), y + rng.uniform(12, 40)), "landmark", name, name=name)
    for name in sorted({way.name for way in roads.ways if way.bridge}):
        way = next(way for way in roads.ways if way.bridge and way.name == name)
        writer.add(roads.nodes[way.nodes[0]], "landmark", name, name=name)
    offset = len(country.communities)
    for index, village in enumerate(country.villages):
        short = village.name.removesuffix("街村") if village.market else village.name
        kinds = (
            words.LANDMARKS_SEAT_OF_TOWN if village.market else ("村委会", *rng.sample(words.LANDMARKS_VILLAGE[1:], 3))
        )
        for kind in kinds:
            at = (village.at[0] + rng.uniform(-190, 190), village.at[1] + rng.uniform(-190, 190))
            writer.add(
                at, "landmark", f"{short if village.market else ''}{kind}", settlement=offset + index, name=short + kind
            )
