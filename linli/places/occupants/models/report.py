"""What residents, landlords, employers, grid workers tell of the register: it waits until an officer takes it over."""

from __future__ import annotations

import json
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.places.addresses.models import Address
from linli.places.homes.rules import in_reach
from linli.places.occupants.models.occupant import Occupant
from linli.places.occupants.rules.reporting import REPORTS
from linli.places.plates.models import DoorPlate

RECEIPT = "places.report.receipt"

REPORT_LIFE = Workflow(
    "register_report",
    "waiting",
    (
        State("waiting", Words("待核实", "waits for the officer")),
        State("taken", Words("已采用", "taken over"), final=True),
        State("refused", Words("未采用", "not taken over"), final=True),
    ),
    (
        Move("take", ("waiting",), "taken", Words("采用", "take over")),
        Move("refuse", ("waiting",), "refused", Words("不采用", "refuse"), needs=("decided_at",)),
    ),
)


class ReportQuery(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> Self:
        """The police of the place, who decide; and who wrote it down, his own."""
        if actor.is_system:
            return self.all()
        reach = in_reach(actor, "agency_path") & below("agency_path", actor.paths)
        return self.filter(reach | Q(sent_by_id=actor.id))


class Report(models.Model):
    """One report about one address. ``content_sealed`` holds the told fields as sealed JSON; nothing of it is in the
    register before an officer has taken it over, field by field (``taken`` names the fields).

    ``due_on`` is the last day on which it had to be told; ``receipt_index`` finds it by the receipt the sender keeps.
    """

    KINDS: ClassVar = REPORTS
    receipt: str = ""
    """Set on the row that was just made, for whoever sent it; nowhere stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=[(key, value.words.zh) for key, value in REPORTS.items()])
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="reports")
    plate = models.ForeignKey(DoorPlate, null=True, on_delete=models.SET_NULL, related_name="reports")
    content_sealed = models.BinaryField(default=bytes)
    receipt_index = models.CharField(max_length=24, unique=True)
    source = models.CharField(max_length=12)
    sent_by_id = models.UUIDField(null=True)
    sent_by_name = models.CharField(max_length=80, blank=True)
    agency_path = models.CharField(max_length=200)
    grid_code = models.CharField(max_length=24, blank=True)
    received_at = models.DateTimeField()
    happened_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, default=REPORT_LIFE.initial)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True)
    taken = models.JSONField(default=list)
    for_occupant = models.ForeignKey(Occupant, null=True, on_delete=models.SET_NULL, related_name="reports")
    version = models.PositiveIntegerField(default=1)

    objects = ReportQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["received_at"]
        indexes: ClassVar = [models.Index(fields=["agency_path", "state", "received_at"], name="report_waiting")]

    def set_content(self, told: dict[str, str]) -> None:
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
        self.content_sealed = seal(text, context=f"places.report.content.{self.pk}")

    @property
    def content(self) -> dict[str, str]:
        """The told fields; empty after they were erased."""
        text = unseal(self.content_sealed, context=f"places.report.content.{self.pk}")
        told: dict[str, str] = json.loads(text) if text else {}
        return told

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)
