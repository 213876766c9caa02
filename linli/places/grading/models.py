"""Schemes of grades, and which premises stand in which."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.places.premises.models import Premises


class SchemeQuery(models.QuerySet["Scheme"]):
    def visible_to(self, actor: Actor) -> Self:
        """How places are graded is no secret inside the house; a stranger without a post sees none."""
        return self.filter(pk__isnull=False) if actor.is_system or actor.posts else self.none()

    def in_force(self) -> Self:
        return self.filter(ended_on__isnull=True)


class Scheme(models.Model):
    """One way of grading places, as the bureau names it. ``kinds`` are the kinds of premises that it is for; empty:
    all.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60, blank=True)
    kinds = models.JSONField(default=list)
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SchemeQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.zh

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)


class Grade(models.Model):
    """One grade of a scheme: its name, when a place belongs in it, what is then done, and after how many days it is
    looked at again. ``tone`` is its colour on the map: ok, watch or danger.
    """

    scope_excuse = "Part of a scheme, read through it; the bureau's published rules, nothing about any place."

    TONES: ClassVar = ("ok", "watch", "danger")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="grades")
    code = models.CharField(max_length=24)
    zh = models.CharField(max_length=40)
    en = models.CharField(max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(default=1)
    tone = models.CharField(max_length=8, default="ok")
    criteria = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    review_every_days = models.PositiveIntegerField(default=90)

    class Meta:
        ordering: ClassVar = ["scheme", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "code"], name="grade_once"),
            models.CheckConstraint(condition=Q(review_every_days__gte=1), name="grade_is_reviewed"),
        ]

    def __str__(self) -> str:
        return self.zh


class GradingQuery(models.QuerySet["Grading"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the place."""
        return self.filter(below("agency_path", actor.paths))

    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Grading(models.Model):
    """A place stands in a grade: decided by a person, with reasons, measures and the day of the next review.

    A new decision ends the one before it, so the rows of a place are its history. ``ended_why`` says what ended it:
    ``regraded``, ``released`` or ``closed``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    premises = models.ForeignKey(Premises, on_delete=models.PROTECT, related_name="gradings")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="gradings")
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="gradings")
    agency_path = models.CharField(max_length=200)
    reasons = models.TextField()
    measures = models.TextField(blank=True)
    graded_at = models.DateTimeField()
    graded_by_id = models.UUIDField()
    graded_by_name = models.CharField(max_length=80)
    review_due_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = GradingQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-graded_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["agency_path", "review_due_on"], condition=Q(ended_at__isnull=True), name="grading_due"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["premises", "scheme"], condition=Q(ended_at__isnull=True), name="grading_one_current"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("graded_at")), name="grading_forward"
            ),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)
