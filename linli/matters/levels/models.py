"""Each time a matter changed its level."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q
from linli.org.agencies.models import Agency


class LevelChangeQuery(models.QuerySet["LevelChange"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(reach_q(actor, "matter__line"))


class LevelChange(models.Model):
    """A matter was lifted, or pushed back (``pushed_back``), with the reason and between which agencies. Never
    changed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="level_changes")
    from_level = models.CharField(max_length=12)
    to_level = models.CharField(max_length=12)
    from_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    pushed_back = models.BooleanField(default=False)
    reason = models.CharField(max_length=400)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    objects = LevelChangeQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["matter", "at"], name="level_change_matter")]

    def scope_paths(self) -> tuple[str, ...]:
        return self.matter.scope_paths()
