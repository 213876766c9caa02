"""Three weeks of visits, inspections and a campaign through the ordinary acts; this week is planned, half walked."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from linli.demo.county import County
from linli.demo.load.organisation import Rows
from linli.demo.load.week import Cast
from linli.demo.plane import chance
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.places.premises.models import Premises
from linli.visits.inspections.acts import record_inspection
from linli.visits.plans.acts import gather, make_week, open_campaign, open_due
from linli.visits.plans.acts.campaigns import WORKER, spread_step
from linli.visits.plans.models import Due, Stop
from linli.visits.plans.queries import due_rows, proposal
from linli.visits.plans.rules import monday_of
from linli.visits.records.acts import record_stop, record_visit
from linli.works.jobs.acts import cancel

WEEKS = 3
OFFICERS = 8
"""So many officers' weeks are lived; the demo accounts are among them."""
SAID: tuple[dict[str, Any], ...] = (
    {
        "topics": ("fraud",),
        "given": ("leaflet",),
        "said": {"met": "店主", "words": "近来常接到自称客服的电话，已讲明不转账。"},
    },
    {"topics": ("fire",), "said": {"met": "值班员", "seen": "灭火器在有效期内，疏散通道畅通。"}},
    {"topics": ("fire", "theft"), "said": {"met": "负责人和两名员工", "words": "夜间无人值守，已建议装门磁。"}},
    {
        "topics": ("registration",),
        "given": ("card",),
        "said": {"met": "房东", "words": "新住进两户，答应三日内来登记。"},
    },
    {"topics": ("goings_on",), "said": {"met": "户主", "words": "说起村口路口晚上车快，想要一盏灯。"}},
    {"topics": ("work", "quarrel"), "said": {"met": "户主夫妇", "words": "工钱和邻里的事都说了说，心里踏实些。"}},
)
OPENS: tuple[dict[str, str], ...] = (
    {"hazard": "楼道堆放电动车，充电线从窗口拉出。已劝其搬离。"},
    {"tip": "集市后巷夜里常有人试车门。"},
    {"dispute": "两家为共用水沟起争执。"},
    {"help_request": "老人行动不便，想请人代取药。"},
    {"community_info": "厂里新来三十多名务工人员，住在二楼宿舍。"},
)
FOUND: tuple[dict[str, Any], ...] = (
    {"outcome": "in_order", "remark": "制度上墙，值守在岗。"},
    {"outcome": "on_the_spot", "remark": "消防栓前堆物，当场搬开。"},
    {"outcome": "unlicensed", "trade": "internet_cafe", "remark": "无证经营，已取缔。"},
    {"outcome": "seized", "seized_what": "假冒卷烟", "seized_yuan": 36_500, "remark": "已移交烟草部门。"},
)


@dataclass(slots=True)
class Walks:
    """The visits of some officers, lived day by day."""

    rng: random.Random
    now: datetime
    visits: int = 0

    def past(self, actor: Actor, first: date) -> None:
        """What an officer recorded in the weeks before this one: a few doors a day, Monday to Friday."""
        doors = list(due_rows(actor).filter(reason__in=("enterprise", "school")).order_by("due_on", "pk")[:40])
        self.rng.shuffle(doors)
        for n in range(7 * (WEEKS - 1)):
            day = first + timedelta(days=n)
            if day.weekday() >= 5 or not doors:
                continue
            for hour in self.rng.sample((9, 10, 11, 14, 15, 16), min(2, len(doors))):
                self._visit(actor, doors.pop(), self._at(day, hour))

    def _visit(self, actor: Actor, due: Due, at: datetime) -> None:
        told = dict(self.rng.choice(SAID))
        if self.rng.random() < 0.12:
            told = {"outcome": "nobody"}
        elif self.rng.random() < 0.12:
            told["opens"] = self.rng.choice(OPENS)
        if told.get("outcome", "met") == "met":
            told["people_met"] = self.rng.randint(1, 5)
        with clock.fixed(at):
            record_visit(actor, reason=due.reason, due=due, **told)
        self.visits += 1

    def this_week(self, actor: Actor, monday: date) -> None:
        """Planned on Monday morning and walked until now; on a weekend the next week is planned too."""
        with clock.fixed(min(self.now, self._at(monday, 8))):
            plan = proposal(actor, monday=monday, a_day=6)
            week = make_week(actor, plan=plan, walk_s=plan.walk_s)
        stops = Stop.objects.filter(week=week).select_related("due__agency", "due__premises", "due__address", "week")
        for stop in stops:
            at = self._at(stop.day, 9 + stop.turn % 8)
            if at < self.now and self.rng.random() < 0.85:
                told = dict(self.rng.choice(SAID)) | {"people_met": self.rng.randint(1, 4)}
                with clock.fixed(at):
                    record_stop(actor, stop=stop, told=told)
                self.visits += 1
        if clock.shanghai(self.now).weekday() >= 5:
            plan = proposal(actor, monday=monday + timedelta(days=7), a_day=6)
            make_week(actor, plan=plan, walk_s=plan.walk_s)

    def inspect(self, actor: Actor, first: date) -> None:
        """A few inspections; one is to be put right this week, one should have been."""
        places = list(Premises.objects.visible_to(actor).in_use().order_by("code")[:6])
        today = clock.shanghai(self.now).date()
        for n, found in enumerate(FOUND):
            place, facts = places[n % len(places)], dict(found)
            if facts["outcome"] == "unlicensed":
                facts |= {"place": f"{place.name}旁", "lon": place.lon, "lat": place.lat}
            else:
                facts["premises"] = place
            with clock.fixed(self._at(first + timedelta(days=2 + n), 15)):
                record_inspection(actor, **facts)
        for n, by in ((4, today - timedelta(days=1)), (5, today + timedelta(days=3))):
            facts = {"premises": places[n % len(places)], "outcome": "put_right", "put_right_by": by}
            with clock.fixed(self._at(today - timedelta(days=8), 10)):
                record_inspection(actor, remark="出入登记不全，监控有一处盲区。", **facts)

    def new_doors(self, actor: Actor, home: Agency) -> None:
        """New tenants, and somebody who agreed to be visited."""
        today = clock.shanghai(self.now).date()
        for n in range(3):
            spot: dict[str, Any] = {"lon": (home.lon or 0) + 0.0012 * (n - 1), "lat": (home.lat or 0) + 0.0009}
            with clock.fixed(self._at(today - timedelta(days=3), 17)):
                open_due(actor, reason="new_tenant", place=f"{home.name}辖区出租屋{n + 1}号", **spot)
                if n == 0:
                    alone = f"{home.name}旁平房"
                    open_due(actor, reason="lives_alone", place=alone, consented_on=today - timedelta(days=20), **spot)

    def _at(self, day: date, hour: int) -> datetime:
        minute = self.rng.randrange(60)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.SHANGHAI)


def load_visits(county: County, rows: Rows, now: datetime) -> int:
    """Live the visits of the last weeks. Returns how many were recorded."""
    today = clock.shanghai(now).date()
    monday = monday_of(today)
    first = monday - timedelta(weeks=WEEKS - 1)
    cast = Cast(county, rows)
    walks = Walks(chance(county.seed, "visits"), now)
    with clock.fixed(datetime(first.year, first.month, first.day, 7, tzinfo=clock.SHANGHAI) - timedelta(days=40)):
        for _ in range(40):
            if gather(WORKER) == 0:
                break
    _campaign(county, rows, cast, monday)
    plans = [plan for plan in county.staff.people if plan.post == "community_officer"]
    homes: set[str] = set()
    for plan in sorted(plans, key=lambda one: not one.demo)[:OFFICERS]:
        actor = cast.person(plan.staff_no)
        with transaction.atomic():
            walks.past(actor, first)
            if plan.agency not in homes:
                walks.new_doors(actor, rows.agencies[plan.agency])
            homes.add(plan.agency)
            walks.this_week(actor, monday)
            if plan.demo:
                walks.inspect(actor, first)
    _helpers(county, rows, cast, walks)
    cancel(prefix="visits.")
    return walks.visits


def _helpers(county: County, rows: Rows, cast: Cast, walks: Walks) -> None:
    """What auxiliaries and assistants wrote lately waits for the officers of the demo accounts."""
    homes = [plan.agency for plan in county.staff.people if plan.post == "community_officer" and plan.demo]
    helpers = [plan for plan in county.staff.people if plan.post in ("auxiliary", "assistant")]
    for n, (plan, home) in enumerate((plan, home) for home in homes for plan in helpers[:3]):
        room = rows.agencies[home]
        spot: dict[str, Any] = {"lon": (room.lon or 0) + 0.0004 * (n + 1), "lat": (room.lat or 0) - 0.0006}
        with clock.fixed(walks.now - timedelta(hours=2 + n)):
            record_visit(
                cast.person(plan.staff_no),
                reason="plain_talk",
                place=f"{room.name}南侧{n + 1}号",
                people_met=1 + n % 3,
                **spot,
                **SAID[n % len(SAID)],
            )
        walks.visits += 1


def _campaign(county: County, rows: Rows, cast: Cast, monday: date) -> None:
    """One station goes to all rented buildings and shops before the winter."""
    chief = next(plan for plan in county.staff.people if plan.post == "station_chief")
    for plan in county.staff.people:
        if plan.post == "station_chief" and plan.demo:
            chief = plan
    with clock.fixed(datetime(monday.year, monday.month, monday.day, 0, 30, tzinfo=clock.SHANGHAI)):
        made = open_campaign(
            cast.person(chief.staff_no),
            code="winter-fire",
            title="冬季防火反诈走访",
            agency=rows.agencies[chief.agency],
            begins_on=monday,
            ends_on=monday + timedelta(days=41),
            doors="premises",
            premises_kinds=("rental", "shop", "market"),
            what="看用电用火，讲清“公安不会电话办案、不会让转账”，留联系卡。",
        )
        after = spread_step(WORKER, campaign=made, after="")
        while after:
            after = spread_step(WORKER, campaign=made, after=after)


__all__ = ["load_visits"]
