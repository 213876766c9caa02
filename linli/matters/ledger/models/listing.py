"""Who reaches which matter, with the columns that lists filter and count by beside it (ADR 0028)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from linli.kernel.scope import Actor


class Listing(models.Model):
    """One reach: whoever holds ``key`` sees the matter at ``line``, in the order of the ledger.

    ``key`` is the code of an agency on the way from the root to the matter's agency, to its station or to one that it
    was shared with, or the id of a person who opened it or has it to do. The other columns are copies of the matter's,
    so that any filter of a post is one walk along its own stretch of this table.
    """

    scope_excuse = "The reach itself: Matter.visible_to reads it, and lists ask it by the actor's own keys only."

    pk = models.CompositePrimaryKey("key", "matter_id")
    key = models.CharField(max_length=40)
    matter = models.ForeignKey(
        "matters.Matter",
        on_delete=models.CASCADE,
        to_field="line",
        db_column="line",
        related_name="listings",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=24)
    category = models.CharField(max_length=12, blank=True)
    priority = models.PositiveSmallIntegerField(null=True)
    is_open = models.BooleanField()
    is_late = models.BooleanField()
    is_warned = models.BooleanField()
    is_assigned = models.BooleanField()
    due_at = models.DateTimeField(null=True)
    at_agency = models.BooleanField(default=False)
    """The key lies on the way to the agency that deals with the matter."""
    at_station = models.BooleanField(default=False)
    """The key lies on the way to the station of its place; to its agency when no station is known."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["matter"], name="listing_line"),
            models.Index(fields=["key", "due_at"], condition=Q(is_open=True, due_at__isnull=False), name="listing_due"),
            models.Index(fields=["key", "kind", "state", "matter"], name="listing_kind_state"),
            models.Index(fields=["key", "matter"], condition=Q(is_open=True), name="listing_open"),
        ]


def keys_of(actor: Actor) -> list[str]:
    """The keys that an actor holds: the agencies of his highest posts, and himself."""
    return [*(path.strip("/").rpartition("/")[2] for path in actor.paths if path != "/"), actor.id.hex]


def reached_by(actor: Actor, line: str) -> Exists | None:
    """Whether the actor reaches the matter whose line stands in column ``line``; None: he reaches every one.

    A question about one row, never a list of rows: SQLite would write out the list of a whole bureau first.
    """
    if "/" in actor.paths:
        return None
    return Exists(Listing.objects.filter(matter_id=OuterRef(line), key__in=keys_of(actor)))


def reach_q(actor: Actor, line: str) -> Q:
    """The same as a condition that may be joined with others."""
    reach = reached_by(actor, line)
    return ~Q(pk__in=[]) if reach is None else Q(reach)
