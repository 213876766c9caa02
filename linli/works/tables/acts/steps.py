"""Many rows in short transactions, each with the note by which it can be taken back.

Every step is a transaction of at most 50 ms, so that a call taker never waits for an import. Strict mode takes all
steps back when a later one fails.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import groupby, islice
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
from linli.works.tables.journal import note
from linli.works.tables.models import Load, Loaded, LoadStep
from linli.works.tables.rules.planning import Writes

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
    sql: str
    rows: list[tuple[Any, ...]]


def inserts_of(rows: Sequence[Model]) -> list[Insert]:
    """Statements for new rows, in their order."""
    return [_insert(model, list(same)) for model, same in groupby(rows, key=type)]


def _insert(model: type[Model], rows: list[Model]) -> Insert:
    database = connections[DEFAULT_DB_ALIAS]  # asked once: the proxy looks its thread up at every touch
    lite = database.vendor == "sqlite"
    own_key = isinstance(model._meta.pk, AutoField)
    fields = [f for f in model._meta.concrete_fields if not (own_key and f.primary_key)]
    quote = database.ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in fields)
    places = ", ".join(["%s"] * len(fields))
    reads = [
        (f.attname, _reader(f, lite) or functools.partial(f.get_db_prep_save, connection=database)) for f in fields
    ]
    values = [tuple([read(getattr(row, name)) for name, read in reads]) for row in rows]
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608  (names of columns)
    return Insert(model, sql, values)


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


@contextmanager
def _unhurried(*, relaxed: bool) -> Iterator[None]:
    """On SQLite the steps of staged rows do not wait for the disk one by one: what a power cut takes of them nobody has
    seen, and the step that publishes waits for all of them. Whoever else commits waits for the disk as always.
    """
    if not relaxed or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def apply(writes: Writes, inserts: list[Insert]) -> None:
    """Write a batch inside the caller's transaction; ``inserts`` are those of ``writes.create``."""
    for model, rows in groupby(writes.drop, key=type):
        _manager(model).filter(pk__in=[row.pk for row in rows if row.pk is not None]).delete()
    alter(writes.change)  # before the new rows: a version that retires makes room for its successor
    with connection.cursor() as cursor:
        for insert in inserts:
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
            with transaction.atomic() if whole else nullcontext(), _unhurried(relaxed=self.staged):
                for writes, inserts, step in self._paced(items, build):
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
        self, items: Iterable[T], build: Callable[[Sequence[T]], Writes]
    ) -> Iterator[tuple[Writes, list[Insert], LoadStep | None]]:
        left, least = iter(items), _LEAST.get(connection.vendor, 1)
        size = max(_FIRST, least)
        while batch := list(islice(left, size)):
            stop_if_ending()
            writes = build(batch)
            undo = writes.undone() if self.remember else None
            if self.staged:
                self._marked(writes)
            inserts = inserts_of(writes.create)
            step = note(self.load, writes, inserts, rows=len(batch)) if self.load else None
            began = time.perf_counter()
            yield writes, inserts, step
            took_s = time.perf_counter() - began
            if undo:
                self._undo.append(undo)
            size = max(least, min(_MOST, int(size * min(2.0, max(0.25, STEP_S / max(took_s, 1e-4))))))
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
