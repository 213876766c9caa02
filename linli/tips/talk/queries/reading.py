"""Tips as their readers find them, and the one number that others are told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.posts.rules import POSTS
from linli.tips.talk.models import Envelope, Tip
from linli.tips.talk.rules import told_count


def tips_of(actor: Actor, *, closed: bool = False) -> QuerySet[Tip]:
    """Tips sealed to the actor, those not yet read first."""
    rows = Tip.objects.visible_to(actor)
    rows = rows.filter(state="closed") if closed else rows.exclude(state="closed")
    # "waiting" comes last in the alphabet of the states that are open; days after that, and no order within a day.
    return rows.order_by("-state", "-heard_on", "code")


def tip_seen(actor: Actor, key: uuid.UUID) -> Tip:
    """One tip; hidden and absent look the same (NotFound)."""
    found = Tip.objects.visible_to(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def readers_now(tip: Tip) -> list[tuple[uuid.UUID, str, str]]:
    """Who can open a tip: person, name and the words of the post."""
    rows = Envelope.objects.filter(tip=tip, key__ended_on__isnull=True).select_related("key__person", "post")
    found = [(row.key.person_id, row.key.person.name, str(POSTS[row.post.code])) for row in rows]
    return sorted(found, key=lambda one: (one[2], one[1]))


@dataclass(frozen=True, slots=True)
class Counted:
    """How many tips of the whole bureau came since a day, and how many of them are closed; None between one and
    four.
    """

    given: int | None
    closed: int | None


def counted(since: date) -> Counted:
    """For whoever reads no tips. Of the bureau only, never of a station or room: there are too few of them there."""
    rows = Tip.objects.filter(given_on__gte=since).aggregate(
        given=Count("pk"), closed=Count("pk", filter=Q(state="closed"))
    )
    given, closed = rows["given"], rows["closed"]
    # A difference tells as much as a number.
    if told_count(given - closed) is None:
        return Counted(told_count(given), None)
    return Counted(told_count(given), told_count(closed))
