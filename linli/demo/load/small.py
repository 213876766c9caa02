"""What else a week brings: tips, quarrels, hazards, requests for help, news of the community, tasks down the line."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.demo.agencies import AgencyPlan
from linli.demo.county import County
from linli.demo.load.organisation import ROOM_KINDS, Rows
from linli.demo.load.week import Agenda, Cast
from linli.demo.plane import chance
from linli.demo.said import a_day, is_plain, reporter_of, said, small_kinds
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed, assign_matter, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.places.grid.models import Grid


@dataclass(slots=True)
class Small:
    """Opens small matters and lets the rooms deal with most of them."""

    county: County
    rows: Rows
    cast: Cast
    agenda: Agenda
    rng: random.Random
    grids: dict[str, Grid]
    opened: int = 0

    def plan(self, first_day: datetime, days: int) -> None:
        """Spread the matters over the days, between eight in the morning and nine in the evening."""
        share = len(self.county.settlements) / 60
        for kind in small_kinds():
            for _ in range(max(1, round(a_day(kind) * days * share))):
                day = self.rng.randrange(days)
                at = first_day + timedelta(days=day, hours=8, seconds=self.rng.randrange(13 * 3600))
                self.agenda.put(at, self._opening(kind))

    def _opening(self, kind: str) -> Callable[[], None]:
        title, details = self.rng.choice(said(kind))
        held = [p for p in self.county.staff.people if p.post == reporter_of(kind) and p.agency in self._rooms]
        reporter = self.rng.choice(held)
        haste = timedelta(hours=self.rng.uniform(1, 40))

        def open_it() -> None:
            room = self._rooms[reporter.agency]
            matter = open_matter(
                self.cast.person(reporter.staff_no),
                kind=kind,
                title=title,
                details=dict(details),
                place=self._place(room),
                source="field",
            )
            self.opened += 1
            if is_plain(kind):
                self._deal_with(matter, room, haste)

        return open_it

    def _deal_with(self, matter: Matter, room: AgencyPlan, haste: timedelta) -> None:
        goes = self.county.force.goes_for[room.code].code
        officer_no = self.county.staff.leads[goes][0]
        officer = self.cast.person(officer_no)
        opened = matter.opened_at

        def move(name: str, facts: dict[str, str]) -> None:
            move_matter(officer, matter=fresh(matter), move=name, facts=dict(facts))

        def assign() -> None:
            assign_matter(self._chief(room), matter=fresh(matter), assignee=self.cast.row(officer_no))

        self.agenda.put(opened + haste / 6, assign)
        self.agenda.put(opened + haste, lambda: move("settle", {"outcome": "已到场核实处理，并告知反映人。"}))
        self.agenda.put(opened + haste * 1.5, lambda: move("close", {}))

    def _chief(self, room: AgencyPlan) -> Actor:
        return self.cast.at("station_chief", self.county.force.station_of[room.code].code)

    @property
    def _rooms(self) -> dict[str, AgencyPlan]:
        return {plan.code: plan for plan in self.county.agencies if plan.kind in ROOM_KINDS}

    def _place(self, room: AgencyPlan) -> Placed:
        settlement = self.rng.choice(room.settlements)
        lon, lat = room.at
        return Placed(
            lon=round(lon + self.rng.uniform(-0.002, 0.002), 6),
            lat=round(lat + self.rng.uniform(-0.002, 0.002), 6),
            address=self.county.settlements[settlement].name,
            placed_by="desk",
            grid=self.grids[self.county.police_grids[settlement].code],
            agency=self.rows.agencies[room.code],
            station=self.rows.agencies[self.county.force.station_of[room.code].code],
        )


def fresh(matter: Matter) -> Matter:
    """The matter as it is stored now."""
    return Matter.objects.select_related("agency", "station").get(pk=matter.pk)


def load_small(county: County, rows: Rows, first_day: datetime, days: int, until: datetime) -> int:
    """Live the small matters of some days. Returns how many were opened."""
    agenda = Agenda(until)
    grids = {grid.code: grid for grid in Grid.objects.filter(kind="police", active=True)}
    small = Small(county, rows, Cast(county, rows), agenda, chance(county.seed, "small"), grids)
    small.plan(first_day, days)
    agenda.live()
    return small.opened
