"""Categories, agencies, rooms, people, posts, accounts, units and the roster, through their acts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction

from linli.demo.agencies import AgencyPlan
from linli.demo.county import County
from linli.demo.staff import PersonPlan
from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor
from linli.matters.routing.acts import load_categories
from linli.matters.routing.queries import standard_rows
from linli.operations.units.acts import crew_unit, form_unit
from linli.operations.units.models import Unit
from linli.org.agencies.acts import open_agency
from linli.org.agencies.models import Agency
from linli.org.people.acts import open_account, take_on_person
from linli.org.people.models import Person
from linli.org.posts.acts import give_post
from linli.org.rooms.acts import Thing, add_equipment, answer_for_grid, open_room
from linli.org.roster.models import Shift
from linli.places.grid.models import Grid

ROOM_KINDS = ("town_room", "central_room", "village_room")
STEP = 40
"""Acts in one transaction: each act is recorded for itself, the disk is asked once a step."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows:
    """What was made, by code, staff number and call sign."""

    agencies: dict[str, Agency]
    people: dict[str, Person]
    units: dict[str, Unit]


def load_organisation(actor: Actor, county: County) -> Rows:
    """Make everything that stands under the bureau."""
    _categories(actor)
    agencies = _agencies(actor, county)
    people = _people(actor, county, agencies)
    _responsibilities(actor, county, agencies, people)
    units = _units(actor, county, agencies, people)
    return Rows(agencies, people, units)


def in_steps(items: Iterable[T], run: Callable[[T], None], size: int = STEP) -> None:
    """Run over the items in transactions of ``size``."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        with transaction.atomic():
            for item in batch:
                run(item)


def _categories(actor: Actor) -> None:
    rows, digest = standard_rows()
    load_categories(actor, rows=rows, digest=digest)


def _agencies(actor: Actor, county: County) -> dict[str, Agency]:
    made: dict[str, Agency] = {}
    grids = {grid.code: grid for grid in Grid.objects.filter(kind="police", active=True)}

    def make(plan: AgencyPlan) -> None:
        parent = made.get(plan.parent)
        if plan.kind in ROOM_KINDS and parent is not None:
            mine = [grids[county.police_grids[s].code] for s in plan.settlements]
            made[plan.code] = _room(actor, plan, parent, mine)
            return
        made[plan.code] = open_agency(
            actor,
            code=plan.code,
            name=plan.name,
            kind=plan.kind,
            parent=parent,
            zone=plan.zone,
            lon=plan.at[0],
            lat=plan.at[1],
            phone=plan.phone,
            partner_service=plan.service,
        )
        for kind, serial in plan.equipment:
            add_equipment(actor, room=made[plan.code], kind=kind, serial=serial)

    in_steps(county.agencies, make, 5)
    return made


def _room(actor: Actor, plan: AgencyPlan, parent: Agency, grids: list[Grid]) -> Agency:
    # Things are looked at once a year; the dates are spread over it, so that a few are due in every month.
    today = clock.shanghai(clock.now()).date()
    return open_room(
        actor,
        code=plan.code,
        name=plan.name,
        kind=plan.kind,
        parent=parent,
        zone=plan.zone,
        lon=plan.at[0],
        lat=plan.at[1],
        phone=plan.phone,
        hours=plan.hours,
        services=list(plan.services),
        equipment=[
            Thing(kind, serial, today + timedelta(days=365 + (n * 37) % 300))
            for n, (kind, serial) in enumerate(plan.equipment)
        ],
        grids=grids,
    )


def _people(actor: Actor, county: County, agencies: dict[str, Agency]) -> dict[str, Person]:
    made: dict[str, Person] = {}
    since = clock.shanghai(clock.now()).date()
    crew = {unit.crew[0] for unit in county.staff.units}

    def make(plan: PersonPlan) -> None:
        person = take_on_person(
            actor, staff_no=plan.staff_no, name=plan.name, phone=plan.phone, skills=list(plan.skills)
        )
        give_post(actor, person=person, agency=agencies[plan.agency], code=plan.post, since=since)
        made[plan.staff_no] = person
        if plan.demo:
            open_account(actor, username=f"demo-{plan.post}", person=person)
        elif plan.staff_no in crew:
            open_account(actor, username=plan.staff_no, person=person)

    in_steps(county.staff.people, make)
    open_account(actor, username="demo-110", machine="110")
    return made


def _responsibilities(actor: Actor, county: County, agencies: dict[str, Agency], people: dict[str, Person]) -> None:
    """Name the officer of each grid: a town room's officers have one each, a village's is its central room's."""
    grids = {grid.code: grid for grid in Grid.objects.filter(kind="police", active=True)}

    def name(plan: AgencyPlan) -> None:
        officers = county.staff.leads[county.force.goes_for[plan.code].code]
        for n, settlement in enumerate(plan.settlements):
            grid = grids[county.police_grids[settlement].code]
            answer_for_grid(actor, grid=grid, agency=agencies[plan.code], officer=people[officers[n % len(officers)]])

    in_steps((plan for plan in county.agencies if plan.kind in ROOM_KINDS), name)


def _units(actor: Actor, county: County, agencies: dict[str, Agency], people: dict[str, Person]) -> dict[str, Unit]:
    made: dict[str, Unit] = {}

    def make(index: int) -> None:
        plan = county.staff.units[index]
        unit = form_unit(
            actor,
            agency=agencies[plan.agency],
            call_sign=plan.call_sign,
            kind=plan.kind,
            equipment=list(plan.equipment),
        )
        made[plan.call_sign] = crew_unit(actor, unit=unit, people=[people[number] for number in plan.crew])

    in_steps(range(len(county.staff.units)), make)
    return made


@dataclass(frozen=True, slots=True)
class Bulk:
    """The subject of a bulk entry in the trail."""

    pk: str
    kind: str


@act("demo.load", zh="装入演示数据", en="load demo data", keeps=("what", "rows", "digest"))
def note_bulk(actor: Actor, *, what: str, rows: int, digest: str) -> Bulk:
    """Record rows that are written in bulk: how many, and the SHA-256 over them."""
    return Bulk(digest[:32], what)


def plan_roster(actor: Actor, county: County, rows: Rows, first_day: date, days: int) -> int:
    """Put the roster of some days into the database in bulk, with one entry in the trail. Returns how many shifts."""
    midnight = datetime.combine(first_day, datetime.min.time(), tzinfo=clock.SHANGHAI)
    shifts = [
        Shift(
            agency=rows.agencies[plan.agency],
            person=rows.people[plan.staff_no],
            duty=plan.duty,
            begins_at=plan.begins_at,
            ends_at=plan.ends_at,
        )
        for plan in county.shifts(midnight, days)
    ]
    written = json.dumps([[str(s.person_id), s.begins_at.isoformat()] for s in shifts]).encode()
    note_bulk(actor, what="roster", rows=len(shifts), digest=hashlib.sha256(written).hexdigest())
    for start in range(0, len(shifts), 400):
        Shift.objects.bulk_create(shifts[start : start + 400])
    return len(shifts)
