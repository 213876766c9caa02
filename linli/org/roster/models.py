"""The duty roster: who is planned, and who has signed on."""

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


class DutyQuery(models.QuerySet["Duty"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own. That somebody is on duty now is on the roster; how long anybody worked is his to show
        first (``insight.hours``).
        """
        return self.filter(person_id=actor.id)

    def running(self) -> Self:
        return self.filter(off_at__isnull=True)


class Duty(models.Model):
    """Somebody signed on at an agency and off again. ``on_at``/``off_at`` are what he says; ``on_recorded_at`` and
    ``off_recorded_at`` when the house heard it. No place is asked for, and none is kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="duties")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    shift = models.ForeignKey(Shift, null=True, on_delete=models.SET_NULL, related_name="duties")
    on_at = models.DateTimeField()
    off_at = models.DateTimeField(null=True)
    on_recorded_at = models.DateTimeField()
    off_recorded_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = DutyQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "on_at"], name="duty_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(off_at__isnull=True), name="duty_one_at_a_time"),
            models.CheckConstraint(condition=Q(off_at__isnull=True) | Q(off_at__gte=F("on_at")), name="duty_forward"),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        """No post reaches it in the trail: how long somebody works is not read off his sign-ons by others."""
        return (f"/~own/{self.person_id}/",)
