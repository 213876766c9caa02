"""Peers, what goes to them, what came from them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words


class PeerQuery(models.QuerySet["Peer"]):
    def visible_to(self, actor: Actor) -> Self:
        """Peers are the administrator's to see; the auditor checks them."""
        return self.all() if actor.is_system or actor.holds("administrator", "auditor") else self.none()


class Peer(models.Model):
    """Another system. ``name`` is what it calls itself: the sender of its bundles, the machine of its token, the
    ``external_source`` of its incidents. ``our_name`` is what it calls us.

    ``field_map`` (TOML) says how its fields and codes become ours. ``wants_all``: it gets the state of every incident,
    not only of its own. ``agency_code`` names the partner agency that it speaks for (tickets go to it).
    ``sending_until``: somebody is sending to it now; bundles go one after the other, so that their order holds.
    """

    KINDS: ClassVar = {"http": Words("接口", "HTTP"), "files": Words("文件摆渡", "signed files")}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40, unique=True)
    our_name = models.CharField(max_length=40, default="linli")
    kind = models.CharField(max_length=8)
    url = models.CharField(max_length=300, blank=True)
    key_sealed = models.BinaryField(default=bytes)
    inbox = models.CharField(max_length=300, blank=True)
    outbox = models.CharField(max_length=300, blank=True)
    field_map = models.TextField(blank=True)
    wants_all = models.BooleanField(default=False)
    agency_code = models.CharField(max_length=24, blank=True)
    enabled = models.BooleanField(default=True)
    sequence = models.PositiveBigIntegerField(default=0)
    sending_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = PeerQuery.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return unseal(self.key_sealed, context=f"works.peer.key.{self.pk}")

    def set_key(self, key: str) -> None:
        self.key_sealed = seal(key, context=f"works.peer.key.{self.pk}")


class Bundle(models.Model):
    """What went to a peer in one piece, numbered without a gap. ``state``: made, handed_over, acknowledged or
    refused.
    """

    scope_excuse = "The post book of the exchange: numbers and times, read by the worker and the administrator's pages."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="bundles")
    sequence = models.PositiveBigIntegerField()
    state = models.CharField(max_length=12, default="made")
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["peer", "sequence"], name="bundle_once")]


class Item(models.Model):
    """One thing to tell a peer: a status, a ticket, an acknowledgement. Queued in the act's transaction, later
    bundled.
    """

    scope_excuse = "On its way to a peer that is entitled to it; read by the worker only."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20)
    shared_id = models.CharField(max_length=64, blank=True)
    body = models.JSONField(default=dict)
    queued_at = models.DateTimeField()
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="items")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["peer", "queued_at"], condition=Q(bundle__isnull=True), name="item_unsent")
        ]


class Received(models.Model):
    """One bundle that came from a peer. ``done_at`` is empty while it is being read: after a crash reading goes on."""

    scope_excuse = (
        "The post book of the exchange: numbers and digests, read by the worker and the administrator's pages."
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="received")
    sequence = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["peer", "sequence"], name="received_once")]


class ReceivedItem(models.Model):
    """One item that came, and what was done with it: written in the same transaction, so that it is done once."""

    scope_excuse = "Keys of items and of rows made from them; the rows themselves are scoped."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="received_items")
    item_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=20)
    sequence = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=12)
    subject = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["peer", "item_id"], name="received_item_once")]
