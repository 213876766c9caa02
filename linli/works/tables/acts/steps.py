"""Many rows in short transactions, each with the note by which it can be taken back.

Every step is a transaction of at most 50 ms, so that a call taker never waits for an import. Strict mode takes all
steps back when a later one fails.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import groupby, islice, repeat
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import (
    AutoField,
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    F,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    Manager,
    Model,
    TextField,
    UUIDField,
)

from linli.works.jobs.acts import stop_if_ending
from linli.works.tables.acts.unhurried import unhurried
from linli.works.tables.journal import note
from linli.works.tables.models import Load, Loaded, LoadStep
from linli.works.tables.rules.planning import Fresh, Writes

T = TypeVar("T")

STEP_S = 0.035
"""What a step aims at, commit included: with room to miss it, below the 50 ms that a call taker may have to wait."""
_PAUSE_S = 0.002
_FIRST, _MOST = 20, 2_000
_LEAST = {"sqlite": 10, "postgresql": 100}
"""Rows of the smallest step. What a step costs beside its rows (commit, waiting for others) does not shrink with it:
without a floor a busy disk drove imports down to a row at a time. On PostgreSQL nobody waits for a step."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows of one table as the database takes them: made outside the transaction, which then only hands them over."""

    model: type[Model]
    columns: tuple[str, ...]
    """By their names on the object, in the order of the values."""
    sql: str
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as rows go into it: each column with what brings its value to the driver, and the statement."""

    reads: tuple[tuple[Field[Any, Any], Callable[[Any], Any]], ...]
    columns: tuple[str, ...]
    sql: str


def inserts_of(rows: Sequence[Model]) -> list[Insert]:
    """Statements for new rows, in their order."""
    return [_insert(model, list(same)) for model, same in groupby(rows, key=type)]


def _insert(model: type[Model], rows: list[Model]) -> Insert:
    table = _table(model, connection.vendor)
    reads = [(field.attname, read) for field, read in table.reads]
    values = [tuple([read(getattr(row, name)) for name, read in reads]) for row in rows]
    return Insert(model, table.columns, table.sql, values)


def insert_of(fresh: Fresh, load: Load | None) -> Insert:
    """The statement for rows without objects; those of a ``Loaded`` model carry the load. Column by column: most of
    them go to the driver as they are.
    """
    table = _table(fresh.model, connection.vendor)
    given = dict(zip(fresh.columns, zip(*fresh.rows, strict=True), strict=True))
    columns: list[Iterable[Any]] = []
    for kept, read in table.reads:
        if kept.attname in given:
            column = given[kept.attname]
            columns.append(column if read is _as_it_is else map(read, column))
        else:
            same = load.pk if kept.attname == "load" and load else kept.get_default()
            columns.append(repeat(read(same), len(fresh.rows)))
    return Insert(fresh.model, table.columns, table.sql, list(zip(*columns, strict=True)))


@functools.cache
def _table(model: type[Model], vendor: str) -> _Table:
    database = connections[DEFAULT_DB_ALIAS]
    own_key = isinstance(model._meta.pk, AutoField)
    fields = [f for f in model._meta.concrete_fields if not (own_key and f.primary_key)]
    quote = database.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(quote(str(f.column)) for f in fields)})"
    if vendor == "postgresql":
        sql = f"COPY {into} FROM STDIN"
    else:
        sql = f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608  (names of columns)
    reads = tuple((f, _reader(f, vendor == "sqlite") or functools.partial(_prepared, f)) for f in fields)
    return _Table(reads, tuple(f.attname for f in fields), sql)


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


def _reader(field: Field[Any, Any], lite: bool) -> Callable[[Any], Any] | None:
    """How a column's value reaches the driver where that is simple; None: as Django does it."""
    if isinstance(field, (CharField, TextField, IntegerField, FloatField, BooleanField)) or type(field) is BinaryField:
        return _as_it_is
    if isinstance(field, ForeignKey):
        return _reader(field.target_field, lite)
    if isinstance(field, UUIDField):
        return _hexed if lite else _as_it_is
    if type(field) is DateField:
        return _written if lite else _as_it_is
    return None


def _as_it_is(value: Any) -> Any:
    return value


def _hexed(value: Any) -> Any:
    return value if value is None else value.hex


def _written(value: Any) -> Any:
    return value if value is None else str(value)


def apply(writes: Writes, inserts: list[Insert]) -> None:
    """Write a batch inside the caller's transaction; ``inserts`` are those of ``writes.create``."""
    for model, rows in groupby(writes.drop, key=type):
        _manager(model).filter(pk__in=[row.pk for row in rows if row.pk is not None]).delete()
    alter(writes.change)  # before the new rows: a version that retires makes room for its successor
    with connection.cursor() as cursor:
        for insert in inserts:
            if connection.vendor == "postgresql":
                with connection.wrap_database_errors, cursor.copy(insert.sql) as rows:
                    for row in insert.rows:
                        rows.write_row(row)
            else:
                cursor.executemany(insert.sql, insert.rows)


def _manager(model: type[Model]) -> Manager[Model]:
    return model._default_manager


def alter(change: Sequence[tuple[Model, dict[str, Any]]]) -> None:
    """Give rows other values, those with the same columns at once."""

    def shape(item: tuple[Model, dict[str, Any]]) -> tuple[str, tuple[str, ...]]:
        return item[0]._meta.label, tuple(sorted(item[1]))

    for (_, names), items in groupby(sorted(change, key=shape), key=shape):
        rows = []
        for row, new in items:
            for name in names:
                setattr(row, name, new[name])
            rows.append(row)
        _manager(type(rows[0])).bulk_update(rows, list(names), batch_size=200)


@dataclass(slots=True)
class Steps:
    """The running import: adapts the size of a step to the machine, and remembers what to take back.

    With a ``load`` every step leaves its note in the same transaction; ``staged`` new rows carry the load and are not
    seen until it is published.
    """

    remember: bool = False
    load: Load | None = None
    staged: bool = False
    _undo: list[Writes] = field(default_factory=list)

    def run(
        self,
        items: Iterable[T],
        build: Callable[[Sequence[T]], Writes],
        *,
        with_first: Callable[[], None] | None = None,
    ) -> None:
        """Write all items; ``build`` runs outside the transaction, ``with_first`` in the first one (or in one of its
        own when there is no item). On a fault what is remembered is taken back.

        PostgreSQL has no lock that a call taker would wait for: there a strict import is one transaction, and holds
        even when the power goes.
        """
        whole = self.remember and connection.vendor == "postgresql"
        self.remember = self.remember and not whole
        try:
            with transaction.atomic() if whole else nullcontext(), unhurried(relaxed=self.staged) as settle:
                for writes, inserts, step in self._paced(items, build, settle):
                    with transaction.atomic():
                        if with_first is not None:
                            with_first()
                        apply(writes, inserts)
                        self._noted(step)
                    with_first = None
            if with_first is not None:
                with transaction.atomic():
                    with_first()
        except BaseException:
            self.take_back()
            raise

    def _paced(
        self, items: Iterable[T], build: Callable[[Sequence[T]], Writes], settle: Callable[[], None] | None
    ) -> Iterator[tuple[Writes, list[Insert], LoadStep | None]]:
        left, least = iter(items), _LEAST.get(connection.vendor, 1)
        size = max(_FIRST, least)
        while batch := list(islice(left, size)):
            stop_if_ending()
            writes = build(batch)
            undo = writes.undone() if self.remember else None
            if self.staged:
                self._marked(writes)
            own = self.load if self.staged else None
            inserts = [*inserts_of(writes.create), *(insert_of(fresh, own) for fresh in writes.fresh if fresh.rows)]
            step = note(self.load, writes, inserts, rows=len(batch)) if self.load else None
            began = time.perf_counter()
            yield writes, inserts, step
            took_s = time.perf_counter() - began
            if undo:
                self._undo.append(undo)
            size = max(least, min(_MOST, int(size * min(2.0, max(0.25, STEP_S / max(took_s, 1e-4))))))
            if settle is not None:
                settle()
            time.sleep(_PAUSE_S)  # the write lock is not fair: whoever waits for it must get it now

    def _marked(self, writes: Writes) -> None:
        if writes.change or writes.drop:
            raise RuntimeError("a staged importer only creates for rows that are new")
        for row in writes.create:
            if isinstance(row, Loaded):
                row.load = self.load.pk if self.load else None

    def _noted(self, step: LoadStep | None) -> None:
        if step is None:
            return
        step.save(force_insert=True)
        Load.objects.filter(pk=step.load_id).update(done=F("done") + step.rows)

    def take_back(self) -> None:
        """Undo the remembered steps, the last one first."""
        while self._undo:
            undo = self._undo.pop()
            with transaction.atomic():
                apply(undo, inserts_of(undo.create))
                if self.load:
                    self.load.steps.order_by("-id")[:1].get().delete()
