"""Queued messages and their receipts."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class MessageQuery(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the matter behind it reads it there; the list of messages itself is the administrator's."""
        return self.all() if actor.is_system or actor.holds("administrator", "auditor") else self.none()


class Message(models.Model):
    """One message to one address on one channel, about one subject (an order, a ticket).

    ``address`` is sealed. ``body`` holds what goes out: a place and a link, never a person's data beyond it.
    """

    QUEUED, SENT, DELIVERED, FAILED = "queued", "sent", "delivered", "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=20)
    template = models.CharField(max_length=60)
    address = models.BinaryField(default=bytes)
    body = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=QUEUED)
    version = models.PositiveIntegerField(default=0)
    gateway_id = models.CharField(max_length=120, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = MessageQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"], name="message_subject"),
            models.Index(fields=["channel", "gateway_id"], name="message_gateway"),
        ]
