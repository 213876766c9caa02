"""What the office does with what residents sent: answer, make a hazard public, a new code at the counter, opinions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.ledger.queries import matter_by_number
from linli.matters.parties.rules import masked_name, masked_phone
from linli.matters.public.acts import answer_report, contact_of, publish_report, renew_code
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import report_of
from linli.matters.public.rules import FORMS, OPINIONS, READERS, shown_code
from linli.org.access.rules import holds_right
from linli.trail.reads.acts import note_read
from linli.volunteers.asking.acts import accept_application, decline_application
from linli.volunteers.asking.queries import application_by_id, waiting_for
from linli.web.context import ROOMS
from linli.web.filling import carry_out, done, show_form
from linli.web.registers import crumbs_under, page_of
from linli.web.visitor import actor_of, page

OPINION_READERS = ("community_officer", "station_chief", "station_desk", "bureau_leader")


class AcceptForm(forms.Form):
    """What the register of volunteers needs beside name and number."""

    code = forms.CharField(label=gettext_lazy("编号"), max_length=40)
    grid_code = forms.CharField(label=gettext_lazy("警格编号"), max_length=24, required=False)


def panel(actor: Actor, matter: Any) -> dict[str, Any]:
    """What the matter's page shows of a resident's report; empty when there is none."""
    report = report_of(actor, matter)
    if report is None:
        return {}
    contact = contact_of(report)
    path = matter.scope_paths()[0]
    return {
        "report": report,
        "form_words": FORMS[report.form].words,
        "readers": READERS[report.readers],
        "opinion": OPINIONS.get(report.opinion),
        "contact": {"name": masked_name(contact.name), "phone": masked_phone(contact.phone)} if contact else None,
        "may_answer": holds_right(actor, "public.answer", path),
        "may_publish": report.form == "hazard" and holds_right(actor, "public.publish", path),
        "may_renew": holds_right(actor, "public.renew_code", path),
    }


def _report(request: HttpRequest, number: str) -> tuple[Actor, PublicReport]:
    actor = actor_of(request)
    found = report_of(actor, matter_by_number(actor, number))
    if found is None:
        raise NotFound("row.unknown", what=number)
    return actor, found


@require_POST
@page()
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Write what the resident reads."""
    actor, found = _report(request, number)
    answer_report(actor, report=found, text=request.POST.get("text", ""))
    done(request, _("已答复，对方凭编号和查询码看得到。"))
    return redirect("matter", number=number)


@require_POST
@page()
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """Let everybody read a text about a hazard, or take it back."""
    actor, found = _report(request, number)
    shown = request.POST.get("shown", "1") == "1"
    publish_report(actor, report=found, text=request.POST.get("text", ""), shown=shown)
    done(request, _("已公开。") if shown else _("已收回，不再公开。"))
    return redirect("matter", number=number)


@never_cache
@require_POST
@page()
def new_code(request: HttpRequest, number: str) -> HttpResponse:
    """A new follow code for whoever stands at the counter: shown on this answer only."""
    actor, found = _report(request, number)
    renewed = renew_code(actor, report=found)
    context = {"matter": found.matter, "code": shown_code(renewed.new_code), "contact": None}
    return render(request, "web/public_shown.html", context)


@never_cache
@require_POST
@page()
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Who sent it, whole, with a purpose that is kept; on this answer only."""
    actor, found = _report(request, number)
    note_read(
        actor,
        subject_type="matters.public_report",
        subject_id=str(found.pk),
        purpose=request.POST.get("purpose", ""),
    )
    return render(request, "web/public_shown.html", {"matter": found.matter, "code": "", "contact": contact_of(found)})


@never_cache
@require_GET
@page(*OPINION_READERS)
def opinions(request: HttpRequest) -> HttpResponse:
    """What residents said of what was done, by room as plain counts and as their own words. Never of a person."""
    actor = actor_of(request)
    said = PublicReport.objects.visible_to(actor).filter(opinion_at__isnull=False)
    counts = {code: Count("pk", filter=Q(opinion=code)) for code in OPINIONS}
    rows = said.order_by("room__path").values_list("room__name").annotate(Count("pk"), **counts)
    context: dict[str, Any] = page_of(request, said.select_related("matter", "room").order_by("-opinion_at", "-pk"))
    context["rows"] = [(row, OPINIONS[row.opinion]) for row in context["rows"]]
    context |= {
        "rooms": [(name, n, by_opinion) for name, n, *by_opinion in rows],
        "heads": list(OPINIONS.values()),
    }
    return render(request, "web/opinions.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def applications(request: HttpRequest) -> HttpResponse:
    """Residents who wish to become safety watchers; names are masked until somebody says why he looks."""
    actor = actor_of(request)
    waiting = waiting_for(actor)
    opened = request.POST.get("open", "")
    if opened and request.POST.get("purpose", "").strip():
        subject = str(application_by_id(actor, UUID(opened)).pk)
        note_read(actor, subject_type="volunteers.application", subject_id=subject, purpose=request.POST["purpose"])
    elif opened:
        opened = ""
    rows = [
        {
            "row": row,
            "name": row.name if str(row.pk) == opened else masked_name(row.name),
            "phone": row.phone if str(row.pk) == opened else masked_phone(row.phone),
            "may": holds_right(actor, "volunteer.accept", row.agency.path),
        }
        for row in waiting[:200]
    ]
    crumbs = crumbs_under("volunteers", _("志愿者"), (_("报名的人"), ""))
    return render(request, "web/applications.html", {"rows": rows, "crumbs": crumbs})


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def accept(request: HttpRequest, key: UUID) -> HttpResponse:
    """Register an applicant after the call."""
    actor = actor_of(request)
    row = application_by_id(actor, key)
    form = AcceptForm(request.POST or None)
    made = carry_out(form, lambda facts: accept_application(actor, application=row, **facts))
    if made is not None:
        done(request, _("%(name)s已登记。") % {"name": made.code})
        return redirect("volunteer", code=made.code)
    crumbs = crumbs_under("volunteers", _("志愿者"), (_("报名的人"), "/volunteers/applications"), (_("登记"), ""))
    note = _("先打电话，当面说清楚再登记。姓名和电话从报名里带过来，报名里的随即删除。")
    back, title = "/volunteers/applications", _("登记报名的人")
    return show_form(request, form, title=title, submit=_("登记"), back=back, crumbs=crumbs, note=note)


@require_POST
@page(*ROOMS)
def decline(request: HttpRequest, key: UUID) -> HttpResponse:
    """Not registered: name and number are erased."""
    actor = actor_of(request)
    decline_application(actor, application=application_by_id(actor, key))
    done(request, _("已处理，姓名和电话已删除。"))
    return redirect("volunteer_applications")
