"""Tables in and out at a page: choose, upload, match the columns, look at the check, publish, take back, export."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel.errors import Invalid, NotFound, Refusal
from linli.kernel.scope import Actor
from linli.web.filling import blame, done
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page
from linli.works.tables.acts import IMPORTERS, loads
from linli.works.tables.acts.declaring import may_load
from linli.works.tables.acts.exporting import ask_export, can_export, rows_of
from linli.works.tables.exporting import template, write_workbook
from linli.works.tables.models import LOAD_LIFE, Load, SavedMap
from linli.works.tables.queries import copy_of, file_of, header_of, sheets_of
from linli.works.tables.rules.composing import composed, rest_of
from linli.works.tables.rules.mapping import Map, read_map
from linli.works.tables.rules.matching import FOUND, MISSING

POSTS = ("administrator", "auditor")
SHOWN = 50
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BUSY = {"checking", "publishing", "undoing", "dropping"}


class UploadForm(forms.Form):
    """Which kind of table, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("表的种类"))
    file = forms.FileField(label=gettext_lazy("文件"), help_text=gettext_lazy("工作簿（.xlsx、.xls、.ods）或.csv"))

    def __init__(self, actor: Actor, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(name, say(IMPORTERS[name].words)) for name in sorted(IMPORTERS) if may_load(actor, name)]


class ExportForm(forms.Form):
    """Which register, and what for."""

    kind = forms.ChoiceField(label=gettext_lazy("登记"))
    purpose = forms.CharField(
        label=gettext_lazy("用途"), required=False, max_length=200, help_text=gettext_lazy("含个人信息的登记必填，留痕")
    )

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, prefix="out")
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            names = [name for name in sorted(IMPORTERS) if can_export(name) and may_load(actor, name)]
            kind.choices = [(name, say(IMPORTERS[name].words)) for name in names]


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POSTS)
def index(request: HttpRequest) -> HttpResponseBase:
    """All loads, the latest first; upload a table, take a register out."""
    actor = actor_of(request)
    posted = request.POST if request.method == "POST" else None
    upload = UploadForm(actor, posted if posted and "kind" in posted else None, request.FILES or None)
    export = ExportForm(actor, posted if posted and "out-kind" in posted else None)
    if upload.is_bound and upload.is_valid():
        file = upload.cleaned_data["file"]
        try:
            load = loads.begin_load(actor, kind=upload.cleaned_data["kind"], file_name=file.name, body=file.read())
            return redirect("load", key=load.pk)
        except Refusal as refusal:
            blame(upload, refusal)
    if export.is_bound and export.is_valid():
        try:
            ask_export(actor, **export.cleaned_data)
            return _book(actor, export.cleaned_data["kind"])
        except Refusal as refusal:
            blame(export, refusal)
    context = {
        "upload": upload,
        "export": export,
        "kinds": upload.fields["kind"].choices,  # type: ignore[attr-defined]  # a ChoiceField
        "rows": [_shown(load) for load in Load.objects.visible_to(actor).order_by("-made_at")[:SHOWN]],
        "crumbs": [(_("管理"), reverse("administration")), (_("表格导入导出"), "")],
    }
    refused = (upload.is_bound and upload.errors) or (export.is_bound and export.errors)
    return render(request, "web/loads.html", context, status=422 if refused else 200)


def _book(actor: Actor, kind: str) -> FileResponse:
    held = io.BytesIO()
    write_workbook(held, IMPORTERS[kind], rows_of(actor, kind))
    held.seek(0)
    name = f"{say(IMPORTERS[kind].words)}.xlsx"
    return FileResponse(held, as_attachment=True, filename=name, content_type=BOOK)


def _shown(load: Load) -> dict[str, Any]:
    kind = IMPORTERS[load.kind].words if load.kind in IMPORTERS else load.kind
    return {"load": load, "kind": kind, "state": LOAD_LIFE.state(load.state).words}


def _found(actor: Actor, key: uuid.UUID) -> Load:
    load = Load.objects.visible_to(actor).filter(pk=key).first()
    if load is None or load.kind not in IMPORTERS:
        raise NotFound("row.unknown", what=str(key))
    return load


@never_cache
@require_GET
@page(*POSTS)
def load_page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One load: what it is waiting for, and what may be done with it."""
    actor = actor_of(request)
    return _load_page(request, actor, _found(actor, key))


def _load_page(request: HttpRequest, actor: Actor, load: Load, problem: Refusal | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        **_shown(load),
        "busy": load.state in BUSY,
        "may": may_load(actor, load.kind),
        "copy": copy_of(load),
        "problem": problem,
        "counts": [
            (_("行数"), load.rows, ""),
            (_("新增"), load.created, ""),
            (_("更新"), load.updated, ""),
            (_("未变"), load.unchanged, ""),
            (_("有问题"), load.rejected, "danger" if load.rejected else ""),
        ],
        "crumbs": [(_("表格导入导出"), reverse("loads")), (load.file_name, "")],
    }
    if load.state in ("given", "checked") and not load.path:
        try:
            context |= _mapping(request, load)
        except Refusal as refusal:
            context["problem"] = problem or refusal
    return render(request, "web/load.html", context, status=problem.status if problem else 200)


def _mapping(request: HttpRequest, load: Load) -> dict[str, Any]:
    """Headings of the file beside our columns, as they are guessed or were chosen."""
    saved = SavedMap.objects.filter(kind=load.kind).order_by("name")
    chosen = saved.filter(pk=request.GET["map"]).first() if _is_key(request.GET.get("map", "")) else None
    text = chosen.text if chosen else load.map_text
    mapping = read_map(text, load.file_name)
    place, kind = file_of(load), IMPORTERS[load.kind]
    sheets = sheets_of(place)
    sheet = request.GET.get("sheet", "") or mapping.sheet
    read = Map(sheet=sheet if sheet in sheets else "", encoding=mapping.encoding, delimiter=mapping.delimiter)
    number, headings, guessed = header_of(place, kind.columns, read)
    rows = [
        {
            "column": column,
            "words": (column.zh, column.en),
            "theirs": mapping.columns.get(column.name)
            or (headings[guessed[column.name]] if column.name in guessed and not mapping.columns else ""),
            "keep": column.name in mapping.policy.keep,
            "needed": column.needed,
        }
        for column in kind.columns
    ]
    return {
        "columns": rows,
        "headings": [heading for heading in dict.fromkeys(headings) if heading],
        "header_row": number,
        "sheets": sheets if len(sheets) > 1 else [],
        "sheet": read.sheet or (sheets[0] if sheets else ""),
        "matches": kind.matches,
        "missing": MISSING.items(),
        "found": FOUND.items(),
        "policy": mapping.policy,
        "more": rest_of(text),
        "saved": saved,
        "chosen_map": chosen,
    }


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@require_POST
@page(*POSTS)
def act_on(request: HttpRequest, key: uuid.UUID, what: str) -> HttpResponse:
    """What was wished for a load: check, publish, undo, drop, discard."""
    actor = actor_of(request)
    load = _found(actor, key)
    try:
        if what == "check":
            _check(request, actor, load)
        elif what == "publish":
            loads.publish_load(actor, load=load)
        elif what == "undo":
            loads.undo_load(actor, load=load)
        elif what == "drop":
            loads.drop_load(actor, load=load)
        elif what == "discard":
            loads.discard_load(actor, load=load)
            done(request, _("已丢弃，什么都没有写入。"))
            return redirect("loads")
    except Invalid as refusal:
        load.refresh_from_db()
        return _load_page(request, actor, load, refusal)
    return redirect("load", key=key)


def _check(request: HttpRequest, actor: Actor, load: Load) -> None:
    given = request.POST
    names = [column.name for column in IMPORTERS[load.kind].columns]
    text = composed(
        given.get("more", "")[:20_000],
        columns={name: given.get(f"column.{name}", "")[:200] for name in names},
        sheet=given.get("sheet", "")[:100],
        keep=tuple(name for name in names if given.get(f"keep.{name}")),
        by=given.get("by", "")[:40],
        missing=given.get("missing", "")[:10],
        found=given.get("found", "")[:10],
    )
    title = given.get("title", "").strip()
    if title:
        loads.save_map(actor, kind=load.kind, title=title, text=text)
    loads.check_load(actor, load=load, map_text=text)


@never_cache
@require_GET
@page(*POSTS)
def progress(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far the work is, for the bar on the page."""
    load = _found(actor_of(request), key)
    state = "running" if load.state in BUSY else "done"
    href = reverse("load", args=[key])
    text = say(LOAD_LIFE.state(load.state).words)
    return JsonResponse({"state": state, "done": load.done, "total": load.total, "text": text, "href": href})


@never_cache
@require_GET
@page(*POSTS)
def copy(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The returned copy: the same workbook with its wrong cells marked."""
    load = _found(actor_of(request), key)
    place = copy_of(load)
    if place is None:
        raise NotFound("row.unknown", what=str(key))
    stem = load.file_name.rpartition(".")[0] or load.file_name
    return FileResponse(place.open("rb"), as_attachment=True, filename=f"{stem}-{_('退回')}{place.suffix}")


@require_GET
@page(*POSTS)
def empty_book(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The empty workbook of a kind, to be filled in."""
    if kind not in IMPORTERS:
        raise NotFound("row.unknown", what=kind)
    name = f"{say(IMPORTERS[kind].words)}.xlsx"
    held = io.BytesIO(template(IMPORTERS[kind]))
    return FileResponse(held, as_attachment=True, filename=name, content_type=BOOK)
