"""Configured ways out."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class ChannelConfigQuery(models.QuerySet["ChannelConfig"]):
    def visible_to(self, actor: Actor) -> Self:
        """Ways out are the administrator's to see; the auditor checks them."""
        return self.all() if actor.is_system or actor.holds("administrator", "auditor") else self.none()


class ChannelConfig(models.Model):
    """One way out. ``name`` is what messages call it (wecom, sms, voice, …), ``kind`` which adapter speaks for it.

    ``place`` is the order in which one stands in for another. Between ``quiet_from`` and ``quiet_until``
    (Asia/Shanghai) messages that are not urgent wait; orders never do. ``options`` holds what is no secret (WeCom's
    corp and agent). Receipts are signed with a secret of their own; SMS and voice gateways may use the one they are
    called with. ``own_order``: a person may put it before or behind others for himself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=16)
    url = models.CharField(max_length=300, blank=True)
    secret_sealed = models.BinaryField(default=bytes)
    receipt_secret_sealed = models.BinaryField(default=bytes)
    options = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)
    place = models.PositiveSmallIntegerField(default=1)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    own_order = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = ChannelConfigQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        return unseal(self.secret_sealed, context=f"works.channel.secret.{self.pk}")

    def set_secret(self, secret: str) -> None:
        self.secret_sealed = seal(secret, context=f"works.channel.secret.{self.pk}")

    @property
    def receipt_secret(self) -> str:
        """What this gateway's receipts are signed with; empty: it sends none."""
        own = unseal(self.receipt_secret_sealed, context=f"works.channel.receipt_secret.{self.pk}")
        return own or (self.secret if self.kind in ("sms", "voice") else "")

    def set_receipt_secret(self, secret: str) -> None:
        self.receipt_secret_sealed = seal(secret, context=f"works.channel.receipt_secret.{self.pk}")


class WishQuery(models.QuerySet["Wish"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own only."""
        return self.all() if actor.is_system else self.filter(recipient=actor.id)


class Wish(models.Model):
    """How one person wants to be reached: channels in his own order, the language, quiet hours (Asia/Shanghai) for what
    is not urgent. ``recipient`` is the person's key. What the bureau keeps in place or switches off stays so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recipient = models.UUIDField(unique=True)
    channels = models.JSONField(default=list)
    language = models.CharField(max_length=2, default="zh")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    objects = WishQuery.as_manager()
