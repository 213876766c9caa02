"""The bulk act: one entry in the trail for one import, with the digest of its rows; then the rows, in short steps.

Every step is a transaction of at most 50 ms, so that a call taker never waits for an import. Strict mode takes all
steps back when a later one fails.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import xlsxwriter
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import AutoField, Manager, Model

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.ids import new_id
from linli.kernel.kept import forget_after
from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.works.tables.queries import file_digest, map_in, read
from linli.works.tables.rules.columns import Fault, as_text, blank
from linli.works.tables.rules.planning import Importer, Plan, Writes, plan

T = TypeVar("T")
B = TypeVar("B", bound=type[Importer])

STEP_S = 0.035
"""What a step aims at, commit included: with room to miss it, below the 50 ms that a call taker may have to wait."""
_PAUSE_S = 0.002
_FIRST, _MOST = 20, 2_000
_LEAST = {"sqlite": 10, "postgresql": 100}
"""Rows of the smallest step. What a step costs beside its rows (commit, waiting for others) does not shrink with it:
without a floor a busy disk drove imports down to a row at a time. On PostgreSQL nobody waits for a step."""

IMPORTERS: Registry[type[Importer]] = Registry("importers")
BULK_ACTS: Registry[Callable[..., BulkEntry]] = Registry("bulk acts")


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """The subject of the trail's entry: which kind of rows, from which file."""

    pk: str
    kind: str


def importer(declared: B) -> B:
    """Declare an importer: it becomes a KIND of ``linli import``, with an act of its own."""

    @act(
        declared.act or f"import.{declared.kind}",
        zh=f"导入{declared.words.zh}",
        en=f"import {declared.words.en}",
        keeps=("file_name", "file_sha256", "rows_sha256", "created", "updated", "strict", "taken_back"),
    )
    def record(
        actor: Actor,
        *,
        file_name: str,
        file_sha256: str,
        rows_sha256: str,
        created: int,
        updated: int,
        strict: bool,
        taken_back: bool,
    ) -> BulkEntry:
        return BulkEntry(str(new_id()), declared.kind)

    IMPORTERS.add(declared.kind, declared)
    BULK_ACTS.add(declared.kind, record)
    return declared


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did; ``rows`` is the sum of the four that follow. ``report`` is the path of the report."""

    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    report: str
    kept_out: bool = field(default=False)
    """Strict mode found a fault, so nothing was written."""

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self)
        del shown["kept_out"]
        return shown


def run_import(
    actor: Actor,
    *,
    kind: str,
    path: Path,
    map_path: Path | None = None,
    dry_run: bool = False,
    strict: bool = False,
) -> Outcome:
    """Import a file. Raises ``Invalid`` when the file, its header or the map cannot be read; then nothing has changed.

    Wrong rows are rejected into the report and the rest is kept; ``strict`` writes all rows or none. ``dry_run`` says
    what would happen. Importing the same file again changes nothing.
    """
    chosen, mapping = IMPORTERS[kind](), map_in(map_path)
    sheet = read(path, chosen.columns, mapping)
    planned = plan(chosen, sheet, mapping)
    kept_out = strict and bool(planned.faults.rows)
    if planned.changes and not dry_run and not kept_out:
        _write(actor, chosen, planned, path, strict=strict)
    wrong = planned.faults.rows
    rejected = (
        {line.row: line.cells for line in read(path, chosen.columns, mapping).lines if line.row in wrong}
        if wrong
        else {}
    )
    summary = {"kind": kind, "file": path.name, "dry_run": dry_run, "strict_refused": kept_out}
    return _reported(planned, {**summary, "ignored_columns": list(sheet.ignored)}, rejected, kept_out=kept_out)


def _write(actor: Actor, chosen: Importer, planned: Plan, path: Path, *, strict: bool) -> None:
    """The entry comes first: it says what the rows will be, and asks for the right before anything is written."""
    facts = {
        "file_name": path.name,
        "file_sha256": file_digest(path),
        "rows_sha256": planned.digest(),
        "created": planned.created,
        "updated": planned.updated,
        "strict": strict,
    }
    record = BULK_ACTS[chosen.kind]
    record(actor, **facts, taken_back=False)
    try:
        Steps(remember=strict).run(planned.changes, chosen.build)
    except BaseException:
        if strict:
            record(actor, **facts, taken_back=True)
        raise
    finally:
        forget_after(chosen.act or f"import.{chosen.kind}")  # what was kept since the entry may be half of the rows
        chosen.finish()


def _reported(
    planned: Plan, summary: dict[str, Any], rejected: dict[int, dict[str, object]], *, kept_out: bool
) -> Outcome:
    counts = (
        (planned.rows, 0, 0, 0, planned.rows)
        if kept_out
        else (planned.rows, planned.created, planned.updated, planned.unchanged, planned.rejected)
    )
    stamp = clock.now().astimezone(clock.SHANGHAI).strftime("%Y%m%d-%H%M%S-%f")
    report = Path(settings.LINLI_HOME) / "reports" / f"{summary['kind']}-{stamp}.jsonl"
    outcome = Outcome(*counts, report=str(report), kept_out=kept_out)
    write_report(report, {**summary, **outcome.as_json()}, planned.faults.all, rejected)
    return outcome


@dataclass(frozen=True, slots=True)
class _Insert:
    """Rows of one table as the database takes them: made outside the transaction, which then only hands them over."""

    sql: str
    rows: list[tuple[Any, ...]]


def _inserts(rows: Sequence[Model]) -> list[_Insert]:
    return [_insert(model, list(same)) for model, same in groupby(rows, key=type)]


def _insert(model: type[Model], rows: list[Model]) -> _Insert:
    database = connections[DEFAULT_DB_ALIAS]  # asked once: the proxy looks its thread up at every touch
    own_key = isinstance(model._meta.pk, AutoField)
    fields = [f for f in model._meta.concrete_fields if not (own_key and f.primary_key)]
    quote = database.ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in fields)
    places = ", ".join(["%s"] * len(fields))
    values = [tuple(f.get_db_prep_save(f.pre_save(row, True), database) for f in fields) for row in rows]
    return _Insert(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", values)  # noqa: S608


def apply(writes: Writes, inserts: list[_Insert]) -> None:
    """Write a batch inside the caller's transaction; ``inserts`` are those of ``writes.create``."""
    for model, rows in groupby(writes.drop, key=type):
        _manager(model).filter(pk__in=[row.pk for row in rows if row.pk is not None]).delete()
    _alter(writes.change)  # before the new rows: a version that retires makes room for its successor
    with connection.cursor() as cursor:
        for insert in inserts:
            cursor.executemany(insert.sql, insert.rows)


def _manager(model: type[Model]) -> Manager[Model]:
    return model._default_manager


def _alter(change: Sequence[tuple[Model, dict[str, Any]]]) -> None:
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
    """The running import: adapts the size of a step to the machine, and remembers what to take back."""

    remember: bool = False
    _undo: list[Writes] = field(default_factory=list)

    def run(self, items: Sequence[T], build: Callable[[Sequence[T]], Writes]) -> None:
        """Write all items; ``build`` runs outside the transaction. On a fault what is remembered is taken back.

        PostgreSQL has no lock that a call taker would wait for: there a strict import is one transaction, and holds
        even when the power goes.
        """
        whole = self.remember and connection.vendor == "postgresql"
        self.remember = self.remember and not whole
        try:
            with transaction.atomic() if whole else nullcontext():
                for writes, inserts in self._paced(items, build):
                    with transaction.atomic():
                        apply(writes, inserts)
        except BaseException:
            self.take_back()
            raise

    def _paced(
        self, items: Sequence[T], build: Callable[[Sequence[T]], Writes]
    ) -> Iterator[tuple[Writes, list[_Insert]]]:
        at, least = 0, _LEAST.get(connection.vendor, 1)
        size = max(_FIRST, least)
        while at < len(items):
            batch = items[at : at + size]
            writes = build(batch)
            undo = writes.undone() if self.remember else None
            inserts = _inserts(writes.create)
            began = time.perf_counter()
            yield writes, inserts
            took_s = time.perf_counter() - began
            if undo:
                self._undo.append(undo)
            at += len(batch)
            size = max(least, min(_MOST, int(size * min(2.0, max(0.25, STEP_S / max(took_s, 1e-4))))))
            time.sleep(_PAUSE_S)  # the write lock is not fair: whoever waits for it must get it now

    def take_back(self) -> None:
        """Undo the remembered steps, the last one first."""
        while self._undo:
            undo = self._undo.pop()
            with transaction.atomic():
                apply(undo, _inserts(undo.create))


def write_report(
    path: Path, summary: dict[str, Any], faults: Iterable[Fault], lines: dict[int, dict[str, object]]
) -> None:
    """Write ``path`` (JSON lines: the summary, then each fault) and, when rows were rejected, the same as .xlsx.

    ``lines`` are the rejected rows: sheet row → our column → cell. Only their owner may read the files: rejected rows
    may hold personal data.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = list(faults)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        for item in (summary, *(fault.as_json() for fault in found)):
            out.write(json.dumps(item, ensure_ascii=False) + "\n")
    if lines:
        _annotated(path.with_suffix(".xlsx"), found, lines)


def _annotated(path: Path, faults: list[Fault], lines: dict[int, dict[str, object]]) -> None:
    """The rejected rows under our headers, wrong cells in red with a note; the last two columns say row and reasons."""
    names = list(dict.fromkeys(name for cells in lines.values() for name in cells))
    names += [name for name in dict.fromkeys(fault.column for fault in faults) if name and name not in names]
    by_row: dict[int, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("退回 rejected")
    bold, red = book.add_format({"bold": True}), book.add_format({"bg_color": "#ffc7ce"})
    for at, name in enumerate([*names, "原行号 row", "原因 why"]):
        sheet.write_string(0, at, name, bold)
    for line, (row, cells) in enumerate(sorted(lines.items()), start=1):
        wrong = {fault.column: fault for fault in by_row.get(row, [])}
        for at, name in enumerate(names):
            text = "" if blank(cells.get(name)) else as_text(cells[name])
            if name in wrong:
                sheet.write_string(line, at, text, red)
                sheet.write_comment(line, at, f"{wrong[name].words.zh}\n{wrong[name].words.en}")
            elif text:
                sheet.write_string(line, at, text)
        sheet.write_number(line, len(names), row)
        why = "；".join(f"{fault.column}：{fault.words.zh} / {fault.words.en}" for fault in by_row.get(row, []))
        sheet.write_string(line, len(names) + 1, why, red)
    sheet.freeze_panes(1, 0)
    book.close()
