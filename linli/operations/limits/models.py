"""The declared minutes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class Limit(models.Model):
    """How long each step may take, in seconds, for a category (a code or its beginning) and a zone; blank means every
    one.

    Defaults: research/dispatch.md §2.4. The most particular row wins: category before zone.
    """

    scope_excuse = "Published configuration."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.CharField(max_length=12, blank=True)
    zone = models.CharField(max_length=8, blank=True)
    delivered_s = models.PositiveIntegerField(default=5)
    signed_s = models.PositiveIntegerField(default=30)
    desk_s = models.PositiveIntegerField(default=60)
    bureau_s = models.PositiveIntegerField(default=120)
    moving_s = models.PositiveIntegerField(default=90)
    target_s = models.PositiveIntegerField(default=300)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["category", "zone"], name="limit_once")]

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
