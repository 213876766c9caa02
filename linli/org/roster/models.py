"""The duty roster."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


class ShiftQuery(models.QuerySet["Shift"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(below("agency__path", actor.paths) | Q(person_id=actor.id))

    def at(self, moment: object) -> Self:
        return self.filter(begins_at__lte=moment, ends_at__gt=moment, cancelled=False)


class Shift(models.Model):
    """One person on duty at one agency, from ``begins_at`` to ``ends_at`` (exclusive); overnight shifts are ordinary.

    ``duty`` is lead (answers the telephone first), member, or standby (answers when nobody else does).
    """

    DUTIES: ClassVar = ("lead", "member", "standby")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="shifts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    duty = models.CharField(max_length=8, default="member")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = ShiftQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["agency", "begins_at"], name="shift_agency"),
            models.Index(fields=["person", "begins_at"], name="shift_person"),
        ]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="shift_forward")]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
