"""The stored answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class Receipt(models.Model):
    """One key of one caller on one route: in flight while ``status`` is 0, then the answer to repeat for seven days."""

    scope_excuse = "Found only by its own caller's key; it repeats to him what he was told before."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    caller = models.CharField(max_length=64)
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="receipt_at")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["caller", "route", "key"], name="receipt_once")]
