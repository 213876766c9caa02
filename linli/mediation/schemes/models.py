"""The bureau's own colour tables, and which one is in force."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id


class ColourScheme(models.Model):
    """A table as the bureau wrote it from ``since`` on; a change ends the version before it, none is overwritten. A
    shipped table gets a row only when it is put in force or changed.
    """

    scope_excuse = "How disputes are graded: a rule that everybody may read; nothing in it is about a place or person."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=80, blank=True)
    rows = models.JSONField(default=list)
    in_force = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    set_by_name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["code", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(until__isnull=True), name="scheme_one_current"),
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(until__isnull=True, in_force=True), name="scheme_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.zh

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
