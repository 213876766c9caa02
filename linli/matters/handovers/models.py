"""Hand-overs with a return ticket."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.ledger.models import Matter, reach_q
from linli.org.agencies.models import Agency

TICKET = Workflow(
    "handover",
    "sent",
    (
        State("sent", Words("已送出", "sent")),
        State("accepted", Words("已接收", "accepted")),
        State("answered", Words("已办结回告", "answered"), final=True),
        State("declined", Words("已退回", "declined"), final=True),
        State("withdrawn", Words("已收回", "withdrawn"), final=True),
    ),
    (
        Move("accept", ("sent",), "accepted", Words("接收", "accept")),
        Move("answer", ("sent", "accepted"), "answered", Words("回告", "answer"), needs=("answer",)),
        Move("decline", ("sent", "accepted"), "declined", Words("退回", "decline"), needs=("answer",)),
        Move("withdraw", ("sent", "accepted"), "withdrawn", Words("收回", "withdraw")),
    ),
)


class HandoverQuery(models.QuerySet["Handover"]):
    def visible_to(self, actor: Actor) -> Self:
        mine = reach_q(actor, "matter__line") | below("to_agency__path", actor.paths)
        return self.filter(mine)


class Handover(models.Model):
    """A matter handed over to, or shared with, another agency: one matter still, and a ticket that comes back or is
    chased.

    ``mode`` hand_over gives the matter away; ask_along keeps it here and asks them to come too (120, 119, 122); share
    keeps it here and lets them know and say something, without being chased. ``answer_via`` says how the answer came
    back: by their login, their system, a file, on paper or by telephone.
    """

    MODES: ClassVar = ("hand_over", "ask_along", "share")
    VIAS: ClassVar = {
        "login": Words("对方登录", "their login"),
        "system": Words("对方系统", "their system"),
        "file": Words("回执文件", "a file"),
        "paper": Words("书面", "on paper"),
        "telephone": Words("电话", "by telephone"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="handovers")
    from_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="handovers_in")
    mode = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=TICKET.initial)
    text = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    answer_via = models.CharField(max_length=10, blank=True, default="", db_default="")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    chased = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = HandoverQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["matter", "to_agency"], condition=Q(state__in=("sent", "accepted")), name="handover_one_open"
            )
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (*self.matter.scope_paths(), self.to_agency.path)
