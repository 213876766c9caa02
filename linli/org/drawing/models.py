"""Askings to draw an officer away, with who asked, who decided, and how long he was gone."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency
from linli.org.drawing.rules import REASONS
from linli.org.people.models import Person

DRAWING_LIFE = Workflow(
    "drawing",
    "asked",
    (
        State("asked", Words("待批", "asked")),
        State("approved", Words("已批准", "approved")),
        State("refused", Words("未批准", "refused"), final=True),
        State("cancelled", Words("已撤回", "cancelled"), final=True),
        State("returned", Words("已归岗", "returned"), final=True),
    ),
    (
        Move("approve", ("asked",), "approved", Words("批准", "approve")),
        Move("refuse", ("asked",), "refused", Words("不批准", "refuse"), needs=("decision_note",)),
        Move("cancel", ("asked", "approved"), "cancelled", Words("撤回", "cancel")),
        Move("return", ("approved",), "returned", Words("归岗", "return")),
    ),
)


class DrawingQuery(models.QuerySet["Drawing"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever is drawn away; who leads the room he is missing from; who asked for him."""
        reach = below("agency__path", actor.paths) | below("asked_for__path", actor.paths)
        return self.filter(reach | Q(person_id=actor.id) | Q(asked_by_id=actor.id))

    def away(self) -> Self:
        """Those that were approved: the officer was, is or will be gone."""
        return self.filter(state__in=("approved", "returned"))


class Drawing(models.Model):
    """``person`` of ``agency`` is wanted by ``asked_for`` from ``begins_at`` to ``ends_at``; ``returned_at`` when he
    was back. ``beyond_limit``: longer than the rule lets a chief approve.
    """

    REASONS: ClassVar = REASONS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drawings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="drawings")
    asked_for = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="drawings_asked")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drawings_asked")
    reason = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    beyond_limit = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="drawings_decided")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default=DRAWING_LIFE.initial)
    version = models.PositiveIntegerField(default=1)

    objects = DrawingQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-begins_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "begins_at"], name="drawing_person"),
            models.Index(fields=["agency", "begins_at"], name="drawing_agency"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="drawing_forward"),
        ]

    @property
    def until_at(self) -> datetime:
        """Until when he was, or is to be, away."""
        return self.returned_at or self.ends_at

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path, self.asked_for.path)
