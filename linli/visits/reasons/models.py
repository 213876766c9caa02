"""The bureau's own reasons, with dates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id


class ReasonVersion(models.Model):
    """How the bureau has set a reason from ``since`` on; a change ends the version before it, none is overwritten."""

    scope_excuse = "The bureau's published rules for visits; nothing in it is about any place or person."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24)
    zh = models.CharField(max_length=40)
    en = models.CharField(max_length=60, blank=True)
    every_days = models.PositiveSmallIntegerField(null=True)
    first_within_days = models.PositiveSmallIntegerField(default=7)
    retry_days = models.PositiveSmallIntegerField(default=3)
    lasts_days = models.PositiveSmallIntegerField(null=True)
    ground = models.CharField(max_length=10, default="duty")
    premises_kinds = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    helpers = models.BooleanField(default=True)
    in_use = models.BooleanField(default=True)
    since = models.DateField()
    until = models.DateField(null=True)
    set_by_name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["code", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(until__isnull=True), name="reason_one_current")
        ]

    def __str__(self) -> str:
        return self.zh

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
