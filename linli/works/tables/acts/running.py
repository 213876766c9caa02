"""One import from file to outcome: checked whole, then written in short steps and published as one batch."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.kernel import clock
from linli.kernel.kept import forget_after
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.works.tables.acts.declaring import BULK_ACTS, IMPORTERS, act_of, require
from linli.works.tables.acts.steps import Steps
from linli.works.tables.acts.undoing import Back
from linli.works.tables.models import LOAD_LIFE, Load, own_rows_of
from linli.works.tables.queries import file_digest, map_in, read
from linli.works.tables.reports import write_report
from linli.works.tables.returned import returned_copy
from linli.works.tables.rules.mapping import Map
from linli.works.tables.rules.planning import Importer, Sheet
from linli.works.tables.rules.plans import Plan, folded, match_of


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
    load: str = field(default="")
    """The load by which it can be taken back; blank when nothing was written."""

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self)
        del shown["kept_out"], shown["load"]
        return shown


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read and compared: nothing is written yet."""

    importer: Importer
    mapping: Map
    path: Path
    sheet: Sheet
    plan: Plan


def opened(kind: str, path: Path, mapping: Map) -> Checked:
    """A file whose cells are read, not yet compared with what is stored. Raises ``Invalid`` when it cannot be read as
    this kind.
    """
    chosen = IMPORTERS[kind]()
    match = match_of(chosen, mapping)
    sheet = read(path, chosen.columns, mapping, looked_up_by=match.columns if match else ())
    return Checked(chosen, mapping, path, sheet, folded(chosen, sheet, mapping))


def check(kind: str, path: Path, mapping: Map) -> Checked:
    """Read a file and compare it with what is stored."""
    found = opened(kind, path, mapping)
    for _ in found.plan.compared():
        pass
    return found


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
    what would happen. Importing the same file again changes nothing; what a killed import left is gone on with.
    """
    mapping = map_in(map_path)
    if dry_run:
        return _reported(check(kind, path, mapping), dry_run=True, strict=strict)
    with alone("writing", wait=True):
        load = _unfinished(kind, path, mapping)
        if IMPORTERS[kind].staged and not strict:
            require(actor, kind)
            found = opened(kind, path, mapping)
            load = _in_one_reading(actor, found, load or _begun(actor, found, strict=False))
            return _reported(found, dry_run=False, strict=False, load=load)
        with own_rows_of(load):
            found = check(kind, path, mapping)
            if strict and found.plan.faults.rows:
                return _reported(found, dry_run=False, strict=True)
            if found.plan.keys or load:
                load = _written(actor, found, load, strict=strict)
    return _reported(found, dry_run=False, strict=strict, load=load)


def _in_one_reading(actor: Actor, found: Checked, load: Load) -> Load | None:
    """New rows are staged while the file is compared; the entry is made when all are there, and shows them."""

    def recorded() -> bool:
        BULK_ACTS[load.kind](actor, **_facts(found, strict=False), taken_back=False)
        return True

    stage(load, found)
    if not found.plan.keys and not load.steps.exists():
        Load.objects.filter(pk=load.pk).delete()
        return None
    publish(load, found, recorded)
    return load


def stage(load: Load, found: Checked) -> None:
    """Compare, and write what is new where nobody sees it."""
    with own_rows_of(load):
        fresh = (one for one in found.plan.compared() if one.is_new)
        Steps(load=load, staged=True).run(fresh, found.importer.build)


def publish(load: Load, found: Checked, with_it: Callable[[], object]) -> None:
    """Show what is staged in one instant, in one transaction with ``with_it``; then write what changes."""

    def shown() -> None:
        with_it()
        counts = counts_of(found.plan)
        Load.objects.filter(pk=load.pk).update(
            hidden=False, published_at=clock.now(), rows_sha256=found.plan.rows_sha256, **counts
        )

    try:
        with own_rows_of(load):
            rest = (one for one in found.plan.changes() if not one.is_new) if found.plan.updated else iter(())
            Steps(load=load).run(rest, found.importer.build, with_first=shown)
            take(load, LOAD_LIFE, "publish_done")
    finally:
        forget_after(act_of(type(found.importer)))  # what was kept since the entry may be half of the rows
        found.importer.finish()


@contextmanager
def alone(name: str, *, wait: bool = False) -> Iterator[bool]:
    """Whether nobody else of this installation holds the lock of this name, which goes when its process dies.

    One import writes at a time (``writing``), and a load is worked on by one. A blank name is always free.
    """
    if not name:
        yield True
        return
    folder = Path(settings.LINLI_HOME) / "loads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)


def _unfinished(kind: str, path: Path, mapping: Map) -> Load | None:
    """What a killed import of this file left; what one of another file left is taken back first."""
    digest = ""
    for load in Load.objects.filter(kind=kind, state="publishing").exclude(path=""):
        digest = digest or file_digest(path)
        if load.file_sha256 == digest and load.map_text == mapping.text:
            return load
        ended = "dropped" if load.hidden else "published"  # what was seen already can still be taken back
        if load.hidden:
            Back(load).run()
        Load.objects.filter(pk=load.pk).update(state=ended, hidden=False, ended_at=clock.now())
    return None


def _begun(actor: Actor, found: Checked, *, strict: bool) -> Load:
    return Load.objects.create(
        owner_id=actor.id,
        owner_name=actor.name[:60],
        kind=found.importer.kind,
        state="publishing",
        file_name=found.path.name[:200],
        file_sha256=file_digest(found.path),
        path=str(found.path.resolve())[:400],
        map_text=found.mapping.text,
        strict=strict,
        hidden=found.importer.staged,
        **counts_of(found.plan),
        rows_sha256=found.plan.rows_sha256,
        made_at=clock.now(),
    )


def _facts(found: Checked, *, strict: bool) -> dict[str, Any]:
    """What the trail keeps of an import."""
    counts = {"created": found.plan.created, "updated": found.plan.updated}
    digests = {"file_sha256": file_digest(found.path), "rows_sha256": found.plan.rows_sha256}
    return {"file_name": found.path.name, **digests, **counts, "strict": strict}


def _written(actor: Actor, found: Checked, load: Load | None, *, strict: bool) -> Load:
    """The entry comes first: it says what the rows will be, and asks for the right before anything is written."""
    facts, record = _facts(found, strict=strict), BULK_ACTS[found.importer.kind]
    record(actor, **facts, taken_back=False)
    load = load or _begun(actor, found, strict=strict)
    with own_rows_of(load):
        try:
            write(load, found)
        except BaseException:
            if strict:
                record(actor, **facts, taken_back=True)
                Load.objects.filter(pk=load.pk).update(state="dropped", ended_at=clock.now())
            raise
    return load


def counts_of(planned: Plan) -> dict[str, int]:
    """The counts of a plan by the columns of a load."""
    counts = {name: getattr(planned, name) for name in ("rows", "created", "updated", "unchanged", "rejected")}
    return counts | {"total": planned.keys}


def write(load: Load, found: Checked) -> None:
    """Write a plan: new rows of a staged kind unseen and then published in one instant, everything else in its turn."""
    chosen, planned = found.importer, found.plan
    try:
        if chosen.staged:
            _staged(load, chosen, planned)
        else:
            Steps(remember=load.strict, load=load).run(planned.changes(), chosen.build)
        take(load, LOAD_LIFE, "publish_done", hidden=False, published_at=clock.now())
    finally:
        forget_after(act_of(type(chosen)))  # what was kept since the entry may be half of the rows
        chosen.finish()


def _staged(load: Load, chosen: Importer, planned: Plan) -> None:
    def publish() -> None:
        Load.objects.filter(pk=load.pk).update(hidden=False, published_at=clock.now())

    try:
        if planned.created:
            Steps(load=load, staged=True).run((one for one in planned.changes() if one.is_new), chosen.build)
        rest = (one for one in planned.changes() if not one.is_new) if planned.updated else iter(())
        Steps(load=load).run(rest, chosen.build, with_first=publish)
    except BaseException:
        if load.strict and Load.objects.filter(pk=load.pk, hidden=True).exists():
            Back(load).run()
        raise


def _reported(found: Checked, *, dry_run: bool, strict: bool, load: Load | None = None) -> Outcome:
    planned = found.plan
    kept_out = strict and bool(planned.faults.rows)
    counts = (
        (planned.rows, 0, 0, 0, planned.rows)
        if kept_out
        else (planned.rows, planned.created, planned.updated, planned.unchanged, planned.rejected)
    )
    stamp = clock.now().astimezone(clock.SHANGHAI).strftime("%Y%m%d-%H%M%S-%f")
    report = Path(settings.LINLI_HOME) / "reports" / f"{found.importer.kind}-{stamp}.jsonl"
    outcome = Outcome(*counts, report=str(report), kept_out=kept_out, load=str(load.pk) if load else "")
    summary = {"kind": found.importer.kind, "file": found.path.name, "dry_run": dry_run, "strict_refused": kept_out}
    summary |= {"ignored_columns": list(found.sheet.ignored), "matched": planned.matched.as_json()}
    write_report(report, {**summary, **outcome.as_json()}, planned.faults.all)
    if planned.faults.rows:
        returned_copy(found.path, report, found.sheet, planned.faults.all, found.mapping)
    return outcome
