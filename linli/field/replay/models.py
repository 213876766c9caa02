"""Operations with their answers."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class OperationQuery(models.QuerySet["Operation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own; what the office has to decide on it sees as a divergence."""
        return self.filter(author_id=actor.id)


class Operation(models.Model):
    """One thing that a person did on a phone, and what came of it: written in the transaction of the change itself.

    ``state``: answered, or what it waits for (an earlier one of its branch, a file, a mended fault). ``body`` is the
    operation as it came and ``facts`` what the answer adds, both sealed. ``device_at`` is what the phone's clock said,
    ``offset_s`` how far it was off when it sent (server minus phone, seconds). ``later``: the answer was given after
    the phone had gone, so it asks for it.
    """

    ANSWERED = "answered"
    EARLIER = "earlier"
    FILE = "file"
    FAULT = "fault"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author_id = models.UUIDField()
    op_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    device_id = models.UUIDField()
    branch_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    act = models.CharField(max_length=80)
    record_id = models.UUIDField(null=True)
    cause_id = models.UUIDField(null=True)
    replaces_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    answer = models.CharField(max_length=10)
    code = models.CharField(max_length=60, blank=True)
    facts = models.BinaryField(default=bytes)
    number = models.CharField(max_length=32, blank=True)
    version = models.PositiveIntegerField(null=True)
    body = models.BinaryField(default=bytes)
    device_at = models.DateTimeField(null=True)
    offset_s = models.FloatField(default=0.0)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField()
    later = models.BooleanField(default=False)

    objects = OperationQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["author_id", "branch_id", "seq"], name="operation_branch"),
            models.Index(fields=["author_id", "answered_at"], condition=models.Q(later=True), name="operation_later"),
            models.Index(fields=["received_at"], condition=~models.Q(state="answered"), name="operation_waits"),
            models.Index(fields=["received_at"], name="operation_received"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["author_id", "op_id"], name="operation_once")]
