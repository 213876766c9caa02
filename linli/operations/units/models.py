"""Units and where they are."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


class UnitQuery(models.QuerySet["Unit"]):
    def visible_to(self, actor: Actor) -> Self:
        """Dispatchers see all they may send; a station or room sees its own; a crew its own unit."""
        mine = Q(crew__person_id=actor.id, crew__until__isnull=True)
        return self.filter(Q(pk__in=Unit.objects.filter(below("agency__path", actor.paths) | mine).values("pk")))

    def in_service(self) -> Self:
        return self.filter(retired_on__isnull=True)


class Unit(models.Model):
    """A responder with a call sign: a car, a motorcycle, people on foot.

    ``availability`` is available, conditional (busy with what may be interrupted: ``activity``) or unavailable.
    ``order_id`` is the order it is on now: taken by compare-and-swap, so that two desks get one winner. ``touched_at``
    lets the live fleet read only changes.
    """

    KINDS: ClassVar = {
        "car": Words("汽车", "car"),
        "motorcycle": Words("摩托", "motorcycle"),
        "foot": Words("徒步", "on foot"),
    }
    AVAILABILITIES: ClassVar = {
        "available": Words("待命", "available"),
        "conditional": Words("可调用", "conditionally available"),
        "unavailable": Words("不可用", "not available"),
    }
    ACTIVITIES: ClassVar = {
        "": Words("待命", "standing by"),
        "patrol": Words("巡逻", "on patrol"),
        "visiting": Words("走访", "visiting"),
        "mediating": Words("调解", "mediating"),
        "school_gate": Words("护学岗", "at the school gate"),
        "paperwork": Words("文书", "at paperwork"),
        "training": Words("训练", "in training"),
        "on_order": Words("出警", "on an order"),
        "meal": Words("就餐", "at a meal"),
        "off_duty": Words("下勤", "off duty"),
        "out_of_service": Words("停用", "out of service"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call_sign = models.CharField(max_length=24, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="units")
    kind = models.CharField(max_length=12, default="car")
    availability = models.CharField(max_length=12, default="unavailable")
    activity = models.CharField(max_length=16, default="off_duty", blank=True)
    skills = models.JSONField(default=list)
    equipment = models.JSONField(default=list)
    order_id = models.UUIDField(null=True)
    resume = models.JSONField(null=True)
    """What the unit was doing when an order took it: given back when the order ends."""
    retired_on = models.DateField(null=True)
    touched_at = models.DateTimeField(db_index=True)
    version = models.PositiveIntegerField(default=1)

    objects = UnitQuery.as_manager()

    def __str__(self) -> str:
        return self.call_sign

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class UnitCrew(models.Model):
    """Who rides in a unit, from when to when. Nobody is in two units at once."""

    scope_excuse = "Read only through Unit.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="crew")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="crews")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(until__isnull=True), name="crew_one_unit_a_person")
        ]


class Position(models.Model):
    """Where a unit was last: telemetry, one row a unit, overwritten. No track of anybody is kept."""

    scope_excuse = "Read only through Unit.visible_to; telemetry by architecture, not an act."

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.CASCADE, related_name="position")
    lon = models.FloatField()
    lat = models.FloatField()
    accuracy_m = models.FloatField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(db_index=True)
