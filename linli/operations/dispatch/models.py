"""Orders and what was recommended."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.ledger.models import Matter
from linli.operations.units.models import Unit

ACTIVE = ("ordered", "delivered", "signed", "under_way", "arrived")

ORDER_LIFE = Workflow(
    "order",
    "ordered",
    (
        State("ordered", Words("已下达", "ordered")),
        State("delivered", Words("已送达", "delivered")),
        State("signed", Words("已签收", "signed")),
        State("under_way", Words("已出警", "under way")),
        State("arrived", Words("已到场", "arrived")),
        State("done", Words("已完成", "done"), final=True),
        State("declined", Words("已谢绝", "declined"), final=True),
        State("recalled", Words("已撤回", "recalled"), final=True),
    ),
    (
        Move("deliver", ("ordered",), "delivered", Words("送达", "deliver"), machine=True),
        Move("sign", ("ordered", "delivered"), "signed", Words("接令", "sign")),
        Move("decline", ("ordered", "delivered", "signed"), "declined", Words("谢绝", "decline"), needs=("reason",)),
        Move("set_out", ("ordered", "delivered", "signed"), "under_way", Words("出发", "set out")),
        Move("arrive", ("ordered", "delivered", "signed", "under_way"), "arrived", Words("到场", "arrive")),
        Move("finish", ("signed", "under_way", "arrived"), "done", Words("办结", "finish"), needs=("result",)),
        Move("recall", ACTIVE, "recalled", Words("撤回", "recall"), needs=("reason",)),
    ),
)


class RecommendationQuery(models.QuerySet["Recommendation"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(matter__in=Matter.objects.visible_to(actor))


class Recommendation(models.Model):
    """What was recommended for a call, why, and everything it was known from, so that the same answer can be had
    again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="recommendations", db_index=False)
    at = models.DateTimeField()
    units = models.JSONField(default=list)
    snapshot = models.JSONField(default=dict)
    took_ms = models.FloatField()

    objects = RecommendationQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["matter", "at"], name="recommendation_matter")]


class OrderQuery(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> Self:
        """Orders of one's units and of the matters one may see."""
        mine = below("unit__agency__path", actor.paths) | Q(
            unit__crew__person_id=actor.id, unit__crew__until__isnull=True
        )
        seen = Matter.objects.visible_to(actor)
        return self.filter(Q(pk__in=Order.objects.filter(mine).values("pk")) | Q(matter__in=seen))

    def active(self) -> Self:
        return self.filter(state__in=ACTIVE)


class Order(models.Model):
    """One unit sent to one call, with its own clock. A time that nobody gave is null, never 0 and never imputed.

    ``arrived_at`` is claimed by a person, ``arrived_proven_at`` shown by a position. ``via`` says how it came about:
    desk, joint, automatic, ladder, team, backup, import. The promise (``target_at``) runs from the order to the arrival
    (P2).
    """

    VIAS: ClassVar = ("desk", "joint", "automatic", "ladder", "team", "backup", "import")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="orders")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=12, default=ORDER_LIFE.initial)
    version = models.PositiveIntegerField(default=1)
    via = models.CharField(max_length=12, default="desk")
    ordered_by = models.CharField(max_length=80)
    by_radio = models.BooleanField(default=False)
    recommendation = models.ForeignKey(Recommendation, null=True, on_delete=models.SET_NULL, related_name="orders")
    eta_s = models.FloatField(null=True)
    start_lon = models.FloatField(null=True)
    start_lat = models.FloatField(null=True)
    target_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    under_way_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    arrived_proven_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=400, blank=True)

    objects = OrderQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["ordered_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["matter", "ordered_at"], name="order_matter"),
            models.Index(fields=["unit", "ordered_at"], name="order_unit"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit"], condition=Q(state__in=ACTIVE), name="order_one_active_a_unit")
        ]

    @property
    def arrival(self) -> object:
        """The earlier of the claimed and the proven arrival, or None."""
        times = [at for at in (self.arrived_at, self.arrived_proven_at) if at]
        return min(times, default=None)

    def scope_paths(self) -> tuple[str, ...]:
        return (self.unit.agency.path, *self.matter.scope_paths())


class Escalation(models.Model):
    """One rung of the ladder that was climbed for an order; the unique row makes a repeated job harmless."""

    scope_excuse = "Read only through the order's own page, found by Order.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="escalations")
    step = models.CharField(max_length=16)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "step"], name="escalation_once")]
