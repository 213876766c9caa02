"""What lies in the store, and what is on its way there in pieces."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class StoredFile(models.Model):
    """A file that lies in the store under its digest: kept once, however often it is attached."""

    scope_excuse = "A digest and a length; who may read the bytes is decided by the row that they hang on."

    sha256 = models.CharField(max_length=64, primary_key=True)
    bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=80)
    kept_at = models.DateTimeField()


class UploadQuery(models.QuerySet["Upload"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own uploads."""
        return self.filter(owner_id=actor.id)


class Upload(models.Model):
    """A file on its way in pieces of ``PIECE_BYTES``; a piece that was sent twice is the same piece."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    name = models.CharField(max_length=120)
    bytes = models.BigIntegerField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = UploadQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner_id", "begun_at"], name="upload_owner")]
