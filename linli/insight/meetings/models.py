"""What a meeting decided."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency

DECISION = Workflow(
    "decision",
    "open",
    (
        State("open", Words("待落实", "open")),
        State("done", Words("已落实", "done"), final=True),
        State("dropped", Words("不再办", "dropped"), final=True),
    ),
    (
        Move("carry_out", ("open",), "done", Words("已落实", "done"), needs=("result",)),
        Move("drop", ("open",), "dropped", Words("不再办", "drop"), needs=("result",)),
    ),
)


class DecisionQuery(models.QuerySet["Decision"]):
    def visible_to(self, actor: Actor) -> Self:
        """The place that met, and whoever stands above it."""
        return self.filter(below("place__path", actor.paths))

    def still_open(self) -> Self:
        return self.filter(state="open")


class Decision(models.Model):
    """One line of the minutes: what is to be done, by whom, until when.

    ``point`` is the heading of the agenda under which it was decided. ``owner`` is a function or a body (社区书记,
    物业), written as it was said at the table; no resident's name belongs here. ``result`` says what became of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    met_on = models.DateField()
    point = models.CharField(max_length=20)
    matter = models.ForeignKey(Matter, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(max_length=300)
    owner = models.CharField(max_length=40)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=8, default="open")
    result = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = DecisionQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["met_on", "id"]
        indexes: ClassVar = [models.Index(fields=["place", "state", "met_on"], name="decision_of_place")]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.place.path,)

    def is_late(self, day: date) -> bool:
        """Whether it should have been done before ``day``."""
        return self.state == "open" and self.due_on is not None and self.due_on < day
