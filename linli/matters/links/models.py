"""Ties between matters."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q


class LinkQuery(models.QuerySet["Link"]):
    def visible_to(self, actor: Actor) -> Self:
        """Both ends must be visible: a tie to a sealed matter does not exist for others."""
        return self.filter(reach_q(actor, "one__line"), reach_q(actor, "other__line"))

    def standing(self) -> Self:
        return self.filter(undone_at__isnull=True)


class Link(models.Model):
    """``one`` is the main matter, ``other`` hangs on it. Undone, not deleted: who tied and who untied stays."""

    RELATIONS: ClassVar = {
        "same_incident": ("同一警情", "same incident"),
        "follows": ("后续", "follows from"),
        "related": ("相关", "related"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    one = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="links_out")
    other = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="links_in")
    relation = models.CharField(max_length=16)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    undone_by = models.CharField(max_length=80, blank=True)
    undone_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = LinkQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(one=F("other")), name="link_two_ends"),
            models.UniqueConstraint(
                fields=["one", "other", "relation"], condition=Q(undone_at__isnull=True), name="link_once"
            ),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (*self.one.scope_paths(), *self.other.scope_paths())
