"""The trail's rows."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class EntryQuery(models.QuerySet["Entry"]):
    def visible_to(self, actor: Actor) -> Self:
        """Entries whose paths the actor reaches; an actor's own deeds are always his to see."""
        if "/" in actor.paths:
            return self.all()
        reach = Q(actor_id=actor.id)
        for path in actor.paths:
            reach |= Q(paths__contains=f" {path}")
        return self.filter(reach)


class Entry(models.Model):
    """One act that was done. Never changed but for ``position`` and ``hash``, which the sealer gives once.

    ``paths`` holds the agency paths from which it may be seen, each between spaces. ``digest`` commits to the salted
    kept facts, so that facts may be erased by law later while the chain still verifies.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.CharField(max_length=80)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=12)
    door = models.CharField(max_length=12)
    device = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=0)
    paths = models.TextField(default=" / ")
    facts = models.JSONField(null=True)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    parent_id = models.UUIDField(null=True)
    position = models.BigIntegerField(null=True, unique=True)
    hash = models.CharField(max_length=64, blank=True)

    objects = EntryQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="entry_subject"),
            models.Index(fields=["actor_id", "at"], name="entry_actor"),
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="entry_unsealed"),
        ]
