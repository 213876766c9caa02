"""The mediator's desk, one case, its papers, the calendar of the joint room, the colour tables."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.matters.ledger.queries import matter_by_number
from linli.mediation.cases import acts
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.queries import attention, case_seen, cases_of
from linli.mediation.cases.rules import CAUSES, LIFE, TAKES_PART
from linli.mediation.papers.queries import case_file, paper_facts, printed
from linli.mediation.schemes.acts import choose_scheme
from linli.mediation.schemes.queries import in_force, schemes
from linli.mediation.schemes.rules import HANDLERS, SIGNS, Row
from linli.mediation.sessions.queries import calendar_of, own_sessions
from linli.org.access.rules import holds_right
from linli.org.posts.rules import POSTS
from linli.trail.reads.acts import note_read
from linli.web.filling import carry_out, done, show_form
from linli.web.mediation.deeds import DEEDS, Asked
from linli.web.mediation.forms import CaseForm
from linli.web.mediation.office import CHIEFS as OUTCOMES
from linli.web.mediation.office import LEADS_PANEL, ROOM
from linli.web.mediation.showing import joint_rooms, shown
from linli.web.registers import crumbs_under
from linli.web.visitor import actor_of, page

MEDIATES = tuple(TAKES_PART)
CHIEFS = ("station_chief", "bureau_leader", "station_desk", "dispatcher")
TABLES = (*MEDIATES, "bureau_leader", "administrator", "dispatcher", "auditor")
DESK = tuple(dict.fromkeys((*MEDIATES, *CHIEFS)))
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
AHEAD = timedelta(days=14)


def _listed(case: MediationCase) -> dict[str, Any]:
    due = case.mediate_by if case.state == "mediating" else case.colour_due_on
    open_now = case.state in ("opened", "mediating")
    return {
        "row": case,
        "cause": CAUSES[case.cause],
        "state": LIFE.state(case.state).words,
        "due_on": due if open_now else None,
        "late": open_now and due is not None and due < clock.today(),
    }


@never_cache
@require_GET
@page(*DESK)
def index(request: HttpRequest) -> HttpResponse:
    """One's own cases and sessions; for who leads a place, the disputes that want his eye, from outside."""
    actor, now = actor_of(request), clock.now()
    over = request.GET.get("show") == "over"
    context = {
        "rows": [_listed(case) for case in cases_of(actor, over=over)[:200]],
        "tabs": [
            {"words": _("进行中"), "href": "?", "count": cases_of(actor).count(), "current": not over},
            {"words": _("已结束"), "href": "?show=over", "count": cases_of(actor, over=True).count(), "current": over},
        ],
        "sessions": own_sessions(actor, since=now - timedelta(hours=12), until=now + AHEAD),
        "faces": attention(actor) if actor.holds(*CHIEFS) else None,
        "sees_outcomes": actor.holds(*OUTCOMES),
        "sees_panel": actor.holds(*LEADS_PANEL),
        "sees_lawyers": actor.holds(*ROOM),
    }
    return render(request, "web/mediation.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*MEDIATES)
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Begin to mediate a dispute of the ledger."""
    actor = actor_of(request)
    matter = matter_by_number(actor, number)
    held = MediationCase.objects.visible_to(actor).filter(matter=matter).first()
    if held is not None:
        return redirect("mediation_case", key=held.pk)
    form = CaseForm(request.POST or None)
    made = carry_out(form, lambda _facts: acts.open_case(actor, matter=matter, facts=form.facts()))
    if made is not None:
        done(request, _("已开始。除您指定的人以外，没有人看得到调解内容。"))
        return redirect("mediation_case", key=made.pk)
    crumbs = crumbs_under("mediation", _("调解"), (number, f"/matters/{number}"), (_("开始调解"), ""))
    return show_form(
        request,
        form,
        title=_("开始调解"),
        submit=_("开始调解"),
        back=f"/matters/{number}",
        crumbs=crumbs,
        wide=("signs",),
    )


@never_cache
@require_GET
@page(*MEDIATES)
def case(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One case for who works in it; for everybody else there is none. Each look stands in the record of looks."""
    actor = actor_of(request)
    seen = case_seen(actor, key)
    note_read(actor, subject_type="mediation.case", subject_id=str(key), purpose=_("调解"))
    return render(request, "web/mediation_case.html", shown(actor, seen))


@require_POST
@page(*MEDIATES)
def do(request: HttpRequest, key: uuid.UUID, what: str) -> HttpResponse:
    """Carry out one form of the case's page; refused, the page comes back with all that was typed."""
    actor = actor_of(request)
    seen = case_seen(actor, key)
    if what not in DEEDS:
        raise NotFound("row.unknown", what=what)
    maker, deed = DEEDS[what]
    form = maker(request.POST, request.FILES)
    _offer(form, request)
    if carry_out(form, lambda _facts: (deed(Asked(actor, seen, form, request)), True)) is None:
        context = shown(actor, case_seen(actor, key), {what: form}, row=request.POST.get("session", ""))
        return render(request, "web/mediation_case.html", context, status=422)
    done(request, _("已保存。"))
    answer = redirect("mediation_case", key=key)
    answer["Location"] += f"#{what}"
    return answer


def _offer(form: Any, request: HttpRequest) -> None:
    """Choices that stand in the database are judged by the act: what was sent is taken as it is."""
    for name in ("person", "room", "colour", "key"):
        if name in form.fields:
            sent = request.POST.get(name, "")
            form.fields[name].choices = [(sent, sent)]


@never_cache
@require_GET
@page(*MEDIATES)
def paper(request: HttpRequest, key: uuid.UUID, code: str, kind: str) -> HttpResponse:
    """One paper, or the whole file (``file``), as PDF or Word; taking it is noted."""
    if kind not in MEDIA:
        raise NotFound("row.unknown", what=kind)
    actor = actor_of(request)
    seen = case_seen(actor, key)
    facts = case_file(seen.case) if code == "file" else paper_facts(seen.case, code)
    note_read(actor, subject_type="mediation.case", subject_id=str(key), purpose=str(facts["title"]))
    name = f'attachment; filename="{seen.case.matter.number}-{code}.{kind}"'
    return HttpResponse(printed(facts, kind), content_type=MEDIA[kind], headers={"Content-Disposition": name})


@never_cache
@require_GET
@page(*DESK)
def calendar(request: HttpRequest) -> HttpResponse:
    """The joint mediation rooms over two weeks: what is one's own by name, the rest only as taken (W4)."""
    actor, rooms = actor_of(request), joint_rooms()
    first = clock.shanghai(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    slots = calendar_of(actor, rooms, since=first, until=first + AHEAD)
    days = [(first + timedelta(days=n)).date() for n in range(AHEAD.days)]
    rows = [
        {"day": day, "slots": [slot for slot in slots if clock.shanghai(slot.begins_at).date() == day]} for day in days
    ]
    return render(request, "web/mediation_calendar.html", {"days": rows, "rooms": rooms})


def _row(row: Row) -> dict[str, Any]:
    return {
        "row": row,
        "criteria": [(SIGNS[one.sign], one.at_least if one.at_least > 1 else None) for one in row.criteria],
        "handlers": [HANDLERS[code] for code in row.handlers],
        "told": [POSTS[code] for code in row.told],
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page(*TABLES)
def tables(request: HttpRequest) -> HttpResponse:
    """The colour tables: by which disputes are graded now, and the others that come with the house."""
    actor = actor_of(request)
    if request.method == "POST":
        choose_scheme(actor, code=request.POST.get("code", ""))
        done(request, _("已选用，今后按这套办法定级；已定的不变。"))
        return redirect("mediation_tables")
    now = in_force()
    rows = [
        {"scheme": one, "current": one.code == now.code, "rows": [_row(row) for row in one.rows]}
        for one in schemes().values()
    ]
    rows.sort(key=lambda one: not one["current"])
    context = {"schemes": rows, "may_choose": holds_right(actor, "colour_scheme.choose", None)}
    return render(request, "web/mediation_tables.html", context)
