"""Papers that somebody brought or photographed, kept in the file of a case."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.mediation.cases.models import MediationCase, named, unseen
from linli.org.people.models import Person
from linli.works.files.models import StoredFile


class CasePaperQuery(models.QuerySet["CasePaper"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))


class CasePaper(models.Model):
    """One file in the case's file; ``place`` is which of the required contents it is (``papers.rules.CONTENTS``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="papers")
    place = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CasePaperQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)
