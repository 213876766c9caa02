"""A county's ledger of a million matters, made quickly and believably: for benchmarks only.

Rows go in by COPY or one prepared statement with the secondary indexes away, the list of reach by one SELECT, the word
index at the end in one go. Kept under LINLI_BENCH_CACHE (default ``/var/tmp/linli-bench``), so that a second run
begins at once.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import uuid
from collections import deque
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from django.db import connection, transaction

from benchmarks.bulk import Bare, list_all, load, settle
from linli.demo import words
from linli.kernel import clock
from linli.kernel.crypto import blind_index, seal
from linli.kernel.ids import new_id
from linli.kernel.scope import system
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import Kind
from linli.matters.ledger.models import Listing, Matter
from linli.matters.parties.models import PHONE_CONTEXT, Party
from linli.matters.routing.models import Category
from linli.matters.search.models import Words
from linli.matters.search.rules.grams import name_grams, number_grams, text_grams
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.places.grid.models import Grid
from linli.works.tables.acts import run_import

MAKER = system("bench")
YEARS = 3
SINCE = date(2020, 1, 1)
CHUNK = 20_000
STATIONS, ROOMS = 16, 11
WEST, SOUTH, CELL = 119.6, 29.2, 0.045
KIND_SHARES = {
    "incident": 0.70,
    "community_info": 0.08,
    "dispute": 0.07,
    "hazard": 0.06,
    "tip": 0.04,
    "help_request": 0.03,
    "task": 0.02,
}
NUMBERS = 150_000
"""Telephone numbers in the county: many call once, some again and again."""
WHO = ("一名男子", "两名学生", "隔壁邻居", "租客", "店主", "老人", "路过的司机", "外卖员", "村民", "小孩")
WHERE = ("在楼道里", "在村口", "在店门前", "在河边", "在停车场", "在集市上", "在院子里", "在公交站")
DEEDS = (
    "因停车争吵", "电动车被偷", "喝醉酒闹事", "走失找不到家", "摔倒起不来", "被狗咬伤", "接到诈骗电话", "噪音扰民",
    "发生口角推搡", "钱包丢失", "水管爆裂", "堆放杂物堵住通道", "燃放鞭炮", "车辆剐蹭", "讨要工钱", "怀疑家中进贼",
)  # fmt: skip
AND = ("请派人来看看。", "对方还没走。", "现场有人围观。", "没有人受伤。", "情绪比较激动。", "需要帮助。", "已经劝开。")
TITLES = {
    "community_info": ("出租房新租客", "工地新来务工人员", "集市新增摊位"),
    "dispute": ("邻里围墙纠纷", "楼上漏水纠纷", "地界纠纷", "工钱纠纷", "采光纠纷"),
    "hazard": ("井盖松动", "路灯不亮", "楼道停放电动车", "水塘无护栏"),
    "tip": ("空房内有人聚赌", "有人兜售低价电瓶"),
    "help_request": ("独居老人需要送药", "行动不便需要上门办证"),
    "task": ("走访重点场所", "核对门牌", "张贴防诈骗海报"),
}
TEXT_FIELD = {"incident": "narrative", "dispute": "cause", "help_request": "need"}


@dataclass(slots=True)
class County:
    """The organisation that the matters lie in."""

    rooms: list[Agency]
    officers: dict[uuid.UUID, uuid.UUID]
    grids: dict[uuid.UUID, uuid.UUID]
    places: dict[uuid.UUID, list[str]]
    spots: dict[uuid.UUID, tuple[float, float]]
    people: dict[str, Person] = field(default_factory=dict)


def fill(n: int = 1_000_000, seed: int = 1) -> County:
    """Put ``n`` matters into the configured database. Without agencies there an organisation of 16 stations and 176
    rooms is made first; the county's people are ``dispatcher``, ``station_chief`` and ``community_officer``.
    """
    county = organised(seed)
    with Bare(Matter, Listing, Words, Party):
        _matters(county, n, seed)
        list_all()
    settle(n)
    return county


def organised(seed: int = 1) -> County:
    """Agencies, grids and officers, made when there are none."""
    if not Agency.objects.exists():
        _organise()
    rooms = list(Agency.objects.filter(kind__in=Agency.ROOM_KINDS).select_related("parent").order_by("code"))
    held = Post.objects.filter(code="community_officer").values_list("agency_id", "person_id")
    grids = list(
        Grid.objects.filter(kind="police").order_by("code").values_list("pk", "west", "south", "east", "north")
    )
    chance = random.Random(seed)
    county = County(rooms, dict(held), {}, {}, {})
    for at, room in enumerate(rooms):
        grid, west, south, east, north = grids[at % len(grids)]
        county.grids[room.pk] = grid
        county.spots[room.pk] = ((west + east) / 2, (south + north) / 2)
        county.places[room.pk] = _addresses(chance)
    for code in ("dispatcher", "station_chief", "community_officer"):
        post = Post.objects.filter(code=code).select_related("person").order_by("agency__path").first()
        if post:
            county.people[code] = post.person
    return county


def _organise() -> None:
    """One bureau, stations and rooms; a grid and an officer for each room."""
    table = resources.files("linli.matters") / "data" / "categories.csv"
    with resources.as_file(table) as path:
        run_import(MAKER, kind="categories", path=path)
    bureau = Agency(code="B1", name="临溪县公安局", kind="bureau", path="/B1/", opened_on=SINCE)
    agencies: list[Agency] = [bureau]
    grids: list[Grid] = []
    people: list[Person] = []
    posts: list[Post] = []

    def staff(agency: Agency, code: str, number: str) -> None:
        name = words.SURNAMES[len(people) % len(words.SURNAMES)] + words.GIVEN_SECOND[len(people) % 50]
        person = Person(staff_no=number, name=name)
        people.append(person)
        posts.append(Post(person=person, agency=agency, code=code, since=SINCE))

    staff(bureau, "dispatcher", "D1")
    for s in range(STATIONS):
        name = words.TOWN_FIRST[s] + words.TOWN_SECOND[s]
        station = Agency(code=f"S{s:02}", name=f"{name}派出所", kind="station", parent=bureau, path=f"/B1/S{s:02}/")
        agencies.append(station)
        staff(station, "station_chief", f"C{s:02}")
        for r in range(ROOMS):
            code = f"S{s:02}R{r:02}"
            made = Agency(
                code=code,
                name=f"{name}第{r + 1}警务室",
                kind="village_room",
                parent=station,
                path=f"/B1/S{s:02}/{code}/",
            )
            agencies.append(made)
            staff(made, "community_officer", f"O{code}")
            grids.append(_cell(code, f"{name}第{r + 1}警格", WEST + CELL * s, SOUTH + CELL * r))
    with transaction.atomic():
        for agency in agencies:
            agency.save(force_insert=True)
        Grid.objects.bulk_create(grids)
        Person.objects.bulk_create(people)
        Post.objects.bulk_create(posts)


def _cell(code: str, name: str, west: float, south: float) -> Grid:
    return Grid(
        code=f"G{code}", name=name, kind="police", shape_wkb=b"", west=west, south=south, east=west + CELL,
        north=south + CELL, valid_from=SINCE,
    )  # fmt: skip


def _addresses(chance: random.Random) -> list[str]:
    """Houses of two villages and two roads, as they are written."""
    made = []
    for _ in range(2):
        village = (
            chance.choice(words.VILLAGE_FIRST) + chance.choice(words.VILLAGE_MIDDLE) + chance.choice(words.VILLAGE_LAST)
        )
        made += [f"{village}{chance.randrange(1, 9)}组{chance.randrange(1, 180)}号" for _ in range(60)]
    for road in chance.sample(words.STREETS_EAST + words.STREETS_NORTH, 2):
        made += [f"{road}{chance.randrange(1, 400)}号" for _ in range(60)]
    return made


def _moments(n: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Seconds of ``n`` calls over three years, ascending, more by evening than at four in the morning."""
    now = int(clock.now().timestamp())
    days = rng.integers(1, YEARS * 365, n)
    hours = np.clip(rng.normal(15, 5, n), 0, 23.99)
    found = now - days * 86_400 + (hours * 3600).astype(np.int64) - 54_000 + rng.integers(0, 60, n)
    return np.sort(np.minimum(found, now - 60))


MATTER = (
    "id", "number", "line", "external_source", "external_number", "kind", "state", "version", "title", "details",
    "category_initial", "category", "priority_initial", "priority", "agency_id", "station_id", "handled_by_id",
    "grid_id", "assignee_id", "opened_by", "source", "lon", "lat", "address", "address_id", "placed_by", "warnings",
    "received_at", "opened_at", "due_at", "late_since", "closed_at", "touched_at",
)  # fmt: skip
PARTY = ("id", "matter_id", "part", "name_sealed", "phone_sealed", "phone_index")


def _matters(county: County, n: int, seed: int) -> None:
    """Chunks are made by processes beside this one, which only hands them to the database."""
    rng = np.random.default_rng(seed)
    listed = [one for one in Category.objects.filter(active=True) if len(one.code) == 4]
    weights = np.array([1.0 / (1 + at % 17) for at in range(len(listed))])
    maker = Maker(county, listed)
    drawn = Drawn(
        _moments(n, rng).tolist(),
        rng.choice(list(KIND_SHARES), n, p=list(KIND_SHARES.values())).tolist(),
        rng.choice(len(county.rooms), n).tolist(),
        rng.choice(len(listed), n, p=weights / weights.sum()).tolist(),
        (NUMBERS * rng.beta(1, 3, n)).astype(int).tolist(),
        rng.normal(0, 0.011, (n, 2)).tolist(),
    )
    connection.close()  # a forked process must not hold our line to the database
    starts = range(0, n, CHUNK)
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork"), _begin, (maker, drawn, seed)) as pool:
        waiting = deque(pool.submit(_chunk, start, min(start + CHUNK, n)) for start in starts[:4])
        wait(waiting)  # every process stands before the line is opened again
        for start in [*starts[4:], *([None] * len(waiting))]:
            matters, grams, parties = waiting.popleft().result()
            if start is not None:
                waiting.append(pool.submit(_chunk, start, min(start + CHUNK, n)))
            with transaction.atomic():
                load("matters_matter", MATTER, matters)
                load("matters_words", ("line", "grams"), grams)
                load("matters_party", PARTY, parties)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chance decided for each matter."""

    seconds: list[int]
    kinds: list[str]
    rooms: list[int]
    categories: list[int]
    phones: list[int]
    shifts: list[list[float]]


_beside: list[Any] = []


def _begin(maker: Maker, drawn: Drawn, seed: int) -> None:
    _beside[:] = [maker, drawn, seed]


def _chunk(start: int, end: int) -> tuple[list[Any], list[Any], list[Any]]:
    maker, drawn, seed = _beside
    maker.chance = random.Random(seed * 1_000_003 + start)
    matters, grams, parties = [], [], []
    for at in range(start, end):
        room = maker.county.rooms[drawn.rooms[at]]
        row, held = maker.one(
            room, drawn.kinds[at], maker.listed[drawn.categories[at]], drawn.seconds[at], at + 1, drawn.shifts[at]
        )
        matters.append(row)
        grams.append((row[2], held))
        if drawn.phones[at] % 7:
            parties.append(maker.party(row[0], drawn.phones[at]))
    return matters, grams, parties


class Maker:
    """Rows as the driver takes them: on SQLite keys are hex and moments text, on PostgreSQL they stay what they are."""

    def __init__(self, county: County, listed: list[Category]) -> None:
        self.county, self.listed = county, listed
        self.chance = random.Random()
        self.postgres = connection.vendor == "postgresql"
        self.now_s = clock.now().timestamp()
        self.grids = {room: self._key(grid) for room, grid in county.grids.items()}
        self.officers = {room: self._key(person) for room, person in county.officers.items()}
        self.keys = {room.pk: (self._key(room.pk), self._key(room.parent_id)) for room in county.rooms}
        self.maker = self._key(MAKER.id)
        self.states = {code: [state.name for state in kind.workflow.states] for code, kind in KINDS.items()}

    def _key(self, key: Any) -> Any:
        return key if self.postgres else key.hex

    def _at(self, second: float) -> Any:
        at = datetime.fromtimestamp(second, tz=UTC)
        return at if self.postgres else at.strftime("%Y-%m-%d %H:%M:%S")

    def one(
        self, room: Agency, kind: str, listed: Category, second: int, running: int, shift: list[float]
    ) -> tuple[list[Any], Any]:
        """One matter in the order of MATTER, and its words."""
        pick, share = self.chance.choice, self.chance.random
        number, line = self._numbered(KINDS[kind], second, running)
        incident = kind == "incident"
        title = listed.zh if incident else pick(TITLES[kind])
        text = pick(WHO) + pick(WHERE) + pick(DEEDS) + "，" + pick(AND)
        address = pick(self.county.places[room.pk])
        ended = self.now_s - second > 86_400 * (3 + self.chance.expovariate(0.2))
        state = ("void" if incident and share() < 0.03 else "closed") if ended else pick(self.states[kind][:3])
        agency, station = self.keys[room.pk]
        officer = self.officers.get(room.pk, self.maker)
        category, priority = (listed.code, listed.priority) if incident else ("", None)
        due_h, at = KINDS[kind].due_after_h, self._at(second)
        lon, lat = self.county.spots[room.pk]
        row = [
            self._key(new_id()), number, line, "", "", kind, state, 3, title, _details(kind, text, second % 4),
            category, category, priority, priority, agency, station, agency if incident and ended else None,
            self.grids[room.pk], None if incident or state == "open" else officer, self.maker if incident else officer,
            "110" if incident else "desk", lon + shift[0], lat + shift[1], address, None, "sent",
            "[]" if share() > 0.02 else DOUBT, at, at, self._at(second + due_h * 3600) if due_h else None,
            self._at(second + 300) if share() < 0.04 else None,
            self._at(second + self.chance.uniform(1800, 200_000)) if ended else None, at,
        ]  # fmt: skip
        grams = _grams(number, title, address, text if incident else "")
        return row, grams if self.postgres else " ".join(grams)

    def _numbered(self, kind: Kind, second: int, running: int) -> tuple[str, int]:
        return f"{kind.prefix}{_day((second + 28_800) // 86_400)}-{running:06d}", second << 24 | running % (1 << 24)

    def party(self, matter: Any, number: int) -> tuple[Any, ...]:
        """The caller, sealed as in the field."""
        key, phone = new_id(), f"139{number:08d}"
        name = self.chance.choice(words.SURNAMES) + self.chance.choice(words.GIVEN_FIRST)
        sealed = seal(name, context=f"matters.party.name.{key}"), seal(phone, context=f"matters.party.phone.{key}")
        return (self._key(key), matter, "caller", *sealed, _index(phone))


DOUBT = '[{"code": "call.address_uncertain"}]'


@cache
def _day(day: int) -> str:
    return f"{date(1970, 1, 1) + timedelta(days=day):%Y%m%d}"


@cache
def _details(kind: str, text: str, colour: int) -> str:
    details = {TEXT_FIELD.get(kind, "what"): text}
    if kind == "dispute":
        details["colour"] = ("blue", "blue", "yellow", "red")[colour]
    return json.dumps(details, ensure_ascii=False)


def _grams(number: str, title: str, address: str, text: str) -> list[str]:
    found = number_grams(number) | _of_name(title) | _of_name(address)
    return list(found | _of_text(text) if text else found)


@cache
def _of_name(text: str) -> frozenset[str]:
    return name_grams(text)


@cache
def _of_text(text: str) -> frozenset[str]:
    return frozenset(text_grams(text))


@cache
def _index(phone: str) -> str:
    return blind_index(phone, context=PHONE_CONTEXT)
