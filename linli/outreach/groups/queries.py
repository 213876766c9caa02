"""Which groups there are, and what became of what was sent to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor, below
from linli.outreach.groups.models import Group
from linli.works.outbox.models import Message

CHANNEL = "group"
"""The one way out to all groups; each message carries the robot's address, sealed."""


def groups_of(actor: Actor) -> QuerySet[Group]:
    """Groups that the actor may see, by agency."""
    return Group.objects.visible_to(actor).select_related("agency")


def group_by_id(actor: Actor, key: uuid.UUID) -> Group:
    """One group; hidden and absent look the same (NotFound)."""
    found = groups_of(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def groups_within(paths: Iterable[str]) -> QuerySet[Group]:
    """The groups of areas: of the agencies at these paths and below."""
    return Group.objects.filter(below("agency__path", tuple(paths)) & Q(enabled=True))


def last_told(group: Group) -> Message | None:
    """The latest message to a group: its state and why it failed, for whoever may see the group."""
    return Message.objects.filter(channel=CHANNEL, recipient=group.pk).order_by("-queued_at").first()
