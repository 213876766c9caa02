"""The hops of a report, and the clock of each level."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.ledger.models import Matter, reach_q
from linli.org.agencies.models import Agency
from linli.org.people.models import Person

HOP = Workflow(
    "hop",
    "waiting",
    (
        State("waiting", Words("待签收", "waits for a signature")),
        State("signed", Words("已签收", "signed")),
        State("back", Words("已退回", "sent back")),
        State("passed", Words("已转上一级", "sent further up"), final=True),
        State("unsigned", Words("逾期未签", "left unsigned"), final=True),
        State("renewed", Words("已补充重报", "sent again"), final=True),
        State("settled", Words("已办结", "settled"), final=True),
    ),
    (
        Move("sign", ("waiting",), "signed", Words("签收", "sign")),
        Move("send_back", ("waiting", "signed"), "back", Words("退回补充", "send back"), needs=("word",)),
        Move("send_up", ("waiting", "signed"), "passed", Words("转上一级", "send further up")),
        Move("settle", ("waiting", "signed", "back"), "settled", Words("就地办结", "settle here"), needs=("word",)),
        Move("renew", ("back",), "renewed", Words("补充后重报", "complete and send again")),
        Move("lapse", ("waiting",), "unsigned", Words("逾期", "lapse"), machine=True),
    ),
)
CURRENT = ("waiting", "signed", "back")


class HopQuery(models.QuerySet["Hop"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the report sees its way; who made it always does."""
        return self.filter(reach_q(actor, "matter__line"))

    def current(self) -> Self:
        """Where reports are now: waiting, signed, or back with who made them."""
        return self.filter(state__in=CURRENT)


class Hop(models.Model):
    """A report before one level: ``agency`` and ``level`` say whose, ``person`` who where there is only one.

    ``word`` is what was said with it (why it was sent back, up, how it was settled); ``due_at`` is the level's own
    clock. One hop of a report is current; those before it stay.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="hops")
    number = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    from_level = models.PositiveSmallIntegerField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=HOP.initial)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=80, blank=True)
    word = models.TextField(blank=True)
    device_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = HopQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["matter", "number"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "level", "due_at"], condition=Q(state="waiting"), name="hop_waiting"),
            models.Index(fields=["sent_at"], name="hop_sent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "number"], name="hop_once"),
            models.UniqueConstraint(fields=["matter"], condition=Q(state__in=CURRENT), name="hop_one_current"),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class LevelClock(models.Model):
    """How long a level has to sign; a level without a row has the day. ``minutes`` None: until the day ends."""

    scope_excuse = "Six rows of settings, printed on a page that every post may read."

    level = models.PositiveSmallIntegerField(primary_key=True)
    minutes = models.PositiveIntegerField(null=True)
    least_minutes = models.PositiveIntegerField(default=240)
    version = models.PositiveIntegerField(default=1)
