"""The bulk act: one entry in the trail for one import, with the digest of its rows; then the rows, in short steps."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.works.tables.importing import IMPORTERS, Importer, Plan, file_digest, plan
from linli.works.tables.mapping import Map, read_map
from linli.works.tables.reading import read
from linli.works.tables.reporting import write_report
from linli.works.tables.writing import Steps


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


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """The subject of the trail's entry: which kind of rows, from which file."""

    pk: str
    kind: str


@act(
    "import_rows",
    zh="批量导入",
    en="import rows",
    keeps=("kind", "file_name", "file_sha256", "rows_sha256", "created", "updated", "strict"),
)
def import_rows(
    actor: Actor,
    *,
    kind: str,
    file_name: str,
    file_sha256: str,
    rows_sha256: str,
    created: int,
    updated: int,
    strict: bool,
) -> BulkEntry:
    """Record a checked import, before its first row is written: the digest says what the rows will be."""
    return BulkEntry(str(new_id()), kind)


@act("take_back_import", zh="撤回导入", en="take back an import", keeps=("kind", "rows_sha256"))
def take_back_import(actor: Actor, *, kind: str, rows_sha256: str) -> BulkEntry:
    """Record that a strict import failed while writing and that its rows were taken back."""
    return BulkEntry(str(new_id()), kind)


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
    importer, mapping = IMPORTERS[kind](), read_map(map_path)
    planned = plan(importer, read(path, importer.columns, mapping), mapping)
    kept_out = strict and bool(planned.faults.rows)
    if planned.changes and not dry_run and not kept_out:
        _write(actor, importer, planned, path, strict=strict)
    return _reported(importer, planned, path, mapping, kept_out=kept_out, dry_run=dry_run)


def _write(actor: Actor, importer: Importer, planned: Plan, path: Path, *, strict: bool) -> None:
    digest = planned.digest()
    import_rows(
        actor,
        kind=importer.kind,
        file_name=path.name,
        file_sha256=file_digest(path),
        rows_sha256=digest,
        created=planned.created,
        updated=planned.updated,
        strict=strict,
    )
    try:
        Steps(remember=strict).run(planned.changes, importer.build)
    except BaseException:
        if strict:
            take_back_import(actor, kind=importer.kind, rows_sha256=digest)
        raise
    finally:
        importer.finish()


def _reported(importer: Importer, planned: Plan, path: Path, mapping: Map, *, kept_out: bool, dry_run: bool) -> Outcome:
    counts = (
        (planned.rows, 0, 0, 0, planned.rows)
        if kept_out
        else (planned.rows, planned.created, planned.updated, planned.unchanged, planned.rejected)
    )
    stamp = clock.now().astimezone(clock.SHANGHAI).strftime("%Y%m%d-%H%M%S-%f")
    report = Path(settings.LINLI_HOME) / "reports" / f"{importer.kind}-{stamp}.jsonl"
    outcome = Outcome(*counts, report=str(report), kept_out=kept_out)
    sheet = read(path, importer.columns, mapping)
    wrong = planned.faults.rows
    lines = {line.row: line.cells for line in sheet.lines if line.row in wrong} if wrong else {}
    summary = {"kind": importer.kind, "file": path.name, "dry_run": dry_run, "strict_refused": kept_out}
    summary |= {"ignored_columns": list(sheet.ignored), **outcome.as_json()}
    write_report(report, summary, planned.faults.all, lines)
    return outcome
