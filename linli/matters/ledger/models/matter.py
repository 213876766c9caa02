"""The matter itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast
from uuid import UUID

from django.db import connections, models, transaction
from django.db.models import Q
from django.db.models.sql import UpdateQuery

from linli.kernel import clock, news
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import Workflow
from linli.matters.kinds import KINDS
from linli.matters.ledger.models.listing import Listing, reached_by
from linli.matters.ledger.rules import line_of
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.grid.models import Grid

FOLLOWED = frozenset(
    {
        *("kind", "state", "category", "priority", "closed_at", "late_since", "due_at", "warnings"),
        *("agency", "agency_id", "station", "station_id", "assignee", "assignee_id", "grid", "grid_id", "received_at"),
        *("title", "address", "details", "external_number"),
    }
)
"""The columns that the list and the word index hold a copy of, or a word from."""


@dataclass(frozen=True, slots=True)
class MattersEntered:
    """News: rows were inserted, by one act or in bulk."""

    matters: list[Matter]


@dataclass(frozen=True, slots=True)
class MattersRewritten:
    """News: rows got other values in columns that the list or the word index follows."""

    lines: list[int]
    columns: frozenset[str]


class LineField(models.BigIntegerField):  # type: ignore[type-arg]  # the stubs' two parameters do not exist at run time
    """The matter's place in the order of the ledger, worked out from its other columns when the row is saved."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        """The line, worked out when it is not there yet."""
        matter = cast("Matter", model_instance)
        if matter.line is None:
            matter.line = line_of(matter.received_at, matter.number)
        return int(matter.line)


class MatterQuery(models.QuerySet["Matter"]):
    def visible_to(self, actor: Actor) -> Self:
        """What lies at or below one's posts, what is one's own to do, and what one's agency was handed or sent to."""
        reach = reached_by(actor, "line")
        return self.all() if reach is None else self.filter(reach)

    def opened_by(self, person_id: UUID) -> Self:
        """What a person opened, by his own stretch of the list: few of many matters, found without looking at all."""
        return self.filter(opened_by=person_id, line__in=Listing.objects.filter(key=person_id.hex).values("matter_id"))

    def still_open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def bulk_create(self, objs: Iterable[Matter], *args: Any, **kwargs: Any) -> list[Matter]:
        """As every bulk insert, and the rows are entered in the list and the word index with it.

        They are touched now: an import makes its rows long before it writes them (ADR 0055).
        """
        made, now = list(objs), clock.now()
        for row in made:
            row.touched_at = now
        with transaction.atomic():
            rows = super().bulk_create(made, *args, **kwargs)
            news.announce(MattersEntered(rows))
        return rows

    def update(self, **columns: Any) -> int:
        """As every update, and the rows say that they were touched: the map in memory follows by that (ADR 0055).

        What the list or the word index holds of the changed columns follows in the same transaction (ADR 0028).
        """
        columns.setdefault("touched_at", clock.now())
        if not FOLLOWED & columns.keys():
            return super().update(**columns)
        with transaction.atomic(savepoint=False):
            lines = self._updated_lines(columns)
            if lines:
                news.announce(MattersRewritten(lines, frozenset(columns)))
        return len(lines)

    update.alters_data = True  # type: ignore[attr-defined]  # how Django keeps templates from calling it

    def _updated_lines(self, columns: dict[str, Any]) -> list[int]:
        """The same UPDATE with RETURNING: which rows it changed is known only to the statement itself."""
        self._for_write = True
        query: Any = self.query.chain(UpdateQuery)
        query.add_update_values(columns)
        query.annotations = {}
        statement, values = query.get_compiler(self.db).as_sql()
        if not statement:
            return []
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"{statement} RETURNING line", values)
            self._result_cache = None
            return [int(row[0]) for row in cursor.fetchall()]


class Matter(models.Model):
    """One entry of the ledger, of a declared kind.

    Initial and current category and priority are both kept. ``agency`` deals with it now, ``station`` is the police
    station of the place, ``handled_by`` the agency whose unit settled it (P3). ``warnings`` are doubts about what was
    sent. Times are UTC.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=32, unique=True)
    line = LineField(null=True, unique=True, editable=False)
    """The order of the ledger in one whole number: the second it was received, then its running number (ADR 0028)."""
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
    agency = models.ForeignKey(Agency, null=True, db_index=False, on_delete=models.PROTECT, related_name="matters")
    station = models.ForeignKey(Agency, null=True, db_index=False, on_delete=models.PROTECT, related_name="+")
    handled_by = models.ForeignKey(Agency, null=True, db_index=False, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, null=True, db_index=False, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(Person, null=True, db_index=False, on_delete=models.PROTECT, related_name="matters")
    opened_by = models.UUIDField()
    source = models.CharField(max_length=24, default="desk")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    address = models.CharField(max_length=200, blank=True)
    address_id = models.UUIDField(null=True)
    placed_by = models.CharField(max_length=16, blank=True)
    """How the point was found: sent, address, desk, or nothing yet."""
    level = models.CharField(max_length=12, blank=True, default="", db_default="")
    """On which level it is dealt with now (``matters.levels``); empty for kinds that have none."""
    settled_level = models.CharField(max_length=12, blank=True, default="", db_default="")
    """On which level it was settled; empty until it is."""
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
            # With the line behind it: a list under this filter is one walk in its own order, also when it is empty.
            models.Index(fields=["grid", "line"], name="matter_grid"),
            # Most rows have neither: a call that comes in writes no entry for nobody.
            models.Index(fields=["assignee", "line"], condition=Q(assignee__isnull=False), name="matter_assignee"),
            models.Index(
                fields=["handled_by", "line"], condition=Q(handled_by__isnull=False), name="matter_handled_by"
            ),
            models.Index(fields=["category", "line"], name="matter_category"),
            models.Index(fields=["received_at"], name="matter_received"),
            models.Index(fields=["kind", "received_at"], condition=Q(closed_at__isnull=True), name="matter_open"),
            models.Index(fields=["touched_at"], name="matter_touched"),
            models.Index(fields=["address", "line"], name="matter_same_address"),
            models.Index(fields=["lat", "lon"], name="matter_point"),
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """One row at a time is entered like many. House code writes through acts; tests make rows by hand."""
        new = self._state.adding
        super().save(*args, **kwargs)
        if new:
            news.announce(MattersEntered([self]))

    @property
    def workflow(self) -> Workflow:
        return KINDS[self.kind].workflow

    def scope_paths(self) -> tuple[str, ...]:
        """Where it may be seen from: first whose it is, then its station, then whom it was shared with."""
        paths = [agency.path for agency in (self.agency, self.station) if agency]
        if self.version > 1:  # a matter just opened is shared with nobody: no query on the hot path
            paths += self.shares.values_list("agency__path", flat=True)
        return tuple(dict.fromkeys(paths)) or ("/",)
