"""What is a post's own: its rooms and grids, its shifts, its unit, what it reported, what its agency answers for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from linli.kernel import clock
from linli.kernel.claims import Line, OwnSource
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.operations.units.models import Unit
from linli.operations.units.queries import unit_of
from linli.org.agencies.models import Agency
from linli.org.posts.models import Post
from linli.org.posts.rules import NAMELESS, POSTS
from linli.org.rooms.models import Responsibility
from linli.org.roster.models import Shift
from linli.trail.entries.models import Entry

MOST = 8
SHIFTS_AHEAD = timedelta(days=7)
POLICE = (
    "call_taker",
    "dispatcher",
    "station_desk",
    "station_chief",
    "bureau_leader",
    "community_officer",
    "auxiliary",
    "assistant",
    "administrator",
)
AT_ROOMS = (
    "community_officer",
    "auxiliary",
    "assistant",
    "information_officer",
    "grid_worker",
    "liaison_cadre",
    "property_manager",
)
REPORTING = (
    *("information_officer", "grid_worker", "liaison_cadre", "property_manager", "safety_watcher"),
    *("assistant", "auxiliary"),
)


def where_i_work(actor: Actor, at: datetime) -> Sequence[Line]:
    """The agencies of my posts, with their telephone."""
    agencies = Agency.objects.in_bulk([post.agency_id for post in actor.posts])
    lines = []
    for post in actor.posts:
        agency = agencies.get(post.agency_id)
        if agency is not None:
            words = POSTS.get(post.code, Words(post.code, post.code))
            phone = f" · {agency.phone}" if agency.phone else ""
            lines.append(Line(agency.name, Words(words.zh + phone, words.en + phone)))
    return lines


def beside_me(actor: Actor, at: datetime) -> Sequence[Line]:
    """Who works at the same room, by post: how a community is staffed (1+1+2+N+N), and which post is empty."""
    here = [post.agency_id for post in actor.posts]
    held = Post.objects.held_on(clock.shanghai(at).date()).filter(agency_id__in=here).select_related("person")
    held = held.exclude(code__in=NAMELESS)
    names: dict[str, list[str]] = {}
    for post in held.order_by("code", "person__name"):
        names.setdefault(post.code, []).append(post.person.name)
    wanted = ("liaison_cadre", "community_officer", "auxiliary", "grid_worker", "information_officer")
    lines = [
        Line(str(POSTS[code]), "、".join(names.pop(code)) if code in names else Words("空缺", "vacant"))
        for code in wanted
    ]
    return lines + [Line(str(POSTS[code]), "、".join(people)) for code, people in names.items() if code in POSTS]


def my_grids(actor: Actor, at: datetime) -> Sequence[Line]:
    """The grids that my rooms answer for today."""
    here = [post.agency_id for post in actor.posts]
    rows = Responsibility.objects.on(clock.shanghai(at).date()).filter(agency_id__in=here).select_related("grid")
    return [Line(row.grid.name, row.grid.code) for row in rows.order_by("grid__code")[:MOST]]


def my_shifts(actor: Actor, at: datetime) -> Sequence[Line]:
    """My shifts of the next seven days."""
    rows = Shift.objects.filter(
        person_id=actor.id, cancelled=False, ends_at__gt=at, begins_at__lt=at + SHIFTS_AHEAD
    ).select_related("agency")
    return [
        Line(
            f"{clock.shanghai(row.begins_at):%m-%d %H:%M} – {clock.shanghai(row.ends_at):%H:%M}",
            row.agency.name,
            f"/organisation/{row.agency.code}/roster" if any(post.sees for post in actor.posts) else "",
        )
        for row in rows.order_by("begins_at")[:MOST]
    ]


def my_unit(actor: Actor, at: datetime) -> Sequence[Line]:
    """The unit I ride in, and what it is doing."""
    unit = unit_of(actor)
    return [Line(unit.call_sign, Unit.AVAILABILITIES[unit.availability], "/phone")] if unit else []


def my_reports(actor: Actor, at: datetime) -> Sequence[Line]:
    """What I reported lately and what became of it."""
    rows = Matter.objects.visible_to(actor).opened_by(actor.id).order_by("-received_at")[:MOST]
    return [
        Line(
            row.title or KINDS[row.kind].words.zh,
            row.workflow.state(row.state).words,
            f"/matters/{row.number}",
        )
        for row in rows
    ]


def the_trail(actor: Actor, at: datetime) -> Sequence[Line]:
    """How far the trail reaches, for who has to check it."""
    last = Entry.objects.visible_to(actor).order_by("-at").first()
    if last is None:
        return []
    return [Line(f"{clock.shanghai(last.at):%Y-%m-%d %H:%M}", Words("最近一条留痕", "the latest entry of the trail"))]


OWN_SOURCES = (
    OwnSource(
        code="reports",
        words=Words("我报过的事", "what I reported"),
        icon="message-circle",
        posts=REPORTING,
        find=my_reports,
        rest="/matters?by_me=1",
        police=False,
    ),
    OwnSource(code="unit", words=Words("我的警力", "my unit"), icon="car", posts=POLICE, find=my_unit),
    OwnSource(
        code="shifts",
        words=Words("我的班次", "my shifts"),
        icon="calendar",
        posts=tuple(POSTS),
        find=my_shifts,
        police=False,
    ),
    OwnSource(
        code="grids",
        words=Words("我的网格", "my grids"),
        icon="map-pin",
        posts=AT_ROOMS,
        find=my_grids,
        police=False,
    ),
    OwnSource(
        code="beside",
        words=Words("和我一起的人", "who works with me"),
        icon="users",
        posts=AT_ROOMS,
        find=beside_me,
        police=False,
    ),
    OwnSource(
        code="posts",
        words=Words("我的岗位", "my posts"),
        icon="shield-check",
        posts=tuple(POSTS),
        find=where_i_work,
        police=False,
    ),
    OwnSource(code="trail", words=Words("留痕", "trail"), icon="eye", posts=("auditor",), find=the_trail),
)
