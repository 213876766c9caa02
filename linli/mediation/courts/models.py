"""That a court sent a dispute, by when it wants an answer, and what it was answered."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.mediation.cases.models import MediationCase, named, unseen
from linli.mediation.courts.rules import OUTCOMES


class CourtCaseQuery(models.QuerySet["CourtCase"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))


class CourtCase(models.Model):
    """A dispute as the court knows it: its own number is sealed, it leads to the parties. ``clock`` cites the article
    that ``due_on`` rests on; ``returned_on`` the day of the answer.
    """

    OUTCOMES: ClassVar = OUTCOMES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.OneToOneField(MediationCase, on_delete=models.CASCADE, related_name="court_case")
    court = models.CharField(max_length=80)
    number_sealed = models.BinaryField(default=bytes)
    received_on = models.DateField()
    due_on = models.DateField()
    clock = models.CharField(max_length=200, blank=True)
    prolonged = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, blank=True)
    returned_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CourtCaseQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(returned_on__isnull=True), name="court_case_due")
        ]

    @property
    def number(self) -> str:
        return unseal(self.number_sealed, context=f"mediation.court.number.{self.pk}")

    def put_number(self, text: str) -> None:
        """Seal the court's own number."""
        self.number_sealed = seal(text.strip(), context=f"mediation.court.number.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)
