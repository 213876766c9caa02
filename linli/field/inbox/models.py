"""Raw batches."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class BatchQuery(models.QuerySet["Batch"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody what his own phone sent; the body is opened by the replay alone."""
        return self.filter(sender_id=actor.id)


class Batch(models.Model):
    """What a phone sent, as it came, compressed and sealed, stored before it is worked on. ``done_at``: all of it has
    its answers; it is then kept for a few days to look into a doubt, and erased.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sender_id = models.UUIDField()
    device_id = models.UUIDField()
    body = models.BinaryField()
    operations = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = BatchQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["received_at"], name="batch_received"),
            models.Index(fields=["received_at"], condition=models.Q(done_at__isnull=True), name="batch_open"),
        ]
