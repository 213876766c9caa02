"""Whom a task would reach, how many were sent this week, and how far one has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight, waiting
from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor, HeldPost, below
from linli.kernel.words import Words
from linli.matters.tasks.models import OPEN, RECEIPT, Allowance, Receipt, Tasking, TaskPost
from linli.matters.tasks.rules import DEFAULT_A_WEEK, MEANT, SOURCES, Over, Standing, exceeds, week_of
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import chain_above
from linli.org.posts.models import Post
from linli.org.posts.rules import POSTS

SENDERS = tuple(DEFAULT_A_WEEK)
APPROVERS = ("station_chief", "bureau_leader")
MOST_ON_PHONE = 60


def meant_posts(area: Agency, posts: Sequence[str]) -> QuerySet[Post]:
    """The posts held today in an area by whom a task is for."""
    return Post.objects.held_on(clock.today()).filter(
        below("agency__path", (area.path,)), code__in=posts, person__left_on__isnull=True
    )


def reach_of(area: Agency, posts: Sequence[str]) -> int:
    """How many people would get it, each once whatever he holds."""
    return meant_posts(area, posts).values("person_id").distinct().count()


@dataclass(frozen=True, slots=True)
class Meant:
    """One person whom a task is for, and the post of his for which he gets it: his main one, else the oldest."""

    person: UUID
    agency: UUID
    post: str


def meant_after(area: Agency, posts: Sequence[str], after: UUID | None, most: int) -> list[Meant]:
    """The next people by key."""
    rows = meant_posts(area, posts)
    if after is not None:
        rows = rows.filter(person_id__gt=after)
    found = rows.order_by("person_id", "-main", "since", "pk").values_list("person_id", "agency_id", "code")
    first: dict[UUID, Meant] = {}
    for person, agency, post in found[: 2 * most]:
        if person not in first and len(first) == most:
            break
        first.setdefault(person, Meant(person, agency, post))
    return list(first.values())


def allowed(agency: Agency, issuer_post: str, posts: Sequence[str]) -> dict[str, int]:
    """How many a week an agency's post may send to each of the posts: the nearest row above it, else the default."""
    nearest = {row.pk: n for n, row in enumerate(chain_above(agency))}
    rows = Allowance.objects.filter(agency_id__in=list(nearest), issuer_post=issuer_post, to_post__in=posts)
    found = dict.fromkeys(posts, DEFAULT_A_WEEK.get(issuer_post, 0))
    for row in sorted(rows, key=lambda row: -nearest[row.agency_id]):
        found[row.to_post] = row.a_week
    return found


def sent_this_week(agency: Agency, issuer_post: str, at: datetime) -> dict[str, int]:
    """Tasks by order or pushed that this agency's post has sent this week, by the post they went to."""
    begins, ends = week_of(at)
    rows = TaskPost.objects.filter(
        tasking__agency=agency,
        tasking__issuer_post=issuer_post,
        tasking__issued_at__gte=begins,
        tasking__issued_at__lt=ends,
    ).exclude(tasking__source="rule")
    return dict(rows.values_list("post").annotate(n=Count("pk")).order_by("post"))


def over_the_gate(agency: Agency, issuer_post: str, source: str, posts: Sequence[str]) -> list[Over]:
    """To which posts this task would be one too many this week."""
    sent = sent_this_week(agency, issuer_post, clock.now())
    return exceeds(source, posts, sent, allowed(agency, issuer_post, posts))


def sending_post(actor: Actor, agency: Agency) -> HeldPost | None:
    """The post in which somebody sends: at this agency or above it, the nearest first."""
    mine = [post for post in actor.posts if post.code in SENDERS and agency.path.startswith(post.path)]
    return max(mine, key=lambda post: (len(post.path), SENDERS.index(post.code) * -1), default=None)


def tasking_by_id(actor: Actor, key: UUID) -> Tasking:
    """A task in reach; raises NotFound."""
    found = _with_all(Tasking.objects.visible_to(actor)).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def _with_all(rows: QuerySet[Tasking]) -> QuerySet[Tasking]:
    return rows.select_related("matter", "matter__agency", "matter__station", "agency", "area", "issued_by")


def taskings_of(actor: Actor, *, state: str = "") -> QuerySet[Tasking]:
    """The tasks that one's places have sent or got, newest first."""
    rows = _with_all(Tasking.objects.visible_to(actor))
    return rows.filter(state=state) if state else rows


def to_decide(actor: Actor) -> QuerySet[Tasking]:
    """What waits for the actor's word: from where his chief's posts reach, never his own."""
    paths = tuple(post.path for post in actor.posts if post.code in APPROVERS)
    rows = _with_all(Tasking.objects.filter(below("agency__path", paths), state="asked"))
    return rows.exclude(issued_by_id=actor.id).order_by("asked_at")


def receipt_of(actor: Actor, tasking: Tasking) -> Receipt | None:
    """The actor's own row of a task."""
    return Receipt.objects.filter(tasking=tasking, person_id=actor.id).select_related("tasking__matter").first()


def receipt_by_id(actor: Actor, key: UUID) -> Receipt:
    """A row in reach; raises NotFound."""
    found = (
        Receipt.objects.visible_to(actor)
        .filter(pk=key)
        .select_related("tasking__matter", "tasking__agency", "agency", "person")
        .first()
    )
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def own_open(actor: Actor) -> QuerySet[Receipt]:
    """What is to be done by the actor, soonest end first."""
    rows = Receipt.objects.filter(person_id=actor.id, state__in=OPEN, tasking__state="running")
    return rows.select_related("tasking__matter", "tasking__agency").order_by("tasking__ends_at", "pk")


_COUNTS = {
    "sent": Count("pk"),
    "read": Count("pk", filter=Q(read_at__isnull=False) | Q(state__in=("done", "part"))),
    "done": Count("pk", filter=Q(state="done")),
    "some": Count("pk", filter=Q(did__gt=0) & ~Q(state="done")),
}


def standing_of(tasking: Tasking) -> Standing:
    """How far a task has come as a whole."""
    return Standing(**Receipt.objects.filter(tasking=tasking).aggregate(**_COUNTS))


def parts_of(tasking: Tasking) -> tuple[int, int]:
    """Parts done and parts asked for, of all recipients."""
    told = Receipt.objects.filter(tasking=tasking).aggregate(n=Count("pk"), did=Sum("did"))
    return int(told["did"] or 0), int(told["n"]) * tasking.parts


@dataclass(frozen=True, slots=True)
class Place:
    """How far a task has come at one agency."""

    agency: Agency
    standing: Standing


def places_of(actor: Actor, tasking: Tasking) -> list[Place]:
    """By agency, in the order of the tree: never in the order of what was done."""
    rows = Receipt.objects.visible_to(actor).filter(tasking=tasking)
    grouped = rows.order_by().values("agency").annotate(**_COUNTS).values_list("agency", *_COUNTS)
    counted = {agency: Standing(*numbers) for agency, *numbers in grouped}
    return [Place(row, counted[row.pk]) for row in Agency.objects.filter(pk__in=list(counted)).order_by("path")]


def receipts_of(actor: Actor, tasking: Tasking, *, show: str = "open") -> QuerySet[Receipt]:
    """The rows in reach, by agency and name: ``open`` who has not done all of it, ``drawn`` what is to be looked at."""
    rows = Receipt.objects.visible_to(actor).filter(tasking=tasking)
    if show == "open":
        rows = rows.filter(state__in=(*OPEN, "ended"))
    elif show == "drawn":
        rows = rows.exclude(check_state="")
    elif show == "done":
        rows = rows.filter(state="done")
    return (
        rows.select_related("person", "agency").prefetch_related("files").order_by("agency__path", "person__name", "pk")
    )


def allowances() -> QuerySet[Allowance]:
    """The table of the gate."""
    return Allowance.objects.select_related("agency")


def to_words(tasking: Tasking) -> str:
    """The posts that a task went to, in words."""
    held = set(tasking.posts.values_list("post", flat=True))
    return "、".join(POSTS[post].zh for post in MEANT if post in held)


def _mine(actor: Actor, at: datetime, most: int) -> Waiting:
    return waiting(own_open(actor), most, _claim)


def _claim(row: Receipt) -> Claim:
    source = SOURCES[row.tasking.source]
    return Claim(
        key=f"receipt:{row.pk}",
        title=row.tasking.matter.title,
        url=f"/tasks/{row.tasking_id}",
        why=Words(
            f"{source.zh}，{row.tasking.agency.name}下发", f"task {source.en}, sent by {row.tasking.agency.name}"
        ),
        by_at=row.tasking.ends_at,
        number=row.tasking.matter.number,
    )


def _asked(actor: Actor, at: datetime, most: int) -> Waiting:
    return waiting(to_decide(actor), most, _ask)


def _ask(row: Tasking) -> Claim:
    why = Words(f"超出每周准入数，{row.issued_by_name}请您批准", f"over the week's number; {row.issued_by_name} asks")
    return Claim(key=f"tasking:{row.pk}", title=row.matter.title, url=f"/tasks/{row.pk}", why=why, by_at=row.ends_at)


CLAIM_SOURCES = (
    ClaimSource(
        code="tasks.sent",
        words=Words("下发给我的任务", "tasks sent to me"),
        weight=Weight.TASK,
        posts=MEANT,
        find=_mine,
        rest="/tasks",
        police=False,
    ),
    ClaimSource(
        code="tasks.asked",
        words=Words("待批准的任务", "tasks that wait for a word"),
        weight=Weight.TASK,
        posts=APPROVERS,
        find=_asked,
        rest="/tasks",
    ),
)


def _due(actor: Actor) -> list[tuple[UUID, int]]:
    return list(own_open(actor).values_list("pk", "version")[:MOST_ON_PHONE])


def _shown(actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Shown]:
    rows = Receipt.objects.filter(person_id=actor.id, pk__in=keys).select_related("tasking__matter", "tasking__agency")
    return {row.pk: _one(row) for row in rows}


def _one(row: Receipt) -> Shown:
    tasking, source = row.tasking, SOURCES[row.tasking.source]
    lines: list[str | dict[str, str]] = [source.as_json(), str(tasking.matter.details.get("what", ""))]
    if tasking.parts > 1:
        lines.append({"zh": f"已完成 {row.did} / {tasking.parts}", "en": f"{row.did} of {tasking.parts} done"})
    return {
        "group": "today",
        "kind": "many" if tasking.parts > 1 else "one",
        "title": tasking.matter.title,
        "lines": [line for line in lines if line],
        "state": row.state,
        "state_words": RECEIPT.state(row.state).words.as_json(),
        "at": row.sent_at,
        "due_at": tasking.ends_at,
        "number": tasking.matter.number,
        "values": {"did": row.did or None},
    }


part(Part("task", Receipt, Words("下发任务", "tasks sent down"), 18, _due, _shown, most=MOST_ON_PHONE))
