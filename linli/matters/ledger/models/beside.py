"""What stands beside a matter: who shares it, the stamps of its clock, the facts one filters and counts by."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models.listing import reach_q
from linli.matters.ledger.models.matter import Matter
from linli.org.agencies.models import Agency


class MatterShare(models.Model):
    """An agency beside the responsible one that may see a matter: it was handed over, asked along, or its unit was
    sent.
    """

    scope_excuse = "A reach, not a record: it is read by Matter.visible_to only."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, db_index=False, related_name="shares")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["matter", "agency"], name="share_once")]


class StampQuery(models.QuerySet["Stamp"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(reach_q(actor, "matter__line"))


class Stamp(models.Model):
    """One milestone of the clock: who says so, when by his device, when by the server, and the proof where a position
    gives one.

    A missing stamp is a missing row, never 0; a machine's stamp never stands for a human one (``source``: person,
    radio, position, machine, import).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, db_index=False, related_name="stamps")
    order_id = models.UUIDField(null=True)
    milestone = models.CharField(max_length=20)
    source = models.CharField(max_length=12)
    claimed_by = models.CharField(max_length=80, blank=True)
    device_at = models.DateTimeField(null=True)
    server_at = models.DateTimeField()
    proof = models.JSONField(null=True)

    objects = StampQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["server_at", "id"]
        indexes: ClassVar = [models.Index(fields=["matter", "milestone"], name="stamp_matter")]


class FactQuery(models.QuerySet["Fact"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(reach_q(actor, "matter__line"))


class Fact(models.Model):
    """A declared detail that is filtered or counted by, as a typed row: a new kind needs no migration."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, db_index=False, related_name="counted")
    name = models.CharField(max_length=40)
    text = models.CharField(max_length=200, blank=True)
    number = models.FloatField(null=True)
    at = models.DateTimeField(null=True)

    objects = FactQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name", "text"], name="fact_text")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["matter", "name"], name="fact_once")]


class NumberSeries(models.Model):
    """The running part of public numbers on SQLite, where writers stand in line anyway; PostgreSQL uses a sequence (ADR
    0021).
    """

    scope_excuse = "One counter; it holds no fact about anybody."

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)
