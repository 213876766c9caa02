"""What a resident sent, beside the matter that it opened."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q
from linli.matters.public.rules import FORMS, OPINIONS, READERS
from linli.org.agencies.models import Agency


class PublicReportQuery(models.QuerySet["PublicReport"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the matter; whom its sender left out does not see the matter either."""
        return self.filter(reach_q(actor, "matter__line"))

    def unanswered(self) -> Self:
        return self.filter(answered_at__isnull=True)


class PublicReport(models.Model):
    """One thing that a resident sent without a sign-in. Nothing here says who: a name or a telephone, when given, is a
    sealed party of the matter.

    ``readers`` is who may read it by the sender's choice. ``code_index`` finds it by number and follow code,
    ``once_index`` makes a form that was sent twice one report. ``answer`` is what the sender reads,
    ``answer_due_at`` until when. ``published_at`` says that the office made ``published_text`` public (Open311).
    ``sms``: its sender wishes a short message when there is an answer.
    ``opinion`` is what the sender said of the outcome, once. A booked talk has ``room`` and ``slot_at``.
    """

    FORMS: ClassVar = FORMS
    READERS: ClassVar = READERS
    OPINIONS: ClassVar = OPINIONS
    new_code: str = ""
    """Set on the row whose code was just made anew, for whoever stands at the counter; nowhere stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.OneToOneField(Matter, on_delete=models.CASCADE, related_name="public_report")
    form = models.CharField(max_length=12)
    sort = models.CharField(max_length=12, blank=True)
    readers = models.CharField(max_length=8, default="room")
    code_index = models.CharField(max_length=24)
    once_index = models.CharField(max_length=24, unique=True)
    sms = models.BooleanField(default=False)
    room = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    slot_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=80, blank=True)
    answer_due_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_text = models.CharField(max_length=500, blank=True)
    opinion = models.CharField(max_length=10, blank=True)
    opinion_text = models.CharField(max_length=500, blank=True)
    opinion_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = PublicReportQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["received_at", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["answer_due_at"], condition=Q(answered_at__isnull=True), name="public_report_unanswered"
            ),
            models.Index(fields=["form", "received_at"], name="public_report_form"),
            models.Index(fields=["room", "opinion_at"], name="public_report_opinion"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "slot_at"], name="public_report_slot_once"),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return self.matter.scope_paths()
