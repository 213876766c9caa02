"""The category tree: loadable, our own codes (the shape of the 110 tables, domain.md A6)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel import clock
from linli.kernel.ids import new_id


class Category(models.Model):
    """One category. ``taken_by`` says who may take it: room, station (custody, serious crime) or room_then_station
    (first response, then hand-over).

    ``ask_along`` lists services to ask along (120, 119, 122, 12345). ``automatic`` categories are ordered without a
    tap.
    """

    scope_excuse = "A published dictionary."

    TAKERS: ClassVar = ("room", "station", "room_then_station")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, unique=True)
    parent = models.CharField(max_length=12, blank=True)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=80)
    priority = models.PositiveSmallIntegerField(default=3)
    taken_by = models.CharField(max_length=20, default="room")
    automatic = models.BooleanField(default=False)
    skills = models.JSONField(default=list)
    equipment = models.JSONField(default=list)
    ask_along = models.JSONField(default=list)
    words = models.JSONField(default=list)
    """What callers say when they mean it; the desk proposes a category from them."""
    active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.zh
