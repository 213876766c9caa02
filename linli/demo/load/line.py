"""The line in the demo: reports on their way up, tasks on their way down, cards of who has no office computer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.line.acts import send_back, send_up, settle, sign
from linli.matters.line.models import Hop
from linli.matters.line.rules import LEVELS
from linli.matters.tasks.acts import check_receipt, close_task, draw_sample, issue_task, read_task, report_task
from linli.matters.tasks.models import Receipt, Tasking
from linli.matters.tasks.rules import ends_at_of
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.org.codecards.acts import issue_card
from linli.org.codecards.queries import without_card
from linli.org.codecards.rules import fresh_pin
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.works.jobs.acts import cancel

REPORTS = (
    ("community_info", "砖厂新来一批工人", "二十来人，住厂里旧宿舍，没有登记。", "up"),
    ("hazard", "村口电线杆歪了", "大风后歪的，离小学路口不远。", "settled"),
    ("community_info", "两家为宅基地又吵起来", "上次调解写过协议，这次是排水沟。", "back"),
    ("help_request", "独居老人手机坏了", "子女在外地，联系不上，请帮忙看看。", "signed"),
    ("community_info", "有人上门推销净水器", "不进门，专找老人，说是社区派来的。", "waiting"),
)
"""What is reported, and how far each has come this morning."""
_DOWN = ("information_officer", "grid_worker", "assistant")
CARDS = 4


def load_line(machine: Actor, now: datetime) -> int:
    """Reports by five information officers (or grid workers), three tasks, a few cards. Returns how many rows."""
    _tidy(now)
    tellers = Post.objects.filter(code__in=("information_officer", "grid_worker"), until__isnull=True)
    tellers = tellers.select_related("person", "agency").order_by("-code", "agency__path", "person__staff_no")
    made = [
        _report(post, told, now - timedelta(hours=5 - n))
        for n, (post, told) in enumerate(zip(tellers, REPORTS, strict=False))
    ]
    tasks = _tasks(now)
    for post in without_card(machine)[:CARDS]:
        issue_card(machine, person=post.person, starter=fresh_pin())
    return len(made) + tasks


def _tidy(now: datetime) -> None:
    """What the demo's past left unsigned was signed in its time: nothing climbs to the bureau overnight."""
    rows = Hop.objects.filter(state="waiting", due_at__lt=now).select_related("matter", "agency")
    for hop in rows:
        actor = _on_level(hop)
        with clock.fixed(hop.sent_at + timedelta(hours=1)):
            if actor is not None:
                sign(actor, hop=hop)
            else:
                cancel(prefix=f"line:{hop.pk}")


def _on_level(hop: Hop) -> Actor | None:
    held = Post.objects.filter(agency=hop.agency, code__in=LEVELS[hop.level].posts, until__isnull=True)
    if hop.person_id:
        held = held.filter(person_id=hop.person_id)
    post = held.select_related("person").order_by("person__staff_no").first()
    return person_actor(post.person, door="page") if post else None


def _report(post: Post, told: tuple[str, str, str, str], at: datetime) -> UUID:
    kind, title, words, fate = told
    detail = "need" if kind == "help_request" else "what"
    place = Placed(
        post.agency.lon, post.agency.lat, post.agency.name, None, "desk", None, post.agency, station_of(post.agency)
    )
    with clock.fixed(at):
        matter = open_matter(
            person_actor(post.person, door="field"),
            kind=kind,
            title=title,
            details={detail: words},
            place=place,
            source="field",
        )
    with clock.fixed(at + timedelta(minutes=40)):
        _carried(matter.pk, fate)
    return matter.pk


def _carried(matter: UUID, fate: str) -> None:
    hop = Hop.objects.select_related("matter__agency", "matter__station", "agency").filter(matter=matter).first()
    actor = _on_level(hop) if hop else None
    if hop is None or actor is None or fate == "waiting":
        return
    if fate == "back":
        send_back(actor, hop=hop, word="请补充是哪两家门前的沟，现在还在吵没有。")
        return
    sign(actor, hop=hop)
    if fate == "up":
        send_up(actor, hop=hop, word="人数多，请派出所安排登记。")
    elif fate == "settled":
        try:
            settle(actor, hop=hop, word="已通知供电所，下午扶正加固。")
        except Refusal:
            send_up(actor, hop=hop, word="请片区民警联系供电所。")


def _tasks(now: datetime) -> int:
    """One by rule from the bureau that runs; one of a station that has ended and was looked at; one over the gate."""
    bureau = Agency.objects.filter(kind="bureau").order_by("path").first()
    leader, chief = _holder("bureau_leader"), _holder("station_chief")
    if bureau is None or leader is None or chief is None:
        return 0
    station = Agency.objects.get(pk=chief.posts[0].agency_id)
    today = clock.shanghai(now).date()
    with clock.fixed(now - timedelta(days=9)):
        over = _issue(chief, station, "核对独居老人联系卡", "卡丢了的补一张。", ends_at_of(today - timedelta(days=6)))
    _answered(over, now - timedelta(days=8), every=2)
    with clock.fixed(over.ends_at + timedelta(minutes=1)):
        close_task(chief, tasking=over)
    with clock.fixed(over.ends_at + timedelta(hours=20)):
        _looked_at(chief, over)
    with clock.fixed(now - timedelta(days=1, hours=3)):
        running = issue_task(
            leader,
            title="冬季防火：每村看三家沿街店铺",
            what="看消防通道、电动车充电、灭火器；能当场改的当场改，改不了的报隐患。",
            area=bureau,
            posts=_DOWN,
            ends_at=ends_at_of(today + timedelta(days=4)),
            source="rule",
            basis="冬季火灾防控工作规定",
            parts=3,
        )
    _answered(running, now - timedelta(hours=6), every=3)
    with clock.fixed(now - timedelta(hours=2)):
        for title in ("本周反诈宣传进集市", "元旦前走访独居老人", "填报外来务工人员情况"):
            _issue(chief, station, title, "按村报一句话。", ends_at_of(today + timedelta(days=5)))
    return 5


def _issue(chief: Actor, station: Agency, title: str, what: str, ends_at: datetime) -> Tasking:
    return issue_task(chief, title=title, what=what, area=station, posts=_DOWN, ends_at=ends_at)


def _holder(code: str) -> Actor | None:
    """Whoever the demo's sign-in page offers for this post."""
    person = Person.objects.filter(account__username=f"demo-{code}").first()
    return person_actor(person, door="page") if person else None


def _answered(tasking: Tasking, at: datetime, *, every: int) -> None:
    """Some have done it, some a part, some have only read it."""
    rows = Receipt.objects.filter(tasking=tasking).select_related("tasking", "person").order_by("pk")[:24]
    with clock.fixed(at):
        for n, row in enumerate(rows):
            actor = person_actor(row.person, door="field")
            if n % every == 0:
                report_task(actor, receipt=row, remark="三家都看了，有一家通道堆货，当场搬开。" if n == 0 else "")
            elif n % every == 1 and tasking.parts > 1:
                report_task(actor, receipt=row, did=1)
            else:
                read_task(actor, receipt=row)


def _looked_at(chief: Actor, tasking: Tasking) -> None:
    """Two drawn by lot: one as reported, one otherwise."""
    try:
        found = draw_sample(chief, tasking=tasking, count=2)
    except Refusal:
        return
    for n, row in enumerate(found):
        check_receipt(chief, receipt=row, good=n == 0, word="" if n == 0 else "有两家没有联系卡。")
