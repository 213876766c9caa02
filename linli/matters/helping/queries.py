"""Who helps, and what one may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.helping.models import HELPING, Helper
from linli.matters.kinds.help_request import HELPERS, KIND
from linli.matters.ledger.models import Matter

JOINED_IN = ("open", "assigned", "helping")
"""The states of a request in which a helper may still come."""


def helpers_of(actor: Actor, *, matter: Matter) -> QuerySet[Helper]:
    """The helpers of a request in the order in which they came."""
    return Helper.objects.visible_to(actor).filter(matter=matter)


def helper_by_id(actor: Actor, key: UUID) -> Helper:
    """One helper in reach; raises NotFound."""
    found = Helper.objects.visible_to(actor).filter(pk=key).select_related("matter__agency", "matter__station").first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def may_join(actor: Actor, matter: Matter) -> bool:
    """Whether somebody may come to help: a post that helps, a request that is open, not at it already."""
    if matter.kind != "help_request" or matter.state not in JOINED_IN or not actor.holds(*HELPERS):
        return False
    return not Helper.objects.filter(matter=matter, person_id=actor.id, state="at_it").exists()


def helping_post(actor: Actor, matter: Matter) -> str:
    """The post in which somebody helps: one that reaches the request, the nearest first."""
    paths = matter.scope_paths()
    mine = [post for post in actor.posts if post.code in HELPERS and any(path.startswith(post.path) for path in paths)]
    return max(mine, key=lambda post: len(post.path)).code if mine else ""


_MOST = 60


def _own(actor: Actor) -> QuerySet[Helper]:
    """Beside who has taken the request on: he holds the request itself, with its own steps."""
    rows = Helper.objects.visible_to(actor).filter(person_id=actor.id, state=HELPING.initial)
    return rows.exclude(matter__assignee_id=actor.id)


def _due(actor: Actor) -> list[tuple[UUID, str]]:
    """What one has come to help with and has not ended; the version is also the request's, whose words are read."""
    rows = _own(actor).order_by("joined_at", "pk").values_list("pk", "version", "matter__version")
    return [(key, f"{version}.{told}") for key, version, told in rows[:_MOST]]


def _shown(actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Shown]:
    rows = _own(actor).filter(pk__in=keys).select_related("matter")
    return {row.pk: _one(row) for row in rows}


def _one(row: Helper) -> Shown:
    matter = row.matter
    return {
        "group": "today",
        "kind": "mine",
        "title": matter.title or KIND.words.zh,
        "lines": [Words("我在帮办", "I am helping").as_json(), str(matter.details.get("need", ""))],
        "state": row.state,
        "state_words": HELPING.state(row.state).words.as_json(),
        "at": row.joined_at,
        "due_at": matter.due_at,
        "lon": matter.lon,
        "lat": matter.lat,
        "address": matter.address,
        "number": matter.number,
    }


part(Part("helper", Helper, Words("我的帮办", "my helping"), 17, _due, _shown, most=_MOST))
