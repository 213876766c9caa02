"""The cast: one small county with invented people, made through acts. Functions with defaults, no factory framework."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from shapely.geometry import box

from linli.kernel import clock
from linli.kernel.geo import box_of, to_wkb
from linli.kernel.scope import Actor, system
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import load_categories, take_call
from linli.operations.units.acts import Fix, crew_unit, form_unit, set_availability, take_positions
from linli.operations.units.models import Unit
from linli.org.agencies.acts import open_agency
from linli.org.agencies.models import Agency
from linli.org.people.acts import take_on_person
from linli.org.people.models import Person
from linli.org.posts.acts import give_post
from linli.org.posts.queries import person_actor
from linli.org.rooms.acts import Thing, answer_for_grid, open_room
from linli.places.grid.models import Grid
from linli.places.roads.models import Roads
from linli.places.roads.queries import roads_folder
from linli.places.roads.rules.build import build
from linli.places.roads.rules.network import RoadNetwork, save
from linli.places.roads.rules.parse_tables import parse_tables

SETUP = system("setup")
SINCE = date(2020, 1, 1)
WEST, SOUTH = 119.80, 29.40
STEP = 0.02
"""Grids are squares of 0.02 degrees, about 2 km; room number n answers for the n-th from west to east."""

CATEGORIES: list[dict[str, Any]] = [
    {"code": "10", "parent": "", "zh": "刑事警情", "en": "crime", "priority": 2, "taken_by": "station"},
    {
        "code": "1010",
        "parent": "10",
        "zh": "命案",
        "en": "killing",
        "priority": 1,
        "taken_by": "station",
        "words": ["杀人"],
    },
    {"code": "1040", "parent": "10", "zh": "盗窃", "en": "theft", "priority": 3, "words": ["被偷"]},
    {
        "code": "1060",
        "parent": "10",
        "zh": "抢夺",
        "en": "snatching",
        "priority": 1,
        "automatic": True,
        "words": ["抢包"],
    },
    {"code": "50", "parent": "", "zh": "群众求助", "en": "help", "priority": 3},
    {
        "code": "5010",
        "parent": "50",
        "zh": "突发疾病",
        "en": "illness",
        "priority": 1,
        "ask_along": ["120"],
        "words": ["晕倒"],
    },
    {"code": "5020", "parent": "50", "zh": "走失", "en": "missing person", "priority": 2, "words": ["走失"]},
    {"code": "9990", "parent": "99", "zh": "无法归类", "en": "cannot be placed", "priority": 3},
]


@dataclass
class Town:
    """What a test needs to name: agencies, people as actors, units."""

    bureau: Agency
    station: Agency
    rooms: list[Agency]
    partner: Agency
    people: dict[str, Person] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)

    def actor(self, name: str, door: str = "api") -> Actor:
        return person_actor(self.people[name], door=door)

    def spot(self, room: int = 0, dx: float = 0.5, dy: float = 0.5) -> tuple[float, float]:
        """A point in the grid of a room: ``dx``, ``dy`` from its west and south edge, 0 to 1."""
        return (WEST + STEP * (room + dx), SOUTH + STEP * dy)


def build_town(rooms: int = 3) -> Town:
    """Bureau, one station, some rooms with a grid and a car each, and one person per post."""
    load_categories(SETUP, rows=CATEGORIES, digest="town")
    lay_roads()
    bureau = open_agency(SETUP, code="B", name="临溪县公安局", kind="bureau", parent=None)
    station = open_agency(
        SETUP, code="S1", name="溪东派出所", kind="station", parent=bureau, lon=WEST + 0.01, lat=SOUTH + 0.01
    )
    partner = open_agency(SETUP, code="P120", name="县急救中心", kind="partner", parent=bureau, partner_service="120")
    made = [_room(station, n) for n in range(rooms)]
    town = Town(bureau, station, made, partner)
    for post, agency in {
        "call_taker": bureau,
        "dispatcher": bureau,
        "bureau_leader": bureau,
        "administrator": bureau,
        "auditor": bureau,
        "station_desk": station,
        "station_chief": station,
        "partner_officer": partner,
        "community_officer": made[0],
        "auxiliary": made[0],
        "grid_worker": made[0],
    }.items():
        town.people[post] = person(post, agency)
    town.people["other_officer"] = person(
        "community_officer", made[-1] if rooms == 1 else made[1], staff_no="other_officer"
    )
    for n, room in enumerate(made):
        town.units.append(unit(room, f"警{n + 1}01", [town.people["community_officer"]] if n == 0 else []))
    if rooms > 1:
        crew_unit(SETUP, unit=town.units[1], people=[town.people["other_officer"]])
    town.units.append(unit(station, "所001", [], dx=0.2))
    return town


def lay_roads() -> Roads:
    """A net of streets every 0.0025 degrees over all grids and a little beyond, 12.5 m/s, both ways."""
    network = town_streets()
    sha256, _ = save(network, roads_folder())
    return Roads.objects.create(
        name="town", sha256=sha256, nodes=network.nodes, edges=network.edges, active=True, imported_at=clock.now()
    )


@cache
def town_streets() -> RoadNetwork:
    """The net of streets, built once a run."""
    across, up, gap = 34, 10, 0.0025
    name = {(x, y): x * 100 + y for x in range(-1, across) for y in range(-1, up)}
    nodes = ["node_id,lat,lon", *(f"{key + 1000},{SOUTH + y * gap},{WEST + x * gap}" for (x, y), key in name.items())]
    edges = ["from_node,to_node,length_m,speed_limit_mps"]
    for (x, y), key in name.items():
        for other, metres in (((x + 1, y), 242), ((x, y + 1), 278)):
            if other in name:
                edges += [
                    f"{key + 1000},{name[other] + 1000},{metres},12.5",
                    f"{name[other] + 1000},{key + 1000},{metres},12.5",
                ]
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "nodes.csv", Path(folder) / "edges.csv"
        paths[0].write_text("\n".join(nodes))
        paths[1].write_text("\n".join(edges))
        return build(parse_tables(*paths))


def _room(station: Agency, n: int) -> Agency:
    square = box(WEST + STEP * n, SOUTH, WEST + STEP * (n + 1), SOUTH + STEP)
    grid = Grid(code=f"G{n + 1}", name=f"第{n + 1}警格", kind="police", valid_from=SINCE)
    grid.shape_wkb = to_wkb(square)
    grid.west, grid.south, grid.east, grid.north = box_of(square)
    grid.save(force_insert=True)
    room = open_room(
        SETUP,
        code=f"R{n + 1}",
        name=f"第{n + 1}警务室",
        kind="village_room",
        parent=station,
        lon=WEST + STEP * (n + 0.5),
        lat=SOUTH + STEP * 0.5,
        phone=f"0000-10{n}",
        services=["开具证明", "调解"],
        equipment=[Thing("response_car", f"车{n}"), Thing("body_recorder", f"仪{n}")],
    )
    answer_for_grid(SETUP, grid=grid, agency=room, since=SINCE)
    return room


def person(post: str, agency: Agency, *, staff_no: str = "") -> Person:
    """One invented person with a post."""
    who = take_on_person(
        SETUP,
        staff_no=staff_no or post,
        name=f"演{staff_no or post}",
        phone="13900000000",
        wecom_id=f"w-{staff_no or post}",
    )
    give_post(SETUP, person=who, agency=agency, code=post, since=SINCE)
    return who


def unit(agency: Agency, call_sign: str, people: list[Person], *, dx: float = 0.0) -> Unit:
    """A car that stands at its agency, available, seen just now."""
    made = form_unit(SETUP, agency=agency, call_sign=call_sign)
    if people:
        crew_unit(SETUP, unit=made, people=people)
    set_availability(SETUP, unit=made, availability="available")
    report(made, (agency.lon or WEST) + dx * STEP, agency.lat or SOUTH)
    made.refresh_from_db()
    return made


def report(made: Unit, lon: float, lat: float, *, at: datetime | None = None, accuracy_m: float = 10.0) -> None:
    """One position report."""
    made.refresh_from_db()
    take_positions([Fix(made, lon, lat, at or clock.now(), accuracy_m)])


def call(actor: Actor, town: Town, *, room: int = 0, category: str = "5020", **more: Any) -> Matter:
    """A 110 call in the middle of a room's grid."""
    lon, lat = town.spot(room)
    sent = {
        "category": category,
        "narrative": "老人走失",
        "lon": lon,
        "lat": lat,
        "caller": {"name": "甲某", "phone": "13900001111"},
    }
    return take_call(actor, sent={**sent, **more})
