"""What a room has: opening hours, services, equipment, and the grids it answers for."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.rooms.rules import EQUIPMENT, service_line
from linli.places.grid.models import Grid

EQUIPMENT_LIFE = Workflow(
    "equipment",
    "in_room",
    (
        State("in_room", Words("在室", "in the room")),
        State("handed_out", Words("已领用", "handed out")),
        State("broken", Words("损坏待修", "broken")),
        State("retired", Words("报废", "retired"), final=True),
    ),
    (
        Move("hand_out", ("in_room",), "handed_out", Words("领用", "hand out"), needs=("holder_id",)),
        Move("give_back", ("handed_out",), "in_room", Words("归还", "give back")),
        Move("report_broken", ("in_room", "handed_out"), "broken", Words("报修", "report broken")),
        Move("repair", ("broken",), "in_room", Words("修复", "repair")),
        Move("retire", ("in_room", "broken"), "retired", Words("报废", "retire")),
    ),
)


class EquipmentQuery(models.QuerySet["Equipment"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(below("agency__path", actor.paths))


class Equipment(models.Model):
    """One thing of a room: a car, a radio, a recorder. ``inspect_due_on`` is when it must be looked at next."""

    KINDS: ClassVar = EQUIPMENT

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="equipment")
    kind = models.CharField(max_length=20)
    serial = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default=EQUIPMENT_LIFE.initial)
    holder = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="equipment")
    inspect_due_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = EquipmentQuery.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "kind", "serial"], name="equipment_once")]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class OpeningHours(models.Model):
    """When a room's door is open: ``weekday`` 0 is Monday; ``until_minute`` beyond 1440 runs past midnight."""

    scope_excuse = "Published on the room's door and on the residents' page."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    from_minute = models.PositiveSmallIntegerField()
    until_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6) & Q(until_minute__gt=models.F("from_minute")), name="hours_forward"
            )
        ]


class Service(models.Model):
    """What residents come for, in words they know: where it is done (``place``) and which ``papers`` to bring (F6)."""

    scope_excuse = "Published on the room's door and on the residents' page."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="services")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=8, default="room")
    papers = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "code"], name="service_once")]

    @property
    def line(self) -> str:
        """As the form of the room takes it."""
        return service_line(self.name, self.place, self.papers)


class ResponsibilityQuery(models.QuerySet["Responsibility"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who answers for a grid is posted publicly (the grid laws ask for it)."""
        return self.all()

    def on(self, day: object) -> Self:
        return self.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day))


class Responsibility(models.Model):
    """A room answers for a grid, with dates; ``officer`` is the person responsible there, when one is named."""

    scope_excuse = "Who answers for a grid is posted publicly (the grid laws ask for it)."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="responsibilities")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="responsibilities")
    officer = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="responsibilities")
    since = models.DateField()
    until = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ResponsibilityQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grid", "agency"], condition=Q(until__isnull=True), name="responsible_once")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
