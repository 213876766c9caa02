"""Attachments."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q
from linli.works.files.models import StoredFile


class AttachmentQuery(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the matter sees its files."""
        return self.filter(reach_q(actor, "matter__line"))

    def kept(self) -> Self:
        return self.filter(dropped_at__isnull=True)


class Attachment(models.Model):
    """A file on a matter. Taken away it is no longer shown; who hung it there and who took it away stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AttachmentQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["matter", "at"], name="attachment_matter")]

    def scope_paths(self) -> tuple[str, ...]:
        return self.matter.scope_paths()
