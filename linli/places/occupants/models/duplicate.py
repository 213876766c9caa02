"""Two records that may be one person: suggested, decided by somebody, never merged by itself."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.occupants.models.occupant import Occupant


class DuplicateQuery(models.QuerySet["Duplicate"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees both records."""
        seen = Occupant.objects.visible_to(actor).values("pk")
        return self.filter(one__in=seen, other__in=seen)


class Duplicate(models.Model):
    """A pair, smaller key first. ``moved`` keeps which records were led to ``other`` with ``one`` when it was merged,
    so that undoing brings back exactly those.
    """

    WHY: ClassVar = {
        "id_number": Words("证件号码相同", "the same identity number"),
        "name_birth": Words("姓名和出生日期相同", "the same name and day of birth"),
        "alike": Words("同址、同生日、姓名相近", "same address and day of birth, similar name"),
        "by_hand": Words("民警指出", "an officer says so"),
    }
    STATES: ClassVar = {
        "suggested": Words("待判断", "suggested"),
        "merged": Words("已合并", "merged"),
        "apart": Words("不是同一人", "not the same person"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    one = models.ForeignKey(Occupant, on_delete=models.CASCADE, related_name="duplicates_first")
    other = models.ForeignKey(Occupant, on_delete=models.CASCADE, related_name="duplicates_second")
    why = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="suggested")
    kept_id = models.UUIDField(null=True)
    moved = models.JSONField(default=list)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DuplicateQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_smaller_first"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "found_at"], name="duplicate_open")]

    def scope_paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.one.scope_paths(), *self.other.scope_paths())))
