"""Inspections and what they found."""

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
from linli.places.premises.models import Premises
from linli.visits.inspections.rules import OUTCOMES, RESULTS, TRADES
from linli.visits.records.models import Visit

INSPECTION_LIFE = Workflow(
    "inspection",
    "waiting",
    (
        State("waiting", Words("待民警核签", "waiting for an officer's sign")),
        State("to_put_right", Words("限期整改", "to be put right")),
        State("put_right", Words("已整改", "put right"), final=True),
        State("not_put_right", Words("复查不合格", "not put right"), final=True),
        State("closed", Words("已办结", "closed"), final=True),
        State("sent_back", Words("退回", "sent back"), final=True),
    ),
    (
        Move("sign_to_put_right", ("waiting",), "to_put_right", Words("核签，限期整改", "sign, to be put right")),
        Move("sign_closed", ("waiting",), "closed", Words("核签", "countersign")),
        Move("send_back", ("waiting",), "sent_back", Words("退回", "send back"), needs=("sent_back_why",)),
        # The re-check is an inspection of its own: what fails again waits there, with a new day or handed on.
        Move("pass", ("to_put_right",), "put_right", Words("复查合格", "passed"), machine=True),
        Move("fail", ("to_put_right",), "not_put_right", Words("复查不合格", "failed"), machine=True),
    ),
)


class InspectionQuery(models.QuerySet["Inspection"]):
    def visible_to(self, actor: Actor) -> Self:
        """The room that answers for the place and whoever stands above it; one's own."""
        return self.filter(below("agency__path", actor.paths) | Q(by_id=actor.id))

    def counted(self) -> Self:
        """What figures count: all but what was sent back."""
        return self.exclude(state="sent_back")


class Inspection(models.Model):
    """Premises were looked at, by a checklist or without, with an outcome. A re-check is an inspection that
    ``rechecks`` another. ``seized_yuan`` is the value of fakes that were seized, in whole yuan.
    """

    OUTCOMES: ClassVar = OUTCOMES
    TRADES: ClassVar = TRADES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="inspection")
    premises = models.ForeignKey(Premises, null=True, on_delete=models.PROTECT, related_name="inspections")
    trade = models.CharField(max_length=20)
    place = models.CharField(max_length=160)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="inspections")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="inspections")
    by_name = models.CharField(max_length=80)
    inspected_at = models.DateTimeField()
    checklist = models.CharField(max_length=24, blank=True)
    edition = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=12)
    state = models.CharField(max_length=14, default="closed")
    put_right_by = models.DateField(null=True)
    notice_no = models.CharField(max_length=40, blank=True)
    seized_yuan = models.PositiveBigIntegerField(null=True)
    seized_what = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    rechecks = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="rechecked_by")
    signed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    sent_back_why = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = InspectionQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-inspected_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "inspected_at"], name="inspection_agency"),
            models.Index(fields=["by", "inspected_at"], name="inspection_by"),
            models.Index(fields=["agency", "put_right_by"], condition=Q(state="to_put_right"), name="inspection_due"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(seized_yuan__isnull=True) | Q(outcome="seized"), name="inspection_value_of_fakes"
            )
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class Finding(models.Model):
    """One item of the checklist: in order, not in order, or not for this place."""

    scope_excuse = "Read only through Inspection.visible_to."

    RESULTS: ClassVar = RESULTS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=24)
    result = models.CharField(max_length=4)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["inspection", "code"], name="finding_once")]
