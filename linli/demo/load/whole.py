"""The whole load, in the order in which a real county would come in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from linli.demo.county import WEEK_DAYS, YEAR_DAYS, County, grow
from linli.demo.incidents import PastIncident
from linli.demo.load.door import load_door
from linli.demo.load.line import load_line
from linli.demo.load.mediation import load_mediation
from linli.demo.load.named import name_lists
from linli.demo.load.open_now import load_open
from linli.demo.load.organisation import Rows, load_organisation, note_bulk, plan_roster
from linli.demo.load.outcomes import load_outcomes
from linli.demo.load.past import load_year
from linli.demo.load.phones import load_phones
from linli.demo.load.places import load_places, load_roads
from linli.demo.load.population import load_population
from linli.demo.load.registers import load_registers
from linli.demo.load.rounds import load_rounds
from linli.demo.load.small import load_small
from linli.demo.load.tips import load_tips
from linli.demo.load.visits import load_visits
from linli.demo.load.warnings import load_warnings
from linli.demo.load.week import load_week
from linli.demo.marker import Marker, read_marker, write_marker
from linli.demo.sizes import SIZES
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import system
from linli.matters.ledger.models import Matter
from linli.operations.units.acts import Fix, set_availability, take_positions
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.works.jobs.acts import cancel
from linli.works.outbox.models import Message

declare("demo.unknown_size", zh="没有“{size}”规模，可选：{known}。", en="There is no size {size}; there are {known}.")
declare(
    "demo.not_empty",
    zh="数据库里已有{count}个单位，演示数据只能装入空库。",
    en="The database already has {count} agencies; demo data goes into an empty database only.",
)

DEMO = system("demo")
ROSTER_AHEAD_DAYS = 15
Say = Callable[[str], None]


def load_demo(size: str, seed: int, say: Say = lambda _: None) -> dict[str, int]:
    """Load a demo county into an empty database and mark the installation. Answers {"agencies", "people", "matters"}.

    Done before with the same size and seed, nothing happens again. Raises Invalid ``demo.unknown_size`` or Conflict
    ``demo.not_empty``; then nothing has changed.
    """
    if size not in SIZES:
        raise Invalid("demo.unknown_size", size=size, known="、".join(SIZES), field="size")
    call_command("migrate", verbosity=0, interactive=False)
    home = Path(settings.LINLI_HOME)
    here = Agency.objects.count()
    marker = read_marker(home)
    if here and marker and (marker.size, marker.seed) == (size, seed):
        return {"agencies": marker.agencies, "people": marker.people, "matters": marker.matters}
    if here:
        raise Conflict("demo.not_empty", count=here)
    return _counts(_load(size, seed, home, say))


def _counts(marker: Marker) -> dict[str, int]:
    return {name: value for name, value in asdict(marker).items() if name in ("agencies", "people", "matters")}


def _load(size: str, seed: int, home: Path, say: Say) -> Marker:
    step = Steps(say)
    now = clock.now()
    midnight = clock.shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
    last_day = midnight + timedelta(days=1)
    county = grow(size, seed)
    step.done(f"county grown: {len(county.roads.nodes)} junctions, {len(county.addresses)} addresses")
    load_roads(DEMO, county)
    step.done("roads imported")
    with clock.fixed(last_day - timedelta(days=YEAR_DAYS + WEEK_DAYS + 1)):
        load_places(DEMO, county)
        step.done("divisions, grids and addresses imported")
        rows = load_organisation(DEMO, county)
    step.done(f"{len(rows.agencies)} agencies, {len(rows.people)} people, {len(rows.units)} units")
    first = (last_day - timedelta(days=WEEK_DAYS)).date()
    plan_roster(DEMO, county, rows, first - timedelta(days=1), WEEK_DAYS + 1 + ROSTER_AHEAD_DAYS)
    year, week = county.year(last_day)
    load_year(DEMO, county, rows, year)
    step.done(f"{len(year)} incidents of the year before")
    name_lists(DEMO)
    step.done(f"{load_registers(DEMO, county, now)} premises, with devices, volunteers and grades")
    step.done(f"{load_population(DEMO, county)} people in the register")
    _lately(county, rows, week, last_day - timedelta(days=WEEK_DAYS), step)
    counts = {"agencies": Agency.objects.count(), "people": Person.objects.count(), "matters": Matter.objects.count()}
    marker = Marker(size=size, seed=seed, day=midnight.date().isoformat(), **counts)
    write_marker(home, marker)
    return marker


def _lately(county: County, rows: Rows, week: list[PastIncident], begin: datetime, step: Steps) -> None:
    """The last week through the acts: units sign on first, else nobody could be sent."""
    with clock.fixed(begin), transaction.atomic():
        for unit in rows.units.values():
            set_availability(DEMO, unit=unit, availability="available")
        take_positions(
            [Fix(unit, unit.agency.lon or 0.0, unit.agency.lat or 0.0, begin, 20.0) for unit in rows.units.values()]
        )
    now = clock.now()
    calls = load_week(county, rows, week, now)
    step.done(f"{calls} calls of the last week")
    small = load_small(county, rows, begin, WEEK_DAYS, now)
    step.done(f"{small} other matters of the last week")
    still = load_open(county, rows, now)
    step.done(f"{still} matters open this morning")
    step.done(f"{load_outcomes(county, rows, now)} matters with an outcome")
    step.done(f"{load_visits(county, rows, now)} visits of the last weeks")
    doors = load_rounds(DEMO, county, now)
    step.done(f"{doors} doors for contact cards, care, hours, officers drawn away")
    step.done(f"{load_phones(DEMO, now)} phones in the field")
    step.done(f"{load_line(DEMO, now)} reports and tasks on the line")
    step.done(f"{load_warnings(now)} warnings to residents")
    step.done(f"{load_door(now)} reports of residents at the door")
    step.done(f"{load_tips(DEMO, now)} anonymous tips")
    step.done(f"{load_mediation(DEMO, now)} disputes under mediation")
    _send_nothing_late()


def _send_nothing_late() -> None:
    """The orders of the past week queued messages to their crews: what was not sent then is not sent now."""
    with transaction.atomic():
        note_bulk(DEMO, what="messages", rows=Message.objects.filter(state="queued").count(), digest="")
        Message.objects.filter(state="queued").update(
            state="failed", failed_at=clock.now(), last_error="demo: not sent"
        )
        cancel(prefix="outbox:")


class Steps:
    """Says how long each step took."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._since = time.monotonic()

    def done(self, what: str) -> None:
        """A step is over."""
        now = time.monotonic()
        self._say(f"{now - self._since:6.1f} s  {what}")
        self._since = now
