"""Warnings and where they are for."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.outreach.alerts.rules.cap import Area
from linli.outreach.alerts.rules.declared import MOST_HEADLINE, Said

ALERT_LIFE = Workflow(
    "alert",
    "draft",
    (
        State("draft", Words("草稿", "draft")),
        State("approved", Words("已审核", "approved")),
        State("published", Words("生效中", "in force")),
        State("expired", Words("已到期", "expired"), final=True),
        State("cancelled", Words("已解除", "called off"), final=True),
        State("dropped", Words("已作废", "dropped"), final=True),
    ),
    (
        Move("approve", ("draft",), "approved", Words("审核通过", "approve")),
        Move("return_to_draft", ("approved",), "draft", Words("退回修改", "back to draft")),
        Move("publish", ("approved",), "published", Words("发布", "publish")),
        Move("expire", ("published",), "expired", Words("到期", "expire"), machine=True),
        Move("cancel", ("published",), "cancelled", Words("解除", "call off"), needs=("cancel_reason",)),
        Move("drop", ("draft", "approved"), "dropped", Words("作废", "drop")),
    ),
)
PUBLIC = ("published", "expired", "cancelled")
"""States of which anybody may read: what was said to everybody stays readable."""


class AlertQuery(models.QuerySet["Alert"]):
    def visible_to(self, actor: Actor) -> Self:
        """What was published is everybody's; what is being written, of who writes it and who stands above."""
        return self.filter(Q(state__in=PUBLIC) | below("agency__path", actor.paths) | Q(written_by_id=actor.id))

    def public(self) -> Self:
        return self.filter(state__in=PUBLIC)

    def in_force(self, at: object) -> Self:
        return self.filter(state="published", expires_at__gt=at)


class Alert(models.Model):
    """One warning of an agency to the residents of some areas. It names no person: what it says is for everybody.

    ``published_at`` is the time in the CAP message, ``cancelled_at`` that of the message that calls it off.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="alerts")
    event = models.CharField(max_length=12)
    urgency = models.CharField(max_length=10)
    severity = models.CharField(max_length=10)
    certainty = models.CharField(max_length=10)
    headline = models.CharField(max_length=MOST_HEADLINE)
    description = models.TextField(blank=True, max_length=1000)
    instruction = models.TextField(max_length=500)
    headline_en = models.CharField(max_length=160, blank=True)
    description_en = models.TextField(blank=True, max_length=2000)
    instruction_en = models.TextField(blank=True, max_length=1000)
    drill = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default=ALERT_LIFE.initial)
    version = models.PositiveIntegerField(default=1)

    objects = AlertQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-written_at", "id"]
        indexes: ClassVar = [models.Index(fields=["state", "expires_at"], name="alert_in_force")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state__in=PUBLIC) | Q(approved_by__isnull=False), name="alert_approved_first"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("written_by")), name="alert_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def said(self) -> Said:
        """What it says."""
        return Said(**{name: getattr(self, name) for name in Said.__slots__})

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class AlertArea(models.Model):
    """For whose area: an agency's. Name and outline are kept as they were told; boundaries move later."""

    scope_excuse = "Read only through Alert.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="areas")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=80)
    polygons = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["agency__path"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["alert", "agency"], name="alert_area_once")]

    @property
    def area(self) -> Area:
        return Area(self.words, self.agency.code, tuple(self.polygons.splitlines()))
