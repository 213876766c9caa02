"""A team that was sent on a tip."""

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
from linli.org.people.models import Person

SORTIE = Workflow(
    "sortie",
    "out",
    (
        State("out", Words("行动中", "out")),
        State("reported", Words("已报结果", "result reported"), final=True),
        State("called_off", Words("已撤回", "called off"), final=True),
    ),
    (
        Move("report", ("out",), "reported", Words("报结果", "report the result"), needs=("finding", "account")),
        Move("call_off", ("out",), "called_off", Words("撤回行动", "call off"), needs=("reason",)),
    ),
)


class SortieQuery(models.QuerySet["Sortie"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who sees the tip, who leads the room whose team went, and who went himself."""
        mine = below("room__path", actor.paths) | Q(pk__in=Sortie.objects.filter(team__person_id=actor.id).values("pk"))
        return self.filter(reach_q(actor, "matter__line") | mine)


class Sortie(models.Model):
    """One going-out of a room's team on a matter, led by the officer who sent it, and its result.

    ``held`` and ``gangs`` are counts; nobody is named. ``goods_yuan`` in whole yuan. ``handed_to`` says to which case
    team people, tools and goods went.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="sorties")
    room = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="sorties")
    led_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default=SORTIE.initial)
    sent_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    plain_clothes = models.BooleanField(default=False)
    finding = models.CharField(max_length=12, blank=True)
    held = models.PositiveIntegerField(default=0)
    gangs = models.PositiveSmallIntegerField(default=0)
    goods = models.CharField(max_length=400, blank=True)
    goods_yuan = models.PositiveIntegerField(default=0)
    tools = models.CharField(max_length=400, blank=True)
    handed_to = models.CharField(max_length=120, blank=True)
    account = models.TextField(blank=True)
    reason = models.CharField(max_length=400, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SortieQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-sent_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["room", "sent_at"], name="sortie_room"),
            models.Index(fields=["sent_at"], name="sortie_sent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter"], condition=Q(state="out"), name="sortie_one_out_a_matter")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.matter.scope_paths(), self.room.path)))


class SortieMember(models.Model):
    """Somebody who was sent: on the room's roster at that hour, or in the crew of a unit that went."""

    scope_excuse = "Read only through the sortie, found by Sortie.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sortie = models.ForeignKey(Sortie, on_delete=models.CASCADE, related_name="team")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    call_sign = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sortie", "person"], name="sortie_member_once")]
