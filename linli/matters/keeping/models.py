"""What was thinned, and what must not be."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q


class Thinned(models.Model):
    """This matter says no more who and what, since this day. It still counts in every figure."""

    scope_excuse = "A mark beside Matter, which is scoped; it says nothing of anybody."

    matter = models.OneToOneField(Matter, primary_key=True, on_delete=models.CASCADE, related_name="thinned")
    on = models.DateField()


class HoldQuery(models.QuerySet["Hold"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the matter sees that it is held."""
        return self.filter(reach_q(actor, "matter__line"))

    def standing(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Hold(models.Model):
    """A law, a case or a court wants this matter kept whole beyond its term; ``basis`` names which."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="holds")
    basis = models.CharField(max_length=120)
    since_at = models.DateTimeField()
    by_name = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = HoldQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["since_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter"], condition=Q(ended_at__isnull=True), name="hold_once")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return self.matter.scope_paths()
