"""Saved filters, columns, acts on many matters, workbooks."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import FileResponse, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named, person_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, bilingual
from linli.kernel.errors import CODES, Invalid, NotAllowed, NotFound
from linli.kernel.scope import Actor
from linli.matters.exporting.acts import export_lines, set_template, start_export
from linli.matters.exporting.queries import blank_workbook, rows_of, template_for, template_home
from linli.matters.exporting.rules import read_layout
from linli.matters.ledger.queries import matter_by_number
from linli.matters.ledger.rules.columns import COLUMNS, columns_named
from linli.matters.runs.acts import chosen_rows, start_run
from linli.matters.runs.models import Run
from linli.matters.runs.rules import VERBS
from linli.matters.saved.acts import choose_columns, drop_filter, save_filter
from linli.matters.saved.models import SavedFilter
from linli.matters.saved.queries import chosen_columns, saved_filters
from linli.works.files.queries import open_file

router = Router(tags=["lists"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONG_TEXT = 4000
_MOST_SHOWN = 5_000


class Saved(Schema):
    """A list to keep: its name, the part of its address behind the question mark, and with which agency to share it."""

    name: str = Field(min_length=1, max_length=40)
    query: str = Field("", max_length=600)
    shared_with: str = Field("", max_length=64)


class Columns(Schema):
    """Columns by name, in order; none: as the kind declares them."""

    columns: list[str] = Field(max_length=40)


class Many(Schema):
    """One act on many matters: ``assignee`` (id or staff number), ``text``, ``outcome`` or ``main``, as the verb
    needs.
    """

    verb: str = Field(max_length=16)
    numbers: list[str] = Field(max_length=5_001)
    assignee: str = Field("", max_length=64)
    text: str = Field("", max_length=_LONG_TEXT)
    outcome: str = Field("", max_length=_LONG_TEXT)
    main: str = Field("", max_length=32)


class Export(Schema):
    """Filters by name; ``numbers`` instead when single rows were chosen; ``columns`` instead of the template's."""

    filters: dict[str, str] = {}
    numbers: list[str] = Field([], max_length=5_001)
    columns: list[str] = Field([], max_length=40)


@router.get("/filters", summary="Saved filters")
def filters(request: ApiRequest) -> HttpResponse:
    """One's own and those shared with one's agencies."""
    return answered({"items": [_saved(request.auth, one) for one in saved_filters(request.auth)], "next": None})


@router.post("/filters", response={201: dict[str, Any]}, summary="Save a filter")
def saved(request: ApiRequest, sent: Saved) -> HttpResponse:
    """Keep a list under a name, for oneself or for an agency that one belongs to."""
    actor = request.auth
    agency = agency_named(actor, sent.shared_with) if sent.shared_with else None
    if agency is not None and not actor.is_system and not any(post.agency_id == agency.pk for post in actor.posts):
        raise NotAllowed(
            "right.missing", act="filter.save", act_zh="共享筛选", act_en="share a filter", path=agency.path
        )
    return once(
        request.ticket,
        201,
        lambda: _saved(actor, save_filter(actor, title=sent.name, query=sent.query, shared_with=agency)),
    )


@router.post("/filters/{key}/drop", summary="Drop a saved filter")
def dropped(request: ApiRequest, key: uuid.UUID) -> HttpResponse:
    """Give up a saved filter of one's own."""
    actor = request.auth
    found = SavedFilter.objects.visible_to(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return once(request.ticket, 200, lambda: {"id": drop_filter(actor, saved=found).pk})


@router.get("/ledger/columns", summary="Columns of the ledger")
def columns(request: ApiRequest) -> HttpResponse:
    """All columns, and those that the actor chose."""
    items = [{"name": one.name, **bilingual(one.words)} for one in COLUMNS.values()]
    return answered({"items": items, "chosen": chosen_columns(request.auth), "next": None})


@router.post("/ledger/columns", summary="Choose columns")
def columns_chosen(request: ApiRequest, sent: Columns) -> HttpResponse:
    """Which columns the actor sees from now on."""
    actor = request.auth
    return once(request.ticket, 200, lambda: {"chosen": choose_columns(actor, columns=sent.columns).columns.split(",")})


@router.post("/matters/bulk", response={202: dict[str, Any]}, summary="Act on many matters")
def many(request: ApiRequest, sent: Many) -> HttpResponse:
    """Begin one act on many matters: 202 with a run that tells for each row done, refused (and why) or unknown. A few
    rows are done in the answer already.
    """
    actor = request.auth
    facts: dict[str, Any] = {"text": sent.text, "outcome": sent.outcome}
    if sent.assignee:
        facts["assignee"] = str(person_named(actor, sent.assignee).pk)
    if sent.main:
        facts["main"] = matter_by_number(actor, sent.main).number
    lines, unknown, digest = chosen_rows(actor, [one for one in sent.numbers if one != facts.get("main")])

    def deed() -> Shown:
        run = start_run(actor, verb=sent.verb, lines=lines, facts=facts, rows=len(lines), digest=digest)
        return {**run_shown(run), "unknown": unknown}

    return once(request.ticket, 202, deed)


@router.post("/matters/export", response={202: dict[str, Any]}, summary="Export matters")
def exported(request: ApiRequest, sent: Export) -> HttpResponse:
    """Ask for a workbook: 202 with a run; its file is there when the run is done."""
    actor = request.auth
    if sent.numbers:
        lines, _, digest = chosen_rows(actor, sent.numbers)
    else:
        lines, digest = export_lines(actor, sent.filters)
    wanted = columns_named(sent.columns)
    return once(
        request.ticket,
        202,
        lambda: run_shown(
            start_export(actor, params=sent.filters, columns=wanted, lines=lines, rows=len(lines), digest=digest)
        ),
    )


@router.get("/runs/{key}", summary="A run")
def run(request: ApiRequest, key: uuid.UUID) -> HttpResponse:
    """How far a run is, and what became of each row."""
    return answered(run_shown(_run(request.auth, key)))


@router.get("/runs/{key}/file", summary="The file of a run")
def run_file(request: ApiRequest, key: uuid.UUID) -> FileResponse:
    """The workbook of an export, for who asked for it."""
    found = _run(request.auth, key)
    if not found.sha256:
        raise NotFound("row.unknown", what=f"{key}/file")
    return FileResponse(open_file(found.sha256), as_attachment=True, filename=found.file_name, content_type=XLSX)


@router.get("/ledger/template", summary="The template of workbooks")
def template(request: ApiRequest) -> HttpResponse:
    """The present template as a workbook to edit: heading, names of our columns, the bureau's titles."""
    heading, layout = template_for(request.auth)
    answer = HttpResponse(blank_workbook(heading, layout), content_type=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="template.xlsx"'
    return answer


@router.post("/ledger/template", summary="Set the template of workbooks")
def template_set(request: ApiRequest, file: File[UploadedFile]) -> HttpResponse:
    """Take the columns, their order and titles from the first sheet of a workbook. One row names our columns."""
    actor = request.auth
    home = template_home(actor)
    if home is None:
        raise NotAllowed("right.missing", act="export.set_template", act_zh="设置导出模板", act_en="set it", path="")
    found = read_layout(rows_of(file.read(), 12))
    if found is None:
        raise Invalid("export.no_columns", field="file")
    heading, layout = found
    return once(
        request.ticket,
        200,
        lambda: {
            "agency": agency_ref(home),
            "heading": heading,
            "columns": set_template(actor, agency=home, heading=heading, layout=layout).columns,
        },
    )


def _run(actor: Actor, key: uuid.UUID) -> Run:
    found = Run.objects.visible_to(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def run_shown(found: Run) -> Shown:
    """A run with its rows: number, what became of it, and why in words."""
    words = VERBS[found.verb].words if found.verb in VERBS else None
    return {
        "id": found.pk,
        "verb": found.verb,
        "verb_words": bilingual(words) if words else {"zh": "导出", "en": "export"},
        "state": found.state,
        "total": found.total,
        "done": found.done,
        "refused": found.refused,
        "rows": [_row(*one) for one in found.outcome[:_MOST_SHOWN]],
        "href": f"/api/v1/runs/{found.pk}/file" if found.sha256 else None,
        "made_at": found.made_at,
        "ended_at": found.ended_at,
    }


def _row(line: int, number: str, became: str, code: str, facts: dict[str, Any]) -> Shown:
    why = {"zh": facts["zh"], "en": facts["en"]} if "zh" in facts else None
    if code and why is None:
        why = bilingual(CODES[code].filled({"what": number, "path": "", **facts}))
    return {"number": number, "became": became, "code": code, "why": why}


def _saved(actor: Actor, one: SavedFilter) -> Shown:
    return {
        "id": one.pk,
        "name": one.name,
        "query": one.query,
        "url": f"/matters?{one.query}",
        "own": one.owner_id == actor.id,
        "owner": one.owner_name,
        "shared_with": agency_ref(one.shared_with),
    }
