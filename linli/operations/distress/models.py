"""An officer in danger."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency
from linli.org.people.models import Person

DISTRESS = Workflow(
    "distress",
    "calling",
    (
        State("calling", Words("求救中", "calling for help")),
        State("help_coming", Words("已应答", "help is coming")),
        State("over", Words("已解除", "over"), final=True),
    ),
    (
        Move("answer", ("calling",), "help_coming", Words("应答", "answer")),
        Move("end", ("calling", "help_coming"), "over", Words("解除", "end"), needs=("ending",)),
    ),
)
RUNNING = ("calling", "help_coming")
ENDINGS = {
    "safe": Words("人员安全", "safe"),
    "supported": Words("已到场支援", "supported on scene"),
    "by_mistake": Words("误触", "by mistake"),
}


class DistressQuery(models.QuerySet["Distress"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever stands above the room or station of the officer, the colleagues there, and himself."""
        return self.filter(Q(below("agency__path", actor.paths)) | Q(person_id=actor.id))

    def running(self) -> Self:
        return self.filter(state__in=RUNNING)


class Distress(models.Model):
    """One cry for help: who, with which unit, where. It has no priority and stands in no queue: it is above them.

    ``position_from`` says whether the phone told the place or it is where the unit was last; ``place_at`` is when that
    was. ``safe_at``: the officer said that he is safe; only the desk ends it.
    """

    ENDINGS: ClassVar = ENDINGS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=12, default="calling")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    position_from = models.CharField(max_length=8, blank=True)
    place_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    safe_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DistressQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-raised_at"]
        indexes: ClassVar = [models.Index(fields=["state", "raised_at"], name="distress_running")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(state__in=RUNNING), name="distress_one_a_person")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
