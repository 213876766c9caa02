"""检查: what was looked at, what came of it, what is to be checked again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.org.access.rules import holds_right
from linli.places.premises.queries import premises_by_code
from linli.visits.checklists.queries import checklists_on, edition_of
from linli.visits.inspections.acts import countersign_inspection, recheck, record_inspection, send_inspection_back
from linli.visits.inspections.models import INSPECTION_LIFE, Inspection
from linli.visits.inspections.queries import inspection_by_id, inspections_of, to_check_again
from linli.visits.inspections.rules import OUTCOMES, RESULTS, TRADES
from linli.web.filling import carry_out, done, show_form, status_of
from linli.web.registers import page_of
from linli.web.visit_forms import ITEM, InspectionForm, RecheckForm
from linli.web.visitor import actor_of, page
from linli.web.visits import READ, WALK

INSPECT = (*WALK, "station_desk")


def _shown(row: Inspection) -> dict[str, Any]:
    return {
        "row": row,
        "trade": TRADES.get(row.trade, row.trade),
        "outcome": OUTCOMES[row.outcome],
        "state": INSPECTION_LIFE.state(row.state).words,
        "late": row.state == "to_put_right" and row.put_right_by is not None and row.put_right_by < clock.today(),
    }


@never_cache
@require_GET
@page(*READ)
def index(request: HttpRequest) -> HttpResponse:
    """The inspections in reach; what is to be checked again and what waits for a sign by their tabs."""
    actor, today = actor_of(request), clock.today()
    asked = request.GET.get("show", "")
    rows = inspections_of(actor, outcome=request.GET.get("outcome", ""), trade=request.GET.get("trade", ""))
    again = to_check_again(actor, today + timedelta(days=3650))
    if asked == "again":
        rows = again
    elif asked == "sign":
        rows = rows.filter(state="waiting").exclude(by_id=actor.id)
    found = page_of(request, rows)
    waiting = inspections_of(actor, state="waiting").exclude(by_id=actor.id).count()
    tabs = [
        {"words": _("全部"), "href": "?", "current": asked not in ("again", "sign"), "count": None},
        {
            "words": _("待复查"),
            "href": "?show=again",
            "current": asked == "again",
            "count": again.count(),
            "danger": again.filter(put_right_by__lt=today).exists(),
        },
        {"words": _("待核签"), "href": "?show=sign", "current": asked == "sign", "count": waiting},
    ]
    context = {
        **found,
        "inspections": [_shown(row) for row in found["rows"]],
        "tabs": tabs,
        "may_inspect": actor.holds(*INSPECT),
    }
    return render(request, "web/inspections.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*INSPECT)
def new(request: HttpRequest) -> HttpResponse:
    """An inspection with its outcome, by a checklist or without."""
    actor = actor_of(request)
    code = request.GET.get("premises", "")
    premises = premises_by_code(actor, code) if code else None
    lists = checklists_on(clock.today())
    fitting = [
        one for one in lists.values() if not premises or not one.premises_kinds or premises.kind in one.premises_kinds
    ]
    chosen = lists.get(request.GET.get("checklist", ""))
    form = InspectionForm(request.POST or None, premises=premises, checklist=chosen)

    def deed(facts: dict[str, Any]) -> Inspection:
        plain = {name: value for name, value in facts.items() if not name.startswith(ITEM)}
        return record_inspection(
            actor,
            premises=premises,
            checklist=chosen.code if chosen else "",
            findings=form.findings(facts),
            **plain,
        )

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("检查已登记。"))
        return redirect("inspection", key=made.pk)
    context = {
        "form": form,
        "premises": premises,
        "lists": fitting,
        "chosen": chosen,
        "items": [form[ITEM + item.code] for item in form.items],
        "rest": [field for field in form if not field.name.startswith(ITEM)],
        "wide": {"place", "remark"},
        "crumbs": [(_("检查"), reverse("inspections")), (premises.name if premises else _("登记检查"), "")],
    }
    return render(request, "web/inspection_form.html", context, status=status_of(form))


@never_cache
@require_GET
@page(*READ)
def inspection(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One inspection: its items, what is to be put right, the re-checks."""
    actor = actor_of(request)
    row = inspection_by_id(actor, key)
    listed = edition_of(row.checklist, row.edition) if row.checklist and row.edition is not None else None
    words = {item.code: item for item in listed.items} if listed else {}
    findings = [
        {"item": words.get(one.code), "code": one.code, "result": RESULTS[one.result], "failed": one.result == "fail",
         "note": one.note}
        for one in row.findings.all()
    ]  # fmt: skip
    context = {
        "one": _shown(row),
        "row": row,
        "listed": listed,
        "findings": findings,
        "again": [_shown(other) for other in row.rechecked_by.all()],
        "may_recheck": row.state == "to_put_right" and holds_right(actor, "inspection.recheck", row.agency.path),
        "may_sign": row.state == "waiting"
        and row.by_id != actor.id
        and holds_right(actor, "inspection.countersign", row.agency.path),
        "crumbs": [(_("检查"), reverse("inspections")), (row.place, "")],
    }
    return render(request, "web/inspection.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*WALK)
def again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Was it put right?"""
    actor = actor_of(request)
    row = inspection_by_id(actor, key)
    form = RecheckForm(request.POST or None)
    made = carry_out(form, lambda facts: recheck(actor, inspection=row, **{**facts, "passed": facts["passed"] == "1"}))
    if made is not None:
        done(request, _("复查已登记。"))
        return redirect("inspection", key=made.pk)
    back = reverse("inspection", args=[key])
    return show_form(
        request,
        form,
        title=_("复查"),
        submit=_("登记"),
        back=back,
        crumbs=[(_("检查"), reverse("inspections")), (row.place, back), (_("复查"), "")],
        wide=("passed", "remark"),
    )


@require_POST
@page(*WALK)
def sign(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Sign for a helper's inspection, or send it back."""
    actor = actor_of(request)
    row = inspection_by_id(actor, key)
    if request.POST.get("back") == "1":
        send_inspection_back(actor, inspection=row, why=request.POST.get("why", ""))
        done(request, _("已退回。"))
    else:
        countersign_inspection(actor, inspection=row)
        done(request, _("已核签。"))
    return redirect("inspection", key=key)
