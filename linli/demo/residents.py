"""Households of the demo county: pure, the same for the same seed. Nobody's names; numbers of a region that is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from linli.demo import words
from linli.demo.addresses import AddressPlan
from linli.demo.county import County
from linli.demo.plane import chance
from linli.places.occupants.rules.identity import check_digit

Row = tuple[object, ...]
HEADER = [
    "name", "id_number", "phone", "kind", "relation", "guardian_basis", "address_code", "room", "since", "source",
    "confirmed_on",
]  # fmt: skip
MOST_HOUSES = 1_200
_MIGRANT_SHARE = 0.46
"""Households of migrants: about 1.14 registered people for each of them, as in the practice's own county (W7)."""
_RELATIONS = ("head", "spouse", "child", "parent")


def households(county: County, today: date) -> Iterator[Row]:
    """One row a person: households of one to four in houses drawn by lot, most confirmed within the year."""
    rng = chance(county.seed, "residents")
    houses = [one for one in county.addresses if one.kind in ("house", "building")]
    order = 0
    for house in rng.sample(houses, min(MOST_HOUSES, len(houses))):
        doors = ("101", "201", "301") if house.kind == "building" else ("",)
        for door in doors:
            migrant = rng.random() < _MIGRANT_SHARE
            since = today - timedelta(days=rng.randrange(30, 700 if migrant else 6_000))
            confirmed = today - timedelta(days=rng.randrange(1, 500))
            for place in range(rng.randint(1, 4)):
                order += 1
                yield _person(house, door, order, place, migrant, since, max(confirmed, since), rng.random(), today)


def _person(
    house: AddressPlan, door: str, order: int, place: int, migrant: bool, since: date, confirmed: date, dice: float,
    today: date,
) -> Row:  # fmt: skip
    rng = chance(order, "resident")
    age = rng.randrange(3, 17) if place == 2 else rng.randrange(60, 88) if place == 3 else rng.randrange(20, 60)
    born = date(today.year - age, rng.randint(1, 12), rng.randint(1, 28))
    if born > since:
        since = born
    head = f"990101{born:%Y%m%d}{order % 1000:03d}"
    kind = "migrant" if migrant else "overseas" if dice > 0.997 else "lodging" if dice > 0.985 else "registered"
    relation = "tenant" if migrant and place == 0 else _RELATIONS[place]
    return (
        words.person_name(rng),
        head + check_digit(head) if dice > 0.01 else "",
        words.telephone(rng) if place < 2 else "",
        kind,
        relation,
        "household_book" if age < 15 else "",
        house.code,
        door,
        since.isoformat(),
        "visit" if dice < 0.7 else "counter",
        max(confirmed, since).isoformat(),
    )
