"""Files of phones."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.field.replay.models import Operation
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.works.files.models import StoredFile


class PhoneFileQuery(models.QuerySet["PhoneFile"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own: that another sent the same bytes is not told."""
        return self.filter(owner_id=actor.id)


class PhoneFile(models.Model):
    """A file that a person's phone sent whole, by the SHA-256 of what the phone holds. A picture is stored without its
    metadata, so the stored file has another digest.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PhoneFileQuery.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner_id", "sha256"], name="phone_file_once")]


class AwaitedQuery(models.QuerySet["Awaited"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(owner_id=actor.id)


class Awaited(models.Model):
    """A photo, voice note or signature that an operation named: it is hung on the record by the act ``attach`` as soon
    as its bytes are whole.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="awaited")
    owner_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    input = models.CharField(max_length=60)
    attach = models.CharField(max_length=60)
    record_id = models.UUIDField()
    hung_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    objects = AwaitedQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner_id", "sha256"], condition=Q(hung_at__isnull=True), name="awaited_file")
        ]
