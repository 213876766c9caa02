"""What waits for an officer: reports from residents, landlords, grid workers; pairs that may be one person."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.places.occupants.acts import (
    decide_report,
    dismiss_duplicate,
    merge_occupants,
    refuse_report,
    unmerge_occupants,
)
from linli.places.occupants.models import REPORT_LIFE, Duplicate, Occupant, Report
from linli.places.occupants.queries import (
    duplicate_by_id,
    duplicates_open,
    masked,
    occupant_by_id,
    record_of,
    report_by_id,
    reports_of,
    residences_of,
    suggestions_for,
)
from linli.places.occupants.rules.declared import GUARDIAN, KINDS, SOURCES
from linli.places.occupants.rules.identity import ID_KINDS
from linli.places.occupants.rules.reporting import FIELD_WORDS, REPORTS
from linli.trail.reads.acts import note_read
from linli.web.filling import done
from linli.web.population import POLICE, READERS
from linli.web.registers import crumbs_under, page_of
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page

_TABLES = {"kind": KINDS, "id_kind": ID_KINDS, "guardian_basis": GUARDIAN}


@never_cache
@require_GET
@page(*READERS)
def reports(request: HttpRequest) -> HttpResponse:
    """Reports in reach, the oldest first."""
    actor = actor_of(request)
    state = request.GET.get("state", "waiting")
    state = state if state in {one.name for one in REPORT_LIFE.states} else "waiting"
    context: dict[str, Any] = page_of(request, reports_of(actor, state=state))
    today = clock.today()
    context["rows"] = [
        {
            "row": row,
            "kind": REPORTS[row.kind].words,
            "source": SOURCES[row.source],
            "state": REPORT_LIFE.state(row.state).words,
            "late": row.due_on is not None and clock.shanghai(row.received_at).date() > row.due_on,
        }
        for row in context["rows"]
    ]
    context |= {
        "states": REPORT_LIFE.states,
        "chosen": state,
        "today": today,
        "crumbs": crumbs_under("population", _("实有人口"), (_("待核实申报"), "")),
    }
    return render(request, "web/population_reports.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POLICE)
def report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One report, field by field beside what is on record; the look is noted, for what was told is shown whole."""
    actor = actor_of(request)
    row = report_by_id(actor, key)
    may = row.state == "waiting" and holds_right(actor, "report.decide", row.agency_path)
    trouble: Refusal | None = None
    if request.method == "POST":
        try:
            _decided(request, actor, row)
            done(request, _("已办。"))
            return redirect("population_reports")
        except Refusal as refusal:
            trouble = refusal
    elif may:
        note_read(actor, subject_type="places.report", subject_id=str(row.pk), purpose=_("核实申报"))
    context = {
        "row": row,
        "kind": REPORTS[row.kind],
        "source": SOURCES[row.source],
        "state": REPORT_LIFE.state(row.state).words,
        "fields": [_field(name, value) for name, value in row.content.items()] if may else [],
        "people": [_beside(actor, one) for one in suggestions_for(actor, row)] if may else [],
        "needs_person": row.kind in ("moved_out", "let_ended", "left_job", "corrected"),
        "trouble": trouble,
        "may_decide": may,
        "taken": [FIELD_WORDS[name] for name in row.taken],
        "crumbs": crumbs_under("population_reports", _("待核实申报"), (say(REPORTS[row.kind].words), "")),
    }
    return render(request, "web/population_report.html", context, status=422 if trouble else 200)


def _decided(request: HttpRequest, actor: Actor, row: Report) -> None:
    if request.POST.get("do") == "refuse":
        refuse_report(actor, report=row)
        return
    chosen = request.POST.get("occupant", "")
    person = occupant_by_id(actor, uuid.UUID(chosen)) if chosen else None
    decide_report(actor, report=row, fields=request.POST.getlist("field"), occupant=person)


def _field(name: str, value: str) -> dict[str, Any]:
    table = _TABLES.get(name)
    return {"name": name, "words": FIELD_WORDS[name], "value": say(table[value]) if table and value in table else value}


def _beside(actor: Actor, row: Occupant) -> dict[str, Any]:
    living = next((one for one in residences_of(actor, row) if one.until is None), None)
    return {"row": row, "who": masked(actor, row), "living": living, "told": record_of(row, living)}


@never_cache
@require_GET
@page(*READERS)
def pairs(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one person; what was decided can be looked up and taken back."""
    actor = actor_of(request)
    state = request.GET.get("state", "suggested")
    state = state if state in Duplicate.STATES else "suggested"
    context: dict[str, Any] = page_of(request, duplicates_open(actor, state=state))
    context["rows"] = [
        {"row": row, "one": masked(actor, row.one), "other": masked(actor, row.other), "why": Duplicate.WHY[row.why]}
        for row in context["rows"]
    ]
    context |= {
        "states": Duplicate.STATES.items(),
        "chosen": state,
        "crumbs": crumbs_under("population", _("实有人口"), (_("疑似重复"), "")),
    }
    return render(request, "web/population_pairs.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POLICE)
def pair(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Two records side by side: merge into one of them, keep apart, or take a merge back."""
    actor = actor_of(request)
    row = duplicate_by_id(actor, key)
    trouble: Refusal | None = None
    if request.method == "POST":
        try:
            _judged(request, actor, row)
            done(request, _("已办。"))
            return redirect("population_pair", key=key)
        except Refusal as refusal:
            trouble = refusal
    context = {
        "row": row,
        "why": Duplicate.WHY[row.why],
        "state": Duplicate.STATES[row.state],
        "sides": [_beside(actor, row.one), _beside(actor, row.other)],
        "same_number": bool(row.one.id_index) and row.one.id_index == row.other.id_index,
        "trouble": trouble,
        "may": holds_right(actor, "occupant.merge", None),
        "crumbs": crumbs_under("population_pairs", _("疑似重复"), (_("两条记录"), "")),
    }
    return render(request, "web/population_pair.html", context, status=422 if trouble else 200)


def _judged(request: HttpRequest, actor: Actor, row: Duplicate) -> None:
    wanted = request.POST.get("do", "")
    if wanted == "apart":
        dismiss_duplicate(actor, duplicate=row)
    elif wanted == "undo":
        unmerge_occupants(actor, duplicate=row)
    else:
        merge_occupants(actor, duplicate=row, keep=uuid.UUID(request.POST.get("keep", "")))
