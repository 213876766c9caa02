"""Notes on a matter."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q


class NoteQuery(models.QuerySet["Note"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(reach_q(actor, "matter__line"))


class Note(models.Model):
    """Something written down along the way; never changed, only added to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    by_name = models.CharField(max_length=80)
    by_id = models.UUIDField()
    at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)

    objects = NoteQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["matter", "at"], name="note_matter")]
