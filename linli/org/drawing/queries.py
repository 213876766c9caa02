"""Who is drawn away, and how much of it there was."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight, waiting
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.org.drawing.models import Drawing
from linli.org.drawing.rules import LEADERS, REASONS, hours_within
from linli.org.people.models import Person
from linli.org.posts.models import Post


def community_post(person: Person) -> Post | None:
    """The community post that a person holds today."""
    held = Post.objects.held_on(clock.today()).filter(person=person, code="community_officer")
    return held.select_related("agency").order_by("-main", "since").first()


def approved_spans(person: Person) -> list[tuple[datetime, datetime]]:
    """From when to when a person was, or is to be, away with leave."""
    return [(row.begins_at, row.until_at) for row in Drawing.objects.away().filter(person=person)]


def drawing_by_id(actor: Actor, key: uuid.UUID) -> Drawing:
    """One of those the actor may see (NotFound)."""
    rows = Drawing.objects.visible_to(actor).select_related("person", "agency", "asked_for", "asked_by", "decided_by")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def drawings_of(actor: Actor, *, state: str = "") -> QuerySet[Drawing]:
    """What the actor may see, the latest first."""
    rows = Drawing.objects.visible_to(actor).select_related("person", "agency", "asked_for", "asked_by", "decided_by")
    return rows.filter(state=state) if state else rows


def people_to_draw(actor: Actor) -> list[Person]:
    """Community officers who may be asked for: of the actor's own bureau, whatever their station."""
    roots = tuple({"/" + post.path.strip("/").split("/")[0] + "/" for post in actor.posts if post.sees})
    rows = Post.objects.held_on(clock.today()).filter(below("agency__path", roots), code="community_officer")
    rows = rows.filter(person__left_on__isnull=True).select_related("person", "agency").order_by("agency__path")
    return list({row.person_id: row.person for row in rows}.values())


@dataclass(frozen=True, slots=True)
class Drawn:
    """How often and how long officers of a place were drawn away in a period, and how many askings were refused."""

    times: int
    away: timedelta
    beyond: int
    refused: int


def drawn_from(actor: Actor, *, paths: Sequence[str], begins_at: datetime, ends_at: datetime) -> Drawn:
    """The count of places within the actor's reach: of officers' hours, not of officers."""
    rows = Drawing.objects.visible_to(actor).filter(below("agency__path", tuple(paths)))
    rows = rows.filter(begins_at__lt=ends_at, ends_at__gt=begins_at)
    away = list(rows.away())
    total = sum((hours_within([(row.begins_at, row.until_at)], begins_at, ends_at) for row in away), timedelta())
    refused = rows.filter(state="refused").count()
    return Drawn(len(away), total, sum(row.beyond_limit for row in away), refused)


def _to_decide(actor: Actor, at: datetime, most: int) -> Waiting:
    """Askings that the actor may decide: never his own, beyond the limit only for the bureau's leaders."""
    rows = drawings_of(actor, state="asked").filter(below("agency__path", actor.paths))
    rows = rows.exclude(asked_by_id=actor.id).exclude(person_id=actor.id)
    if not actor.holds(*LEADERS):
        rows = rows.filter(beyond_limit=False)
    return waiting(rows.order_by("begins_at"), most, _asked)


def _asked(row: Drawing) -> Claim:
    zh = f"{row.asked_for.name}申请抽调：{REASONS[row.reason].zh}"
    en = f"{row.asked_for.name} asks for him: {REASONS[row.reason].en}"
    url = "/drawings?state=asked"
    return Claim(key=f"drawing:{row.pk}", title=row.person.name, url=url, why=Words(zh, en), by_at=row.begins_at)


CLAIM_SOURCES = (
    ClaimSource(
        code="drawing.decide",
        words=Words("待批的抽调", "officers asked for"),
        weight=Weight.TASK,
        posts=("station_chief", "bureau_leader"),
        find=_to_decide,
        rest="/drawings?state=asked",
    ),
)
