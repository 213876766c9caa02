"""Who works in the demo county, in which post, with which unit, and who is on duty when."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from linli.demo import words
from linli.demo.agencies import AgencyPlan
from linli.demo.grids import Grid
from linli.demo.plane import chance
from linli.demo.sizes import Size

SHANGHAI_AHEAD = timedelta(hours=8)
DAY_FROM_H, NIGHT_FROM_H = 8, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlan:
    """One invented person in one post. ``demo`` marks the account that the demo's sign-in page offers for the post."""

    staff_no: str
    name: str
    phone: str
    post: str
    agency: str
    skills: tuple[str, ...] = ()
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlan:
    """A responding unit; ``crew`` are staff numbers, ``equipment`` kinds it carries. It starts from its agency."""

    call_sign: str
    kind: str
    agency: str
    crew: tuple[str, ...]
    equipment: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPlan:
    """One duty, from ``begins_at`` to ``ends_at`` (UTC, end exclusive)."""

    agency: str
    staff_no: str
    duty: str
    begins_at: datetime
    ends_at: datetime


@dataclass(slots=True)
class Staff:
    """Everybody, the units, and the teams that take turns (by agency: the members of one team in order)."""

    people: list[PersonPlan] = field(default_factory=list)
    units: list[UnitPlan] = field(default_factory=list)
    leads: dict[str, list[str]] = field(default_factory=dict)
    teams: dict[str, list[str]] = field(default_factory=dict)


class _Hiring:
    """Takes people on one after the other."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._offered: set[str] = set()
        self.staff = Staff()

    def hire(self, post: str, agency: str, count: int = 1) -> list[str]:
        return [self._one(post, agency) for _ in range(count)]

    def _one(self, post: str, agency: str) -> str:
        number = f"{_LETTER[post]}{len(self.staff.people) + 1:05d}"
        self.staff.people.append(
            PersonPlan(
                staff_no=number,
                name=words.person_name(self._rng),
                phone=words.telephone(self._rng),
                post=post,
                agency=agency,
                skills=self._skills(post),
                demo=post not in self._offered,
            )
        )
        self._offered.add(post)
        return number

    def _skills(self, post: str) -> tuple[str, ...]:
        odds = _SKILL_ODDS if post in ("community_officer", "auxiliary", "assistant") else {}
        return tuple(skill for skill, odd in odds.items() if self._rng.random() < odd)


_SKILL_ODDS = {"first_aid": 0.55, "negotiator": 0.18, "female_officer": 0.22, "drone": 0.06}
_LETTER = {
    "call_taker": "J",
    "dispatcher": "J",
    "station_desk": "J",
    "station_chief": "J",
    "bureau_leader": "J",
    "tips_desk": "J",
    "community_officer": "J",
    "administrator": "J",
    "auditor": "J",
    "auxiliary": "F",
    "assistant": "Z",
    "information_officer": "X",
    "grid_worker": "W",
    "liaison_cadre": "B",
    "property_manager": "Y",
    "partner_officer": "P",
}
_CAR = ("body_recorder", "radio", "first_aid", "extinguisher", "shield")
_MOTORCYCLE = ("body_recorder", "radio", "first_aid")
_FOOT = ("body_recorder", "radio")


def hire_all(size: Size, agencies: list[AgencyPlan], social: list[Grid], seed: int) -> Staff:
    """All staff and units. Rooms come first, so that the demo's officer sits in the first town room."""
    hiring = _Hiring(chance(seed, "people"))
    rooms = [agency for agency in agencies if agency.kind in ("town_room", "central_room", "village_room")]
    for room in sorted(rooms, key=lambda room: ("town_room", "central_room", "village_room").index(room.kind)):
        _CREWS[room.kind](hiring, room)
    for station in (agency for agency in agencies if agency.kind == "station"):
        _station(hiring, station)
    _assistants(hiring, size, rooms)
    _bureau(hiring, agencies[0], size)
    _neighbours(hiring, rooms, social)
    for partner in (agency for agency in agencies if agency.kind == "partner"):
        hiring.hire("partner_officer", partner.code, 2)
    return hiring.staff


def _unit(hiring: _Hiring, agency: AgencyPlan, kind: str, crew: Iterable[str]) -> None:
    things = {"car": _CAR, "motorcycle": _MOTORCYCLE, "foot": _FOOT}[kind]
    if kind == "car" and agency.kind == "town_room":
        things = (*things, "aed")
    if agency.kind == "central_room":
        things = (*things, "life_buoy")
    number = sum(unit.agency == agency.code for unit in hiring.staff.units) + 1
    short = agency.name.removesuffix("派出所").removesuffix("警务室").removesuffix("警务站").removesuffix("中心")
    hiring.staff.units.append(
        UnitPlan(
            call_sign=f"{short}{ {'car': '车', 'motorcycle': '摩', 'foot': '巡'}[kind] }{number:02d}",
            kind=kind,
            agency=agency.code,
            crew=tuple(crew),
            equipment=things,
        )
    )


def _town_room(hiring: _Hiring, room: AgencyPlan) -> None:
    """An officer and two auxiliaries a grid (1+1+2+N+N); two cars, two motorcycles, one patrol on foot."""
    officers = hiring.hire("community_officer", room.code, max(3, len(room.settlements)))
    helpers = hiring.hire("auxiliary", room.code, max(5, 2 * len(room.settlements)))
    _unit(hiring, room, "car", (officers[0], helpers[0]))
    _unit(hiring, room, "car", (officers[1], helpers[1]))
    _unit(hiring, room, "motorcycle", (officers[2], helpers[2]))
    _unit(hiring, room, "foot", helpers[-2:])
    hiring.staff.leads[room.code], hiring.staff.teams[room.code] = officers, helpers


def _central_room(hiring: _Hiring, room: AgencyPlan) -> None:
    officers = hiring.hire("community_officer", room.code, 2)
    helpers = hiring.hire("auxiliary", room.code, 3)
    _unit(hiring, room, "car", (officers[0], helpers[0]))
    _unit(hiring, room, "motorcycle", (officers[1], helpers[1]))
    hiring.staff.leads[room.code], hiring.staff.teams[room.code] = officers, helpers


def _village_room(hiring: _Hiring, room: AgencyPlan) -> None:
    hiring.hire("information_officer", room.code)


_CREWS = {"town_room": _town_room, "central_room": _central_room, "village_room": _village_room}


def _station(hiring: _Hiring, station: AgencyPlan) -> None:
    """Chief, desk round the clock, and the station's own patrol: officers who are not tied to a room."""
    hiring.hire("station_chief", station.code)
    desk = hiring.hire("station_desk", station.code, 4)
    officers = hiring.hire("community_officer", station.code, 6)
    helpers = hiring.hire("auxiliary", station.code, 4)
    for n in range(3):
        _unit(hiring, station, "car", (officers[2 * n], officers[2 * n + 1], helpers[n]))
    hiring.staff.leads[station.code], hiring.staff.teams[station.code] = desk, officers + helpers


def _assistants(hiring: _Hiring, size: Size, rooms: list[AgencyPlan]) -> None:
    """One assistant at each central room, the rest where most villages are led; each with a motorcycle."""
    central = [room for room in rooms if room.kind == "central_room"]
    led = {room.code: sum(other.parent == room.code for other in rooms) for room in central}
    places = (central + sorted(central, key=lambda room: -led[room.code]))[: size.assistants]
    for room in places:
        _unit(hiring, room, "motorcycle", hiring.hire("assistant", room.code))
    for room in central:
        hiring.hire("information_officer", room.code)


def _bureau(hiring: _Hiring, bureau: AgencyPlan, size: Size) -> None:
    takers = hiring.hire("call_taker", bureau.code, max(4, 2 * size.seat_stations * 2))
    dispatchers = hiring.hire("dispatcher", bureau.code, max(4, 2 * size.seat_stations))
    hiring.hire("bureau_leader", bureau.code, 3)
    hiring.hire("administrator", bureau.code, 2)
    hiring.hire("auditor", bureau.code)
    hiring.staff.leads[bureau.code], hiring.staff.teams[bureau.code] = dispatchers, takers


def _neighbours(hiring: _Hiring, rooms: list[AgencyPlan], social: list[Grid]) -> None:
    """A grid worker for each social grid, at the room that answers; a liaison cadre for each community."""
    room_of = {settlement: room for room in rooms for settlement in room.settlements}
    for grid in social:
        hiring.hire("grid_worker", room_of[grid.settlement].code)
    for room in rooms:
        if room.kind != "village_room":
            hiring.hire("liaison_cadre", room.code, len(room.settlements))
        if room.kind == "town_room":
            hiring.hire("property_manager", room.code)


def roster(staff: Staff, agencies: list[AgencyPlan], first_day: datetime, days: int) -> Iterator[ShiftPlan]:
    """Shifts of twelve hours round the clock for ``days`` days from ``first_day`` (midnight in Shanghai, given as UTC).

    Night shifts run over midnight. A central room's officers lead by day on weekdays; at other times one
    of them stands by at the room, so its telephone is answered at any hour.
    """
    for agency in agencies:
        if agency.code not in staff.leads:
            continue
        leads, team = staff.leads[agency.code], staff.teams[agency.code]
        at_once = 1 if agency.kind == "central_room" else 2
        for day in range(days):
            morning = first_day + timedelta(days=day, hours=DAY_FROM_H)
            for half in (0, 1):
                begins = morning + timedelta(hours=12 * half)
                turn = 2 * day + half
                lead = leads[turn % len(leads)]
                standby = agency.kind == "central_room" and (half == 1 or (begins + SHANGHAI_AHEAD).weekday() >= 5)
                yield _shift(agency, lead, "standby" if standby else "lead", begins)
                for k in range(at_once):
                    yield _shift(agency, team[(turn * at_once + k) % len(team)], "member", begins)


def _shift(agency: AgencyPlan, staff_no: str, duty: str, begins: datetime) -> ShiftPlan:
    return ShiftPlan(
        agency=agency.code,
        staff_no=staff_no,
        duty=duty,
        begins_at=begins.astimezone(UTC),
        ends_at=(begins + timedelta(hours=12)).astimezone(UTC),
    )
