"""Who looked."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class ReadQuery(models.QuerySet["Read"]):
    def visible_to(self, actor: Actor) -> Self:
        """An actor sees his own looks; an auditor or system actor sees all."""
        if actor.is_system or actor.holds("auditor"):
            return self.all()
        return self.filter(actor_id=actor.id)


class Read(models.Model):
    """One look at a person's data, with the purpose that the open task gave it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ReadQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id", "at"], name="read_subject")]
