"""Asking for a workbook, making it, setting the template."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.exporting.models import ExportTemplate
from linli.matters.exporting.queries import template_for, workbook
from linli.matters.exporting.rules import AT_ONCE, MOST_ROWS, Layout
from linli.matters.ledger.queries.pages import lines_of
from linli.matters.ledger.rules import asked_of
from linli.matters.ledger.rules.columns import COLUMNS, columns_named
from linli.matters.runs.models import Run
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.queries import person_actor
from linli.works.files.acts import keep_file
from linli.works.jobs.acts import job, schedule

declare(
    "export.too_many",
    zh="符合条件的超过{most}件，请先缩小范围（如按月份）。",
    en="More than {most} match; narrow the list first, by month for instance.",
)
declare(
    "export.no_columns",
    zh="模板里没有一行写着台账的列名（如 number、title、state）。可先下载现有模板再改。",
    en="No row of the template names columns of the ledger (number, title, state …). Download the present one to edit.",
)
EXPORT = "export"
LANE = "export"


@act("matter.export", zh="导出台账", en="export the ledger", keeps=("rows", "digest"))
def start_export(
    actor: Actor, *, params: dict[str, str], columns: list[str], lines: list[int], rows: int, digest: str
) -> Run:
    """Ask for the matters at ``lines`` as a workbook in the bureau's template, or with the ``columns`` given. A short
    one is made at once, a long one by the worker. The trail keeps how many rows, and the digest of what was asked.
    """
    if rows > MOST_ROWS:
        raise Invalid("export.too_many", most=MOST_ROWS)
    run = Run.objects.create(
        owner_id=actor.id,
        verb=EXPORT,
        facts={"filters": sorted(params), "columns": columns, "digest": digest},
        lines=lines,
        total=rows,
        made_at=clock.now(),
    )
    if rows <= AT_ONCE:
        finish_export(actor, run=run, body=_made(actor, run))
    else:
        schedule("matters.export", due_at=clock.now(), payload={"run": str(run.pk)}, lane=LANE)
    return run


def export_lines(actor: Actor, params: dict[str, str]) -> tuple[list[int], str]:
    """The lines that an export holds, and the digest of what was asked."""
    asked = asked_of(params)
    lines = lines_of(actor, asked, most=MOST_ROWS + 1)
    return lines, hashlib.sha256(repr(sorted(asked.items())).encode()).hexdigest()


@job("matters.export")
def make_export(payload: dict[str, Any]) -> None:
    """Make a long workbook outside every transaction; done twice it is the same file."""
    run = Run.objects.filter(pk=payload["run"]).exclude(state=Run.DONE).first()
    person = Person.objects.filter(pk=run.owner_id).first() if run else None
    if run is not None and person is not None:
        actor = person_actor(person, door="page")
        finish_export(actor, run=run, body=_made(actor, run))


def _made(actor: Actor, run: Run) -> bytes:
    heading, layout = template_for(actor)
    if run.facts["columns"]:
        given = {name: (name, title, width) for name, title, width in layout}
        names = columns_named(run.facts["columns"])
        layout = [given.get(name, (name, COLUMNS[name].words.zh, COLUMNS[name].width)) for name in names]
    return workbook(heading, layout, run.lines)


@act("export.finish", zh="导出完成", en="finish an export", about="run")
def finish_export(actor: Actor, *, run: Run, body: bytes) -> Run:
    """Keep the workbook and say that the run is done; done twice it is the same run."""
    name = f"台账-{clock.shanghai(run.made_at):%Y%m%d-%H%M}.xlsx"
    kept = keep_file(actor, body=body, title=name, checked=False)
    Run.objects.filter(pk=run.pk).update(
        state=Run.DONE,
        done=run.total,
        sha256=kept.sha256,
        file_name=name,
        ended_at=clock.now(),
        version=F("version") + 1,
    )
    run.refresh_from_db()
    return run


@act(
    "export.set_template",
    zh="设置导出模板",
    en="set the export template",
    keeps=("agency",),
    within=lambda facts: facts["agency"].path,
)
def set_template(actor: Actor, *, agency: Agency, heading: str, layout: Layout | None) -> ExportTemplate:
    """Give an agency, and all below it without a template of their own, its columns; raises Invalid without any."""
    if not layout:
        raise Invalid("export.no_columns", field="file")
    row, _ = ExportTemplate.objects.update_or_create(
        agency=agency,
        defaults={
            "heading": heading,
            "columns": [list(one) for one in layout],
            "set_by": actor.name,
            "set_at": clock.now(),
        },
    )
    return row
