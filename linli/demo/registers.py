"""Premises, cameras and volunteers of the demo county: pure, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from linli.demo import words
from linli.demo.addresses import AddressPlan
from linli.demo.county import County
from linli.demo.plane import chance

Row = tuple[object, ...]

PREMISES_HEADER = ["code", "name", "kind", "address_code", "operator", "usual_people", "hazard_note"]
DEVICES_HEADER = [
    "code", "name", "kind", "lon", "lat", "address_text", "owner_kind", "owner", "direction_deg", "angle_deg",
    "range_m", "state",
]  # fmt: skip
VOLUNTEERS_HEADER = ["code", "name", "phone", "kind", "agency", "grid_code", "consented_on", "free", "at_night"]

_BY_WORD = (
    ("幼儿园", "kindergarten", 120), ("小学", "school", 400), ("中学", "school", 900), ("医院", "hospital", 600),
    ("卫生", "hospital", 40), ("养老院", "care_home", 80), ("敬老院", "care_home", 60), ("加油站", "petrol_station", 6),
    ("市场", "market", 300), ("集市", "market", 200), ("信用社", "bank", 12), ("广场", "public_place", None),
    ("公园", "public_place", None), ("车站", "public_place", 500), ("体育场", "public_place", None),
    ("养殖场", "firm", 10), ("采石场", "firm", 25), ("商场", "market", 350), ("建材", "market", 150),
)  # fmt: skip
_SHOPS = {"网吧": "internet_cafe"}
_HAZARDS = {
    "petrol_station": "汽油、柴油储罐",
    "market": "液化气灶具集中",
    "firm": "大型机械、高压电",
    "rental": "",
}
_FREE = ("周一至周五 18:00-21:00", "每天 07:00-09:00", "周六 09:00-17:00；周日 09:00-17:00", "每天 14:00-20:00")
_KINDS = ("safety_watcher", "retired_teacher", "veteran", "courier", "shopkeeper", "guard", "building_head", "resident")


@dataclass(frozen=True, slots=True)
class Registers:
    """The rows of three tables, as a bureau's own workbooks would hold them."""

    premises: list[Row]
    devices: list[Row]
    volunteers: list[Row]


def registers(county: County, rooms: list[tuple[str, str]], today: date) -> Registers:
    """``rooms`` are (agency code, grid code) of rooms that answer for grids; ``today`` bounds the days of consent."""
    return Registers(list(_premises(county)), list(_devices(county)), list(_volunteers(county, rooms, today)))


def _premises(county: County) -> Iterator[Row]:
    rng = chance(county.seed, "premises")
    number = 0
    for one in county.addresses:
        found = next(((kind, people) for word, kind, people in _BY_WORD if word in one.name), None)
        if one.kind == "landmark" and found:
            number += 1
            kind, people = found
            operator = f"{one.name}管理处" if kind != "public_place" else ""
            yield f"P{number:05d}", one.name, kind, one.code, operator, people or "", _HAZARDS.get(kind, "")
    houses = [one for one in county.addresses if one.kind == "house" and one.number]
    for one in rng.sample(houses, max(20, len(houses) // 25)):
        number += 1
        yield _shop(one, number, rng.random(), rng.choice(words.SHOPS), rng.choice(words.SURNAMES))


def _shop(one: AddressPlan, number: int, dice: float, trade: str, sign: str) -> Row:
    if dice < 0.2:
        house = one.number.removesuffix("号")
        return f"P{number:05d}", f"{one.village}{house}号出租屋", "rental", one.code, "", 12, ""
    if dice < 0.26:
        return f"P{number:05d}", f"{one.village}工地", "site", one.code, "临溪建筑公司", 60, "塔吊、深坑"
    name = f"{sign}记{trade}"
    return f"P{number:05d}", name, _SHOPS.get(trade, "shop"), one.code, name, 4, ""


def _devices(county: County) -> Iterator[Row]:
    rng = chance(county.seed, "devices")
    chosen = rng.sample(county.addresses, max(15, len(county.addresses) // 30))
    for number, one in enumerate(chosen, start=1):
        kind, owner_kind, owner = rng.choice(
            (
                ("class_1", "police", ""),
                ("class_1", "police", ""),
                ("class_2", "government", f"{one.town}综治中心"),
                ("smart", "police", ""),
                ("society", "firm", "店主自建"),
            )
        )
        angle = rng.choice((60, 90, 90, 360))
        state = "broken" if rng.random() < 0.06 else "working"
        where = f"{one.road or one.village}{one.number}".strip()
        direction = rng.randrange(0, 360, 15)
        reach = rng.choice((30, 50, 80, 120))
        yield (
            f"D{number:05d}", f"{where}路口", kind, one.at[0], one.at[1], one.text, owner_kind, owner, direction, angle,
            reach, state,
        )  # fmt: skip


def _volunteers(county: County, rooms: list[tuple[str, str]], today: date) -> Iterator[Row]:
    rng = chance(county.seed, "volunteers")
    number = 0
    for agency, grid in rooms:
        for _ in range(rng.randint(2, 6)):
            number += 1
            yield (
                f"V{number:05d}",
                words.person_name(rng),
                words.telephone(rng),
                rng.choice(_KINDS),
                agency,
                grid,
                (today - timedelta(days=rng.randint(10, 700))).isoformat(),
                rng.choice(_FREE),
                "是" if rng.random() < 0.15 else "",
            )
