"""The organisation of the demo county: bureau, stations, rooms, partners; divisions; what each room has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linli.demo import words
from linli.demo.grids import settlements_of
from linli.demo.plane import LonLat, Point, chance, gap_m, lonlat, nearest
from linli.demo.settlements import Country, Settlement

PARTNERS = (
    ("120", "县急救中心"),
    ("119", "县消防救援大队"),
    ("122", "县公安局交通警察大队"),
    ("12345", "县政务服务热线办公室"),
    ("justice", "县司法局"),
    ("women", "县妇女联合会"),
    ("civil", "县民政局"),
    ("power", "县供电公司"),
    ("water", "县自来水公司"),
)
_ELSEWHERE = (
    "补办身份证｜派出所｜户口簿；本人到场拍照、按指纹",
    "新生儿落户｜派出所｜出生医学证明、父母身份证和户口簿",
    "无犯罪记录证明｜网上｜身份证，三个工作日",
    "出国护照｜公安局｜身份证、照片；提前预约",
)
"""What residents come for in vain, and are told before they travel (F6)."""
SERVICES = (
    *("报警求助", "户籍业务咨询", "居住证受理｜警务室｜身份证、租房合同或住宿证明", "矛盾纠纷调解", "反诈咨询"),
    *("失物招领", "线索举报", *_ELSEWHERE),
)
CENTRAL_SERVICES = (
    *("报警求助", "户籍业务代办｜警务室｜户口簿、身份证", "矛盾纠纷调解", "反诈咨询", "线索举报"),
    *_ELSEWHERE,
)
VILLAGE_SERVICES = ("报警求助", "矛盾纠纷调解", "政策宣传", *_ELSEWHERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionPlan:
    """An administrative division by its 12-digit code."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyPlan:
    """One node of the tree. ``settlements`` are those it answers for; ``equipment`` pairs of kind and serial."""

    code: str
    name: str
    kind: str
    parent: str
    zone: str
    at: LonLat
    phone: str
    service: str = ""
    hours: str = "每天 24小时"
    services: tuple[str, ...] = ()
    equipment: tuple[tuple[str, str], ...] = ()
    settlements: tuple[int, ...] = ()
    town: int = -1


def divisions(country: Country) -> list[DivisionPlan]:
    """The county, its towns and street offices, its communities and villages."""
    top = f"{words.COUNTY_CODE}000000"
    rows = [DivisionPlan(code=top, name=words.COUNTY[0], level="county", parent="")]
    rows += [DivisionPlan(code=town.code, name=town.name, level="town", parent=top) for town in country.towns]
    rows += [
        DivisionPlan(code=s.code, name=s.name, level=s.kind, parent=country.towns[s.town].code)
        for s in settlements_of(country)
    ]
    return rows


def agencies(country: Country, seed: int) -> list[AgencyPlan]:
    """Every agency, parents before children."""
    phones = _Phones(seed)
    bureau = AgencyPlan(
        code=f"{words.COUNTY_CODE}000000",
        name=f"{words.COUNTY[0]}公安局",
        kind="bureau",
        parent="",
        zone="town",
        at=lonlat((60.0, 260.0)),
        phone=phones.next(),
    )
    made = [bureau]
    for index in range(len(country.towns)):
        made += _station(country, index, bureau.code, phones)
    for service, name in PARTNERS:
        made.append(
            AgencyPlan(
                code=f"{words.COUNTY_CODE}-{service}",
                name=name,
                kind="partner",
                parent=bureau.code,
                zone="town",
                at=lonlat((phones.far(), phones.far())),
                phone=phones.next(),
                service=service,
            )
        )
    return made


class _Phones:
    """Invented telephone numbers: the area code 0999-00 is nobody's."""

    def __init__(self, seed: int) -> None:
        self._rng = chance(seed, "agencies")
        self._last = 1000

    def next(self) -> str:
        self._last += 1
        return f"0999-00{self._last:05d}"

    def far(self) -> float:
        return self._rng.uniform(-900, 900)


def _station(country: Country, index: int, bureau: str, phones: _Phones) -> list[AgencyPlan]:
    town = country.towns[index]
    code = f"{words.COUNTY_CODE}{51 + index:02d}0000"
    short = town.name.removesuffix("镇").removesuffix("街道")
    station = AgencyPlan(
        code=code,
        name=f"{short}派出所",
        kind="station",
        parent=bureau,
        zone="town" if town.seat else "suburb",
        at=lonlat((town.at[0] + 35, town.at[1] + 25)),
        phone=phones.next(),
        equipment=_things(code, 3, ("response_car", "radio", "body_recorder", "shield", "first_aid", "extinguisher")),
        town=index,
    )
    rooms = _town_rooms(country, index, code, phones) if town.seat else []
    return [station, *rooms, *_village_rooms(country, index, code, len(rooms), phones)]


def _town_rooms(country: Country, town: int, station: str, phones: _Phones) -> list[AgencyPlan]:
    size = country.size
    mine = [i for i, s in enumerate(country.communities) if s.town == town]
    each = size.town_grids // size.town_rooms
    rooms = []
    for number, first in enumerate(range(0, len(mine), each), start=1):
        block = tuple(mine[first : first + each])
        middle = _middle([country.communities[i].at for i in block])
        home = country.communities[block[nearest(middle, [country.communities[i].at for i in block])]]
        code = f"{station[:8]}{number:04d}"
        rooms.append(
            AgencyPlan(
                code=code,
                name=f"{home.name.removesuffix('社区')}警务室",
                kind="town_room",
                parent=station,
                zone="town",
                at=lonlat(home.at),
                phone=phones.next(),
                services=SERVICES,
                equipment=_things(
                    code,
                    2,
                    ("response_car", "patrol_car", "motorcycle", "laptop", "printer", "radio", "body_recorder", "aed"),
                )
                + _things(code, 1, ("first_aid", "extinguisher", "shield")),
                settlements=block,
                town=town,
            )
        )
    return rooms


def _village_rooms(country: Country, town: int, station: str, before: int, phones: _Phones) -> list[AgencyPlan]:
    mine = [i for i, village in enumerate(country.villages) if village.town == town]
    if not mine:
        return []
    centres = _centres(country, mine, _share(country, town))
    offset = len(country.communities)
    rooms: list[AgencyPlan] = []
    codes = {}
    for number, i in enumerate(centres, start=before + 1):
        codes[i] = f"{station[:8]}{number:04d}"
        rooms.append(_central_room(country.villages[i], codes[i], station, offset + i, phones))
    for number, i in enumerate((i for i in mine if i not in codes), start=before + len(centres) + 1):
        village = country.villages[i]
        over = centres[nearest(village.at, [country.villages[c].at for c in centres])]
        code = f"{station[:8]}{number:04d}"
        rooms.append(
            AgencyPlan(
                code=code,
                name=f"{village.name}警务站",
                kind="village_room",
                parent=codes[over],
                zone=village.zone,
                at=lonlat(village.at),
                phone=phones.next(),
                hours="周一至周五 08:30-17:30",
                services=VILLAGE_SERVICES,
                equipment=_things(code, 1, ("radio", "first_aid", "extinguisher")),
                settlements=(offset + i,),
                town=town,
            )
        )
    return rooms


def _central_room(village: Settlement, code: str, station: str, settlement: int, phones: _Phones) -> AgencyPlan:
    return AgencyPlan(
        code=code,
        name=f"{village.name.removesuffix('村')}中心警务室",
        kind="central_room",
        parent=station,
        zone=village.zone,
        at=lonlat(village.at),
        phone=phones.next(),
        services=CENTRAL_SERVICES,
        equipment=_things(
            code, 1, ("response_car", "motorcycle", "laptop", "printer", "first_aid", "extinguisher", "life_buoy")
        )
        + _things(code, 3, ("radio", "body_recorder")),
        settlements=(settlement,),
        town=village.town,
    )


def _share(country: Country, town: int) -> int:
    """How many of the central rooms this town has: in proportion to its villages, at least one."""
    counts = [sum(village.town == t for village in country.villages) for t in range(len(country.towns))]
    places = country.size.central_rooms
    held = [1 if count else 0 for count in counts]
    quota = [count * places / max(1, len(country.villages)) for count in counts]
    while sum(held) < places:
        free = [t for t in range(len(counts)) if held[t] < counts[t]]
        held[max(free, key=lambda t: (quota[t] - held[t], -t))] += 1
    return held[town]


def _centres(country: Country, mine: list[int], count: int) -> list[int]:
    """The market town first, then each time the village farthest from all centres chosen so far."""
    at = {i: country.villages[i].at for i in mine}
    chosen = [max(mine, key=lambda i: (country.villages[i].market, country.villages[i].weight, -i))]
    while len(chosen) < count:
        rest = [i for i in mine if i not in chosen]
        chosen.append(max(rest, key=lambda i: (min(gap_m(at[i], at[c]) for c in chosen), -i)))
    return chosen


def _things(code: str, each: int, kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((kind, f"{code[6:]}-{kind}-{n}") for kind in kinds for n in range(1, each + 1))


def _middle(points: list[Point]) -> Point:
    return (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
