"""The ledger's rows: the matter, the stamps of its clock, and the facts one filters and counts by."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import Workflow
from linli.matters.kinds import KINDS
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.grid.models import Grid


class MatterQuery(models.QuerySet["Matter"]):
    def visible_to(self, actor: Actor) -> Self:
        """What lies at or below one's posts, what is one's own to do, and what one's agency was handed or sent to."""
        if "/" in actor.paths:
            return self.all()
        agencies = Agency.objects.none()
        for path in actor.paths:
            agencies = agencies | Agency.objects.below(path)
        ids = agencies.values("pk")
        reach = Q(agency_id__in=ids) | Q(station_id__in=ids) | Q(assignee_id=actor.id) | Q(opened_by=actor.id)
        shared = MatterShare.objects.filter(agency_id__in=ids).values("matter_id")
        return self.filter(reach | Q(pk__in=shared))

    def still_open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def update(self, **columns: Any) -> int:
        """As every update, and the rows say that they were touched: the map in memory follows by that (ADR 0055)."""
        columns.setdefault("touched_at", clock.now())
        return super().update(**columns)


class Matter(models.Model):
    """One entry of the ledger, of a declared kind.

    Initial and current category and priority are both kept. ``agency`` deals with it now, ``station`` is the police
    station of the place, ``handled_by`` the agency whose unit settled it (P3). ``warnings`` are doubts about what was
    sent. Times are UTC.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=32, unique=True)
    external_source = models.CharField(max_length=40, blank=True)
    external_number = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=24)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=160, blank=True)
    details = models.JSONField(default=dict)
    category_initial = models.CharField(max_length=12, blank=True)
    category = models.CharField(max_length=12, blank=True)
    priority_initial = models.PositiveSmallIntegerField(null=True)
    priority = models.PositiveSmallIntegerField(null=True)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="matters")
    station = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    handled_by = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, null=True, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="matters")
    opened_by = models.UUIDField()
    source = models.CharField(max_length=24, default="desk")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    address = models.CharField(max_length=200, blank=True)
    address_id = models.UUIDField(null=True)
    placed_by = models.CharField(max_length=16, blank=True)
    """How the point was found: sent, address, desk, or nothing yet."""
    warnings = models.JSONField(default=list)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    late_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(default=clock.now)
    """When the row was last written by anybody: ``MatterQuery.update`` sets it."""

    objects = MatterQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "state", "received_at"], name="matter_kind_state"),
            models.Index(fields=["agency", "received_at"], name="matter_agency"),
            models.Index(fields=["station", "received_at"], name="matter_station"),
            models.Index(fields=["received_at"], name="matter_received"),
            models.Index(fields=["received_at"], condition=Q(closed_at__isnull=True), name="matter_open"),
            models.Index(fields=["touched_at"], name="matter_touched"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["external_source", "external_number"],
                condition=~Q(external_number=""),
                name="matter_external_once",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def workflow(self) -> Workflow:
        return KINDS[self.kind].workflow

    def scope_paths(self) -> tuple[str, ...]:
        """Where it may be seen from: first whose it is, then its station, then whom it was shared with."""
        paths = [agency.path for agency in (self.agency, self.station) if agency]
        if self.version > 1:  # a matter just opened is shared with nobody: no query on the hot path
            paths += MatterShare.objects.filter(matter=self).values_list("agency__path", flat=True)
        return tuple(dict.fromkeys(paths)) or ("/",)


class MatterShare(models.Model):
    """An agency beside the responsible one that may see a matter: it was handed over, asked along, or its unit was
    sent.
    """

    scope_excuse = "A reach, not a record: it is read by Matter.visible_to only."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="shares")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["matter", "agency"], name="share_once")]


class StampQuery(models.QuerySet["Stamp"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(matter__in=Matter.objects.visible_to(actor))


class Stamp(models.Model):
    """One milestone of the clock: who says so, when by his device, when by the server, and the proof where a position
    gives one.

    A missing stamp is a missing row, never 0; a machine's stamp never stands for a human one (``source``: person,
    radio, position, machine, import).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="stamps")
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
        return self.filter(matter__in=Matter.objects.visible_to(actor))


class Fact(models.Model):
    """A declared detail that is filtered or counted by, as a typed row: a new kind needs no migration."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="counted")
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
    0106).
    """

    scope_excuse = "One counter; it holds no fact about anybody."

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)
