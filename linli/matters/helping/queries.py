"""Who helps, and what one may do about it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.helping.models import Helper
from linli.matters.kinds.help_request import HELPERS
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
