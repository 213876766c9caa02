"""Checklists of the bureau in dated versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id


class Checklist(models.Model):
    """What is looked at in places of some kinds, from ``since`` on. A change is a new version; inspections keep theirs.

    ``items`` are lists of ``[code, zh, en, article]`` in order: read whole, never filtered by.
    """

    scope_excuse = "The bureau's published lists; nothing in it is about any place."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24)
    edition = models.PositiveSmallIntegerField()
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=80, blank=True)
    basis = models.CharField(max_length=160)
    premises_kinds = models.JSONField(default=list)
    items = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["code", "edition"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "edition"], name="checklist_edition_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(until__isnull=True), name="checklist_one_current"),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
