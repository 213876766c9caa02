"""Matters with an outcome at the demo officer's room: a tip with its result, hazards being put right, a helper who is
thanked, a ticket that waits for its answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.demo.county import County
from linli.demo.load.organisation import Rows
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.handovers.acts import move_handover, open_handover
from linli.matters.ledger.acts import Placed, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.levels.acts import lift_matter
from linli.matters.thanks.acts import give_thanks
from linli.operations.dispatch.acts import arrive, set_out, sign_order
from linli.operations.dispatch.models import ACTIVE, Order
from linli.operations.sorties.acts import report_sortie, send_sortie
from linli.operations.sorties.rules import Result
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.queries import person_actor

_TIP = {"what": "凌晨四点，四个人在集市后巷拆电动车电瓶。", "when": "刚才", "about": "theft"}
_RESULT = Result(
    "caught", "赶到时四人正在拆第三辆车，当场控制。", 4, 1, "电瓶十一块、电动车两辆", 12_600, "撬棍、断线钳", "刑警大队"
)


class _Told:
    """One room's small stories, each step at its own time."""

    def __init__(self, cast: dict[str, Person], place: Placed, now: datetime) -> None:
        self.cast, self.place, self.now = cast, place, now

    def actor(self, post: str) -> Actor:
        return person_actor(self.cast[post], door="page")

    def opened(self, kind: str, title: str, details: dict[str, str], *, by: str) -> Matter:
        return open_matter(
            self.actor(by), kind=kind, title=title, details=dict(details), place=self.place, source="field"
        )

    def step(self, matter: Matter, move: str, by: str, **facts: str) -> None:
        fresh = Matter.objects.select_related("agency", "station").get(pk=matter.pk)
        move_matter(self.actor(by), matter=fresh, move=move, facts=dict(facts))


def load_outcomes(county: County, rows: Rows, now: datetime) -> int:
    """Tell them through the acts. Returns how many matters there are more."""
    cast = {plan.post: rows.people[plan.staff_no] for plan in county.staff.people if plan.demo}
    room = rows.agencies[next(plan.agency for plan in county.staff.people if plan.post == "community_officer")]
    station = Agency.objects.get(children=room)
    told = _Told(cast, Placed(room.lon, room.lat, f"{room.name}辖区集市后巷", None, "desk", None, room, station), now)
    _tip(told)
    _hazards(told, rows, county)
    _help(told)
    return 5


def _tip(told: _Told) -> None:
    officer = told.actor("community_officer")
    four = clock.shanghai(told.now - timedelta(days=2)).replace(hour=4, minute=2, second=0, microsecond=0)
    with clock.fixed(four):
        tip = told.opened("tip", "集市后巷有人拆电瓶", _TIP, by="grid_worker")
    with clock.fixed(four + timedelta(minutes=1)):
        sortie = send_sortie(officer, matter=tip, plain_clothes=True)
    with clock.fixed(four + timedelta(minutes=5)):
        for order in Order.objects.filter(matter=tip, state__in=ACTIVE).select_related("unit__agency", "matter"):
            sign_order(officer, order=order)
            set_out(officer, order=order)
            arrive(officer, order=order)
    with clock.fixed(four + timedelta(hours=1)):
        report_sortie(officer, sortie=sortie, result=_RESULT)
        give_thanks(officer, matter=tip, text="多亏您及时告诉我们，四个人当场抓住，车也追回来了。", reward_yuan=500)
    with clock.fixed(four + timedelta(hours=6)):
        told.step(tip, "close", "community_officer", answer="人已抓获，电瓶发还失主。谢谢您。")


def _hazards(told: _Told, rows: Rows, county: County) -> None:
    by = f"{clock.shanghai(told.now + timedelta(days=2)):%Y-%m-%d}"
    with clock.fixed(told.now - timedelta(days=2)):
        ebikes = told.opened(
            "hazard", "五号楼楼道停放电动车", {"what": "二层楼道四辆，飞线充电。", "type": "ebike"}, by="grid_worker"
        )
        lamp = told.opened("hazard", "东街路灯整段不亮", {"what": "六盏。", "type": "lamp"}, by="grid_worker")
    with clock.fixed(told.now - timedelta(days=1, hours=20)):
        told.step(
            ebikes, "demand", "community_officer", holder="property_manager", due_at=by, demanded="三日内清走并装充电桩"
        )
        fresh = Matter.objects.select_related("agency", "station").get(pk=lamp.pk)
        lift_matter(told.actor("grid_worker"), matter=fresh, reason="不是灯泡的问题，村里修不了")
        fresh.refresh_from_db()
        partner = next(plan for plan in county.agencies if plan.service == "12345")
        ticket = open_handover(
            told.actor("community_officer"),
            matter=fresh,
            to_agency=rows.agencies[partner.code],
            mode="hand_over",
            text="请转城管照明部门检修线路。",
        )
    with clock.fixed(told.now - timedelta(days=1, hours=18)):
        there = next(plan for plan in county.staff.people if plan.agency == partner.code)
        move_handover(person_actor(rows.people[there.staff_no], door="page"), handover=ticket, move="accept")


def _help(told: _Told) -> None:
    with clock.fixed(told.now - timedelta(days=3)):
        pills = told.opened(
            "help_request",
            "独居老人每周取药",
            {"need": "腿脚不便，每周三代取药。", "often": "weekly"},
            by="grid_worker",
        )
        papers = told.opened(
            "help_request", "卧床老人换身份证", {"need": "请上门照相。", "often": "once"}, by="grid_worker"
        )
    with clock.fixed(told.now - timedelta(days=2, hours=20)):
        told.step(pills, "take_on", "grid_worker")
        told.step(papers, "take_on", "community_officer")
    with clock.fixed(told.now - timedelta(days=1)):
        told.step(pills, "help_once", "grid_worker", done="药已送到，下周三再去。")
        told.step(papers, "settle", "community_officer", outcome="户籍民警已上门办理。")
    with clock.fixed(told.now - timedelta(hours=20)):
        told.step(papers, "close", "community_officer", thanks="老人的女儿来电说谢谢。")
