"""Somebody's day, and what is his, from the declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linli.insight.today.queries.matters import MATTER_SOURCES, OFFICERS
from linli.insight.today.queries.others import failed_jobs, reviews, running_orders, tickets
from linli.insight.today.queries.own import OWN_SOURCES
from linli.insight.today.queries.visits import VISIT_SOURCES
from linli.insight.today.rules import MOST, Day, arranged
from linli.kernel import clock
from linli.kernel.claims import CLAIMS, OWN, ClaimSource, Line, OwnSource, Weight
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.posts.rules import CIVIL

OTHER_SOURCES = (
    ClaimSource(
        code="tickets",
        words=Words("待接收或回告的移交", "tickets that want an answer"),
        weight=Weight.LAW,
        posts=("partner_officer", "station_chief", "station_desk", "community_officer"),
        find=tickets,
        rest="/mine#claims",
    ),
    ClaimSource(
        code="gradings.reviews",
        words=Words("分级场所到期复核", "reviews of graded places"),
        weight=Weight.TASK,
        posts=("community_officer", "station_chief"),
        find=reviews,
        rest="/grades?due_in=7",
    ),
    ClaimSource(
        code="jobs.failed",
        words=Words("失败的后台任务", "jobs that failed"),
        weight=Weight.TASK,
        posts=("administrator",),
        find=failed_jobs,
        rest="/administration/jobs",
    ),
    *VISIT_SOURCES,
)

__all__ = [
    "MATTER_SOURCES",
    "OFFICERS",
    "OTHER_SOURCES",
    "OWN_SOURCES",
    "Own",
    "claims_for",
    "day_of",
    "own_of",
    "owned_by",
    "running_orders",
]


def is_civil(actor: Actor) -> bool:
    """Whether every post that the actor holds is a civil one: then no source with police data is asked."""
    return bool(actor.posts) and all(post.code in CIVIL for post in actor.posts)


def claims_for(actor: Actor, sources: Mapping[str, ClaimSource] = CLAIMS) -> list[ClaimSource]:
    """The declared sources that stand on this actor's page."""
    civil = is_civil(actor)
    return [item for item in sources.values() if actor.holds(*item.posts) and not (civil and item.police)]


def owned_by(actor: Actor, sources: Mapping[str, OwnSource] = OWN) -> list[OwnSource]:
    """The declared sources of what is this actor's own."""
    civil = is_civil(actor)
    return [item for item in sources.values() if actor.holds(*item.posts) and not (civil and item.police)]


def day_of(actor: Actor, most: int = MOST) -> Day:
    """At most seven things in their order, and how many more there are where."""
    at = clock.now()
    return arranged([(item, item.find(actor, at, most)) for item in claims_for(actor)], at, most)


@dataclass(frozen=True, slots=True)
class Own:
    """One block of the page of a post."""

    source: OwnSource
    lines: Sequence[Line]


def own_of(actor: Actor) -> list[Own]:
    """What is the actor's own, block by block."""
    at = clock.now()
    return [Own(item, item.find(actor, at)) for item in owned_by(actor)]
