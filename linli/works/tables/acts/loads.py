"""A load at the desk: uploaded, checked, published, taken back or given up. Each wish is an act; the work is a job."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, Refusal, declare
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.works.jobs.acts import Later, hourly, job, schedule
from linli.works.tables.acts.declaring import BULK_ACTS, IMPORTERS, require
from linli.works.tables.acts.running import Checked, alone, check, counts_of, opened, publish, stage, write
from linli.works.tables.acts.undoing import Back
from linli.works.tables.models import LOAD_LIFE, Load, LoadStep, SavedMap
from linli.works.tables.queries import file_of, folder_of
from linli.works.tables.reports import write_report
from linli.works.tables.returned import returned_copy
from linli.works.tables.rules.mapping import read_map

LANE = "loads"
MOST_BYTES = 100_000_000
KEEP_FILES, KEEP_NOTES = timedelta(days=30), timedelta(days=90)
"""How long uploaded files and returned copies lie here, and how long an import can be taken back."""
ENDINGS = (".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".csv.gz", ".geojson", ".json")
_WAIT = timedelta(seconds=2)
_FORGOTTEN_AT_ONCE = 500

declare(
    "load.file", zh="不接收这类文件，可用.xlsx、.xls、.ods、.csv。", en="This is no .xlsx, .xls, .ods or .csv file."
)
declare("load.too_large", zh="文件超过{most_mb}MB，请分成几份。", en="The file is larger than {most_mb} MB: split it.")
declare("load.not_clean", zh="有{rejected}行有问题，不能全部写入。", en="{rejected} rows are wrong: not all can go in.")


@act("load.begin", zh="上传表格", en="upload a table", keeps=("kind",))
def begin_load(actor: Actor, *, kind: str, file_name: str, body: bytes) -> Load:
    """Keep an uploaded table, to be checked. Raises Invalid for what is no table, NotAllowed without the kind's
    right.
    """
    require(actor, kind)
    name = file_name.replace("\\", "/").rpartition("/")[2][-120:] or "table.csv"
    if not name.lower().endswith(ENDINGS):
        raise Invalid("load.file", field="file")
    if len(body) > MOST_BYTES:
        raise Invalid("load.too_large", most_mb=MOST_BYTES // 1_000_000, field="file")
    load = Load.objects.create(
        owner_id=actor.id,
        owner_name=actor.name[:60],
        kind=kind,
        file_name=name,
        file_sha256=hashlib.sha256(body).hexdigest(),
        made_at=clock.now(),
    )
    folder = folder_of(load)
    folder.mkdir(parents=True, mode=0o700)
    place = file_of(load)
    place.touch(mode=0o600)
    place.write_bytes(body)
    return load


@act("load.check", zh="检查表格", en="check a table", about="load")
def check_load(actor: Actor, *, load: Load, map_text: str) -> Load:
    """Compare a file with what is stored, in the background: nothing is written. Raises Invalid for a wrong map."""
    require(actor, load.kind)
    read_map(map_text, load.file_name)
    take(load, LOAD_LIFE, "check", map_text=map_text, error="", report="")
    _plan(load)
    return load


@act("load.publish", zh="写入表格", en="publish a table", about="load")
def publish_load(actor: Actor, *, load: Load, strict: bool = False) -> Load:
    """Write what the check has shown, in the background. The kind's own act is recorded first: it asks for the right
    and says what the rows will be.
    """
    require(actor, load.kind)
    if strict and load.rejected:
        raise Invalid("load.not_clean", rejected=load.rejected)
    take(load, LOAD_LIFE, "publish", strict=strict, done=0)
    BULK_ACTS[load.kind](
        actor,
        file_name=load.file_name,
        file_sha256=load.file_sha256,
        rows_sha256=load.rows_sha256,
        created=load.created,
        updated=load.updated,
        strict=strict,
        taken_back=False,
    )
    _plan(load)
    return load


@act("load.undo", zh="撤回导入", en="take an import back", about="load")
def undo_load(actor: Actor, *, load: Load) -> Load:
    """Take a whole import back, in the background: its new rows are gone at once, changed rows get their values back.
    What was touched since stays, and is named in ``kept``.
    """
    require(actor, load.kind)
    take(load, LOAD_LIFE, "undo", hidden=IMPORTERS[load.kind].staged, kept=[], total=load.done)
    _plan(load)
    return load


@act("load.drop", zh="放弃导入", en="give an import up", about="load")
def drop_load(actor: Actor, *, load: Load) -> Load:
    """Give up an import that is being written: what it wrote goes again."""
    require(actor, load.kind)
    take(load, LOAD_LIFE, "drop")
    _plan(load)
    return load


@act("load.discard", zh="丢弃上传的表格", en="discard an uploaded table", about="load")
def discard_load(actor: Actor, *, load: Load) -> Load:
    """Nothing was written: the file goes."""
    take(load, LOAD_LIFE, "discard", ended_at=clock.now())
    folder = folder_of(load)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
    return load


@act("load.save_map", zh="保存对照", en="save a map", keeps=("kind",))
def save_map(actor: Actor, *, kind: str, title: str, text: str) -> SavedMap:
    """Keep a map under a name; the same name replaces it. Raises Invalid when the map cannot be read."""
    require(actor, kind)
    read_map(text, title)
    row, _ = SavedMap.objects.update_or_create(
        kind=kind, name=title.strip()[:60], defaults={"text": text, "made_at": clock.now()}
    )
    return row


@act("load.forget_map", zh="删除对照", en="forget a map", about="saved")
def forget_map(actor: Actor, *, saved: SavedMap) -> None:
    """A map is not used any more."""
    SavedMap.objects.filter(pk=saved.pk).delete()


def _plan(load: Load) -> None:
    schedule("tables.load", due_at=clock.now(), payload={"load": str(load.pk)}, lane=LANE)


@job("tables.load")
def carry_on(payload: dict[str, Any]) -> None:
    """Do what a load waits for, outside every transaction. A worker that dies leaves it to the next one."""
    load = Load.objects.filter(pk=payload["load"]).first()
    if load is None or load.state not in _DOING:
        return
    writes = load.state != "checking"
    with alone(str(load.pk)) as mine, alone("writing" if writes else "") as free:
        if not (mine and free):
            raise Later(clock.now() + _WAIT)
        load.refresh_from_db()
        doing = _DOING.get(load.state)
        if doing is None:
            return
        try:
            doing(load)
        except Refusal as refusal:
            if load.state == "checking":
                take(load, LOAD_LIFE, "refuse", error=refusal.words.zh[:500], ended_at=clock.now())
                return
            Load.objects.filter(pk=load.pk).update(error=refusal.words.zh[:500])
            raise


def _check(load: Load) -> None:
    found = check(load.kind, file_of(load), read_map(load.map_text, load.file_name))
    planned = found.plan
    report = folder_of(load) / "report.jsonl"
    summary = {"kind": load.kind, "file": load.file_name, **counts_of(planned), "matched": planned.matched.as_json()}
    write_report(report, {**summary, "ignored_columns": list(found.sheet.ignored)}, planned.faults.all)
    copy = ""
    if planned.faults.rows:
        copy = returned_copy(file_of(load), report, found.sheet, planned.faults.all, found.mapping).name
    take(
        load,
        LOAD_LIFE,
        "check_done",
        **counts_of(planned),
        rows_sha256=planned.rows_sha256,
        report=copy,
    )


def _publish(load: Load) -> None:
    mapping, begun = read_map(load.map_text, load.file_name), load.done or load.steps.exists()
    if not IMPORTERS[load.kind].staged:
        found = check(load.kind, file_of(load), mapping)
        if begun or found.plan.rows_sha256 == load.rows_sha256:
            write(load, found)
        else:
            _look_again(load, found)
        return
    if not load.published_at:
        Load.objects.filter(pk=load.pk).update(hidden=True)
        load.hidden = True
    found = opened(load.kind, file_of(load), mapping)
    stage(load, found)
    if begun or found.plan.rows_sha256 == load.rows_sha256:
        publish(load, found, lambda: None)
        return
    Back(load).run()
    _look_again(load, found)


def _look_again(load: Load, found: Checked) -> None:
    """What was to be written is not what was looked at: somebody must look again."""
    words = "上次检查之后，登记的内容有了变化，请再看一遍。"
    again = {**counts_of(found.plan), "rows_sha256": found.plan.rows_sha256, "error": words}
    take(load, LOAD_LIFE, "look_again", hidden=False, **again)


def _undo(load: Load) -> None:
    back = Back(load)
    back.run()
    done = "undo_done" if load.state == "undoing" else "drop_done"
    take(load, LOAD_LIFE, done, hidden=False, kept=back.kept, ended_at=clock.now())
    IMPORTERS[load.kind]().finish()


_DOING = {"checking": _check, "publishing": _publish, "undoing": _undo, "dropping": _undo}


@hourly("tables.forget_files")
def forget_files(payload: dict[str, Any]) -> None:
    """Uploaded files and returned copies go after 30 days: they hold what the register holds, and nobody asks again."""
    old = clock.now() - KEEP_FILES
    root = Path(settings.LINLI_HOME) / "loads"
    names = {entry.name for entry in root.iterdir() if entry.is_dir()} if root.is_dir() else set()
    for load in Load.objects.filter(made_at__lt=old).only("pk"):
        if load.pk.hex in names:
            shutil.rmtree(root / load.pk.hex, ignore_errors=True)
    spent = LoadStep.objects.filter(load__made_at__lt=clock.now() - KEEP_NOTES).values_list("pk", flat=True)
    LoadStep.objects.filter(pk__in=list(spent[:_FORGOTTEN_AT_ONCE])).delete()
