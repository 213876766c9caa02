"""What residents of the demo county sent at the door: some answered, some waiting, one outside every grid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import move_matter
from linli.matters.public.acts import (
    RESIDENT,
    Contact,
    answer_report,
    give_opinion,
    publish_report,
    take_report,
)
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import Told, hours_of, located, taken_slots
from linli.matters.public.rules import free_slots
from linli.org.agencies.models import Agency
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.org.rooms.models import Responsibility
from linli.volunteers.asking.acts import apply_to_watch

ROOMS = 4
"""So many rooms have reports of residents to show."""


class _Said(NamedTuple):
    form: str
    sort: str
    text: str
    days_ago: float
    readers: str = "room"
    phone: str = ""
    answer: str = ""
    opinion: str = ""
    opinion_text: str = ""


_SAID = (
    _Said("hazard", "lamp", "村口第三盏路灯不亮，晚上接孩子看不清路", 5, answer="路灯昨晚已换好，谢谢您。",
          opinion="solved", opinion_text="第二天就亮了"),
    _Said("hazard", "ebike", "三单元楼道里有人拉线给电动车充电", 2),
    _Said("hazard", "road", "菜市场门口的井盖一踩就响", 1),
    _Said("question", "", "房子租给外地亲戚住两个月，要不要登记？", 4,
          answer="要的。租住三天以上就登记，带房产证和双方身份证到警务室，十分钟办好。", opinion="solved"),
    _Said("help", "", "老人一个人在家，想请人每周帮忙取一次药", 3, phone="13900007701"),
    _Said("tip", "", "集市后面的平房半夜常有车进出，像是在打牌", 1, readers="officer"),
    _Said("mediation", "", "隔壁翻修把水排到我家墙根，说了几次不听", 6, readers="officer", phone="13900007702"),
    _Said("hazard", "water", "池塘边的栏杆断了两根，小孩常在那里玩", 4, answer="栏杆归街道修，已转街道，月底前修好。",
          opinion="partly", opinion_text="拉了警戒线，栏杆还没修"),
)  # fmt: skip


def load_door(now: datetime) -> int:
    """Reports of residents of the last week in a few rooms, with answers and opinions. Returns how many."""
    held = Responsibility.objects.filter(until__isnull=True).values("agency")
    working = Agency.objects.at_work().filter(kind__in=Agency.ROOM_KINDS, pk__in=held)
    rooms = list(working.order_by("path")[:ROOMS])
    made = 0
    for number, room in enumerate(rooms):
        for place, said in enumerate(_SAID):
            if (place + number) % 2 == 0 or number == 0:
                _sent(room, said, f"demo-door-{number}-{place}", now)
                made += 1
        _booked(room, f"demo-talk-{number}", now)
    for number, room in enumerate(rooms[:2]):
        with clock.fixed(now - timedelta(days=1)):
            apply_to_watch(
                RESIDENT, room=room, name="试报名", phone=f"1390000771{number}", once=f"demo-watch-{number}",
                free="晚饭后、周末", agreed=True,
            )  # fmt: skip
    with clock.fixed(now - timedelta(hours=6)):
        where = located(Told(text="省道旁的变电站"), clock.now())
        take_report(
            RESIDENT, form="hazard", sort="wiring", text="电线离路面很低", where=where, once="demo-door-outside"
        )
    return made + len(rooms) + 1


def _sent(room: Agency, said: _Said, once: str, now: datetime) -> None:
    begun_at = now - timedelta(days=said.days_ago)
    grid = room.responsibilities.filter(until__isnull=True).select_related("grid").order_by("grid__code")[0].grid
    box_lon, box_lat = (grid.west + grid.east) / 2, (grid.south + grid.north) / 2
    with clock.fixed(begun_at):
        report = take_report(
            RESIDENT,
            form=said.form,
            sort=said.sort,
            text=said.text,
            readers=said.readers,
            contact=Contact("", said.phone),
            where=located(Told(lon=box_lon, lat=box_lat, text=grid.name), begun_at),
            once=once,
        )
    officer = _officer(room)
    if not said.answer or officer is None:
        return
    with clock.fixed(begun_at + timedelta(hours=30)):
        answer_report(officer, report=report, text=said.answer)
        if said.form == "hazard":
            publish_report(officer, report=report, text=said.answer)
        _settle(officer, report)
    if said.opinion:
        with clock.fixed(begun_at + timedelta(hours=40)):
            give_opinion(RESIDENT, report=report, opinion=said.opinion, text=said.opinion_text)


def _settle(officer: Actor, report: PublicReport) -> None:
    facts = {"outcome": report.answer, "done": report.answer, "answer": report.answer}
    if any(move.name == "settle" for move in report.matter.workflow.moves_from(report.matter.state)):
        move_matter(officer, matter=report.matter, move="settle", facts=facts)


def _booked(room: Agency, once: str, now: datetime) -> None:
    free = free_slots(hours_of(room), clock.shanghai(now), taken_slots(room, now))
    if free:
        take_report(
            RESIDENT,
            form="talk",
            text="想问问出租房要装几个灭火器",
            contact=Contact("", "13900007703"),
            where=located(Told(room=room), now),
            slot_at=free[min(3, len(free) - 1)],
            once=once,
        )


def _officer(room: Agency) -> Actor | None:
    held = Post.objects.held_on(clock.today()).filter(
        agency=room, code="community_officer", person__left_on__isnull=True
    )
    post = held.select_related("person").order_by("since", "person__staff_no").first()
    return person_actor(post.person, door="page") if post else None
