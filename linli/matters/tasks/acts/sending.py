"""Issuing a task, the gate before it, and the rows of everybody meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, NotAllowed, declare
from linli.kernel.rows import insert_values
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.tasks.acts.ending import close_later, end_matter
from linli.matters.tasks.acts.telling import tell_later
from linli.matters.tasks.models import TASKING, Allowance, Receipt, Tasking, TaskPost
from linli.matters.tasks.queries import Meant, meant_after, over_the_gate, reach_of, sending_post
from linli.matters.tasks.rules import DEFAULT_A_WEEK, MEANT, MOST_DAYS, MOST_PARTS, RULE_MAKERS, SOURCES
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.org.people.models import Person
from linli.works.jobs.acts import job, schedule, stop_if_ending

declare("task.no_title", zh="请填写任务名称。", en="A task has a name.")
declare("task.no_what", zh="请写明要做什么。", en="Say what is to be done.")
declare("task.nobody", zh="{area}内没有所选岗位的人员。", en="Nobody in {area} holds these posts.")
declare("task.posts", zh="请至少选择一类岗位。", en="Choose at least one post.")
declare("task.days", zh="截止时间须在现在之后、{days}天之内。", en="It ends after now and within {days} days.")
declare("task.parts", zh="每人应完成的数量在1至{most}之间。", en="Between 1 and {most} things of each.")
declare("task.basis", zh="规定任务须写明依据的规定。", en="A task by rule names its regulation.")
declare("task.rule_maker", zh="规定任务只能由局下发。", en="Only the bureau sends tasks by rule.")
declare("task.not_sender", zh="您的岗位不能向{area}下发任务。", en="Your post does not send tasks to {area}.")
declare("task.own_word", zh="自己提请的任务，由其他领导批准。", en="Another chief decides on what you asked for.")

TASKS = system("tasks")
LANE = "tasks"
STEP = 400
AT_ONCE = STEP
"""So many are written in the deed itself; more follow in short steps, so that no call taker waits for them."""
_STEPS_A_JOB = 25


@dataclass(frozen=True, slots=True)
class TaskSent:
    """News: a task was let through and goes to everybody meant."""

    tasking: Tasking
    actor: Actor


@act(
    "task.issue",
    zh="下发任务",
    en="send a task down",
    keeps=("posts", "source", "ends_at", "parts"),
    within=lambda facts: facts["area"].path,
)
def issue_task(
    actor: Actor,
    *,
    title: str,
    what: str,
    area: Agency,
    posts: Sequence[str],
    ends_at: datetime,
    source: str = "order",
    basis: str = "",
    parts: int = 1,
) -> Tasking:
    """Send a task to whoever holds one of ``posts`` at or below ``area`` today. ``parts``: how many things of each.
    What goes beyond the week's number waits for a chief's word (``asked``). Raises Invalid naming the field.
    """
    held = sending_post(actor, area)
    if held is None:
        raise NotAllowed("task.not_sender", area=area.name)
    wanted = tuple(post for post in MEANT if post in posts)
    _check(title, what, wanted, ends_at, source, basis, parts, held.code)
    if not reach_of(area, wanted):
        raise Invalid("task.nobody", area=area.name, field="posts")
    agency = Agency.objects.get(pk=held.agency_id)
    now = clock.now()
    tasking = Tasking.objects.create(
        matter=_matter(actor, title, what, agency, ends_at),
        agency=agency,
        area=area,
        source=source,
        basis=basis.strip()[:120],
        parts=parts,
        ends_at=ends_at,
        asked_at=now,
        issued_by=Person.objects.filter(pk=actor.id).first(),
        issued_by_name=actor.name,
        issuer_post=held.code,
    )
    TaskPost.objects.bulk_create([TaskPost(tasking=tasking, post=post) for post in wanted])
    if not over_the_gate(agency, held.code, source, wanted):
        _let_through(actor, tasking)
    return tasking


def _check(
    title: str, what: str, posts: Sequence[str], ends_at: datetime, source: str, basis: str, parts: int, issuer: str
) -> None:
    if not title.strip():
        raise Invalid("task.no_title", field="title")
    if not what.strip():
        raise Invalid("task.no_what", field="what")
    if not posts:
        raise Invalid("task.posts", field="posts")
    if source not in SOURCES:
        raise Invalid("fact.wrong", field="source", why=source)
    if not clock.now() < ends_at <= clock.now() + timedelta(days=MOST_DAYS):
        raise Invalid("task.days", days=MOST_DAYS, field="ends_on")
    if not 1 <= parts <= MOST_PARTS:
        raise Invalid("task.parts", most=MOST_PARTS, field="parts")
    if source == "rule" and issuer not in RULE_MAKERS:
        raise Invalid("task.rule_maker", field="source")
    if source == "rule" and not basis.strip():
        raise Invalid("task.basis", field="basis")


def _matter(actor: Actor, title: str, what: str, agency: Agency, ends_at: datetime) -> Matter:
    place = Placed(agency=agency, station=station_of(agency))
    matter = open_matter(
        actor,
        kind="task",
        title=title.strip(),
        details={"what": what.strip()},
        place=place,
        source="task",
        columns={"assignee_id": actor.id} if Person.objects.filter(pk=actor.id).exists() else {},
    )
    Matter.objects.filter(pk=matter.pk).update(due_at=ends_at)
    matter.due_at = ends_at
    return matter


def _let_through(actor: Actor, tasking: Tasking, **columns: Any) -> None:
    """Everybody meant gets it: at once where they are few, else by the worker in short steps."""
    take(tasking, TASKING, "approve", issued_at=clock.now(), **columns)
    close_later(tasking)
    posts = _posts(tasking)
    if reach_of(tasking.area, posts) <= AT_ONCE:
        spread_step(TASKS, tasking=tasking, meant=meant_after(tasking.area, posts, None, AT_ONCE))
        _spread(tasking)
        tell_later(tasking)
    else:
        schedule("tasks.spread", due_at=clock.now(), payload={"tasking": str(tasking.pk), "after": ""}, lane=LANE)
    news.announce(TaskSent(tasking, actor))


def _posts(tasking: Tasking) -> list[str]:
    return list(tasking.posts.values_list("post", flat=True))


def _spread(tasking: Tasking) -> None:
    tasking.spread_at = clock.now()
    Tasking.objects.filter(pk=tasking.pk).update(spread_at=tasking.spread_at)


@job("tasks.spread")
def run_spread(payload: dict[str, str]) -> None:
    """Write the rows of everybody meant in short transactions. Run twice it writes nothing twice."""
    tasking = Tasking.objects.select_related("area", "agency").filter(pk=payload["tasking"], state="running").first()
    if tasking is None:
        return
    after = UUID(payload["after"]) if payload["after"] else None
    posts = _posts(tasking)
    for _ in range(_STEPS_A_JOB):
        stop_if_ending()
        meant = meant_after(tasking.area, posts, after, STEP)
        if not meant:
            _spread(tasking)
            tell_later(tasking)
            return
        spread_step(TASKS, tasking=tasking, meant=meant)
        after = meant[-1].person
    schedule("tasks.spread", due_at=clock.now(), payload={"tasking": str(tasking.pk), "after": str(after)}, lane=LANE)


@act("task.spread", zh="分发任务", en="hand a task to those meant", about="tasking")
def spread_step(actor: Actor, *, tasking: Tasking, meant: Sequence[Meant]) -> None:
    """The rows of these people, who were looked up before the write began. Who has one already gets no second."""
    keys = [one.person for one in meant]
    there = set(Receipt.objects.filter(tasking=tasking, person_id__in=keys).values_list("person_id", flat=True))
    now = clock.now()
    rows = [
        {
            "tasking_id": tasking.pk,
            "person_id": one.person,
            "agency_id": one.agency,
            "post": one.post,
            "sent_at": now,
        }
        for one in meant
        if one.person not in there
    ]
    if rows:
        insert_values(Receipt, *rows)


@act(
    "task.approve",
    zh="批准下发",
    en="let a task through",
    about="tasking",
    within=lambda facts: facts["tasking"].agency.path,
)
def approve_task(actor: Actor, *, tasking: Tasking, decision: str = "") -> Tasking:
    """A chief's word for what goes beyond the week's number; never for one's own. Then it goes down at once."""
    _other(actor, tasking)
    _let_through(actor, tasking, decision=decision.strip(), seen_by_name=actor.name, decided_at=clock.now())
    return tasking


@act(
    "task.refuse",
    zh="不批准下发",
    en="refuse a task",
    about="tasking",
    within=lambda facts: facts["tasking"].agency.path,
)
def refuse_task(actor: Actor, *, tasking: Tasking, decision: str) -> Tasking:
    """Not let through, with the reason; nobody gets it."""
    _other(actor, tasking)
    now = clock.now()
    take(tasking, TASKING, "refuse", decision=decision.strip(), seen_by_name=actor.name, decided_at=now, ended_at=now)
    end_matter(actor, tasking, f"未批准：{tasking.decision}")
    return tasking


def _other(actor: Actor, tasking: Tasking) -> None:
    if tasking.issued_by_id == actor.id:
        raise NotAllowed("task.own_word")


@act(
    "task.allow",
    zh="设置任务准入",
    en="set how many tasks are let through",
    keeps=("issuer_post", "to_post", "a_week"),
    within=lambda facts: facts["agency"].path,
)
def allow(actor: Actor, *, agency: Agency, issuer_post: str, to_post: str, a_week: int) -> Allowance:
    """How many tasks a week ``issuer_post`` of this agency and those below may send to ``to_post``; 0: none without a
    chief's word.
    """
    if issuer_post not in DEFAULT_A_WEEK or to_post not in MEANT:
        raise Invalid("fact.wrong", field="to_post", why=f"{issuer_post} → {to_post}")
    if not 0 <= a_week <= 50:
        raise Invalid("fact.wrong", field="a_week", why=str(a_week))
    row, _ = Allowance.objects.update_or_create(
        agency=agency, issuer_post=issuer_post, to_post=to_post, defaults={"a_week": a_week}
    )
    return row
