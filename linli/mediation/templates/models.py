"""Word templates that the bureau brought, each a version; at most one of a paper is in force."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.works.files.models import StoredFile


class PaperTemplate(models.Model):
    """A Word file for one paper (``code``: one of PAPERS, ``paper`` for all, ``case-file``) as it was brought, never
    overwritten. ``used_since`` is set while it is in force and kept as the last time when it is not.
    """

    scope_excuse = "How papers look: a form without a case in it, for whoever may set it."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=80)
    in_force = models.BooleanField(default=False)
    used_since = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["code", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "number"], name="paper_template_number"),
            models.UniqueConstraint(fields=["code"], condition=Q(in_force=True), name="paper_template_one_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
