"""Queued messages and their receipts."""

from __future__ import annotations

import json
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow

MESSAGE_LIFE = Workflow(
    "message",
    "queued",
    (
        State("queued", Words("待发", "queued")),
        State("sent", Words("已交网关", "handed over")),
        State("delivered", Words("已送达", "delivered"), final=True),
        State("failed", Words("未送达", "not delivered"), final=True),
    ),
    (
        Move("hand_over", ("queued",), "sent", Words("交网关", "hand over"), machine=True),
        # A gateway may report before our own note that it took the message, or after we have given up.
        Move("deliver", ("queued", "sent", "failed"), "delivered", Words("送达", "deliver"), machine=True),
        Move("fail", ("queued", "sent"), "failed", Words("失败", "fail"), machine=True),
    ),
)


class MessageQuery(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the matter behind it reads it there; the list of messages itself is the administrator's."""
        return self.all() if actor.is_system or actor.holds("administrator", "auditor") else self.none()


class Message(models.Model):
    """One message to one person on one channel, about one subject (an order, a ticket).

    ``address`` is sealed and holds the person's addresses by channel, so that another channel can stand in;
    ``tried`` names the channels before this one, ``instead_of`` the message it stands in for. ``body`` holds what
    goes out: a place and a link, never a person's data beyond it. ``answer`` is the key that was pressed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=20)
    template = models.CharField(max_length=60)
    address = models.BinaryField(default=bytes)
    recipient = models.UUIDField(null=True)
    body = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=MESSAGE_LIFE.initial)
    version = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    tried = models.JSONField(default=list)
    instead_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="stand_ins")
    gateway_id = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=4, blank=True)
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
            models.Index(fields=["queued_at"], condition=Q(state="queued"), name="message_unsent"),
        ]

    @property
    def addresses(self) -> dict[str, str]:
        """The person's addresses by channel."""
        held: dict[str, str] = json.loads(unseal(self.address, context=f"works.message.address.{self.pk}") or "{}")
        return held

    def set_addresses(self, addresses: dict[str, str]) -> None:
        text = json.dumps({key: value for key, value in addresses.items() if value}, ensure_ascii=False)
        self.address = seal(text, context=f"works.message.address.{self.pk}")
