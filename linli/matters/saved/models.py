"""Saved filters and chosen columns."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.org.agencies.models import Agency


class SavedFilterQuery(models.QuerySet["SavedFilter"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and what was shared with an agency that one belongs to, or that stands below one's post."""
        agencies = [post.agency_id for post in actor.posts]
        return self.filter(
            Q(owner_id=actor.id)
            | Q(shared_with__in=agencies)
            | (Q(shared_with__isnull=False) & self._shared_below(actor))
        )

    @staticmethod
    def _shared_below(actor: Actor) -> Q:
        return below("shared_with__path", actor.paths)


class SavedFilter(models.Model):
    """A list with a name: ``query`` is the part of the ledger's address behind the question mark."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=600)
    shared_with = models.ForeignKey(Agency, null=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = SavedFilterQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        indexes: ClassVar = [models.Index(fields=["owner_id"], name="saved_owner")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner_id", "name"], name="saved_name_once")]

    def __str__(self) -> str:
        return self.name

    def scope_paths(self) -> tuple[str, ...]:
        return (self.shared_with.path,) if self.shared_with else ("/",)


class ChosenColumns(models.Model):
    """The columns that a person sees in the ledger, in their order."""

    scope_excuse = "A person's own choice of columns, read with his own id only."

    person_id = models.UUIDField(primary_key=True)
    columns = models.CharField(max_length=400)
    chosen_at = models.DateTimeField()
