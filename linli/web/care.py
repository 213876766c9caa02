"""Care for its named carers: the plans that name one, one plan, its promises and visits. For everybody else: 404."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.parties.rules import masked_phone
from linli.org.access.rules import holds_right
from linli.org.people.models import Person
from linli.trail.reads.acts import note_read
from linli.visits.care import acts
from linli.visits.care.models import CARE_LIFE, PROMISE_LIFE, CarePlan, Carer, CareVisit, Promise
from linli.visits.care.queries import (
    SUPERVISORS,
    PlanSeen,
    counts_for,
    people_to_name,
    plan_seen,
    plans_of,
    promise_seen,
    visits_of,
)
from linli.visits.care.queries.day import CARERS
from linli.visits.care.rules import (
    CONSENT_WAYS,
    ENDINGS,
    GROUNDS,
    NEEDS_SEEN,
    PURPOSES,
    REASONS,
    RELATIONS,
    ROLES,
    VISIT_KINDS,
    PlanFacts,
)
from linli.web.care_forms import ChangeForm, EndForm, LookForm, NameForm, PlanForm, PromiseForm, ReviewForm, VisitForm
from linli.web.filling import carry_out, done, show_form, status_of
from linli.web.registers import crumbs_under
from linli.web.staff import agency_by_code
from linli.web.visitor import actor_of, page
from linli.works.files.queries import open_file

SHOWN_VISITS = 50


def _listed(plan: CarePlan) -> dict[str, Any]:
    return {
        "row": plan,
        "reason": REASONS[plan.reason],
        "state": CARE_LIFE.state(plan.state).words,
        "is_due": plan.state == "running" and plan.review_on <= clock.today(),
    }


@never_cache
@require_GET
@page(*CARERS)
def index(request: HttpRequest) -> HttpResponse:
    """The plans that name the visitor; for who leads a place, how many there are and nothing else."""
    actor = actor_of(request)
    ended = request.GET.get("show") == "ended"
    running = plans_of(actor)
    context = {
        "rows": [_listed(plan) for plan in (plans_of(actor, ended=True) if ended else running)],
        "tabs": [
            {"words": _("进行中"), "href": "?", "count": running.count(), "current": not ended},
            {
                "words": _("已结束"),
                "href": "?show=ended",
                "count": plans_of(actor, ended=True).count(),
                "current": ended,
            },
        ],
        "counts": [
            {"row": one, "may_take": one.leaderless and holds_right(actor, "care.take_over", one.agency.path)}
            for one in (counts_for(actor) if actor.holds(*SUPERVISORS) else [])
        ],
        "may_open": any(holds_right(actor, "care.open", path) for path in actor.paths),
    }
    return render(request, "web/care.html", context)


@require_POST
@page(*SUPERVISORS)
def take_over(request: HttpRequest, station: str) -> HttpResponse:
    """The chief leads what nobody leads any more."""
    actor = actor_of(request)
    taken = acts.take_over(actor, station=agency_by_code(actor, station))
    done(request, _("已接手%(n)s项，请尽快指定新的负责人。") % {"n": taken})
    return redirect("care")


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARERS)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a plan: on consent with its paper, or on a law."""
    actor = actor_of(request)
    form = PlanForm(request.POST or None, request.FILES or None, actor=actor)

    def deed(facts: dict[str, Any]) -> CarePlan:
        paper = facts.pop("consent_file")
        agency = agency_by_code(actor, facts.pop("agency"))
        shot = (paper.read(), paper.name) if paper else None
        return acts.open_plan(actor, agency=agency, facts=PlanFacts(**facts), consent_paper=shot)

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("已开始。除您以外没有人看得到，请指定关爱人。"))
        return redirect("care_plan", plan=made.pk)
    context = {"form": form, "crumbs": crumbs_under("care", _("关爱"), (_("开展关爱"), ""))}
    return render(request, "web/care_new.html", context, status=status_of(form))


def _answer(
    request: HttpRequest, seen: PlanSeen, *, look: LookForm | None = None, forms_: dict[str, forms.Form] | None = None
) -> HttpResponse:
    plan, actor_id = seen.plan, seen.carer.person_id
    opened = look is not None and look.is_valid()
    told = {name: seen.told(name) for name in ("name", "phone", "address", "guardian_name", "guardian_phone")}
    situation = seen.told("situation")
    if not opened:
        told |= {"name": seen.masked, "phone": masked_phone(told["phone"]) if told["phone"] else ""}
        told |= {"address": "", "guardian_name": "", "guardian_phone": ""}
    given = {"visit": VisitForm(), "promise": PromiseForm(), "look": look or LookForm(), **(forms_ or {})}
    context: dict[str, Any] = {
        "plan": plan,
        "seen": seen,
        "told": told,
        "opened": opened,
        "situation": situation,
        "reason": REASONS[plan.reason],
        "ground": GROUNDS[plan.ground],
        "state": CARE_LIFE.state(plan.state).words,
        "consent_way": CONSENT_WAYS.get(plan.consent_way),
        "consent_by": seen.told("consent_by") if opened else "",
        "relation": RELATIONS.get(plan.guardian_relation),
        "ending": ENDINGS.get(plan.end_reason),
        "running": plan.state == "running",
        "is_due": plan.review_on <= clock.today(),
        "hides": bool(seen.sees & {"name", "phone", "address"}) and not plan.erased_at,
        "carers": [_carer(one, seen) for one in Carer.objects.now().filter(plan=plan).select_related("person")],
        "promises": [
            {"row": one, "state": PROMISE_LIFE.state(one.state).words, "late": _late(one)}
            for one in Promise.objects.filter(plan=plan).select_related("by").order_by("state", "due_on")
        ],
        "visits": [{"row": one, "kind": VISIT_KINDS[one.kind]} for one in visits_of(plan)[:SHOWN_VISITS]],
        "forms": given,
        "me": actor_id,
        "crumbs": crumbs_under("care", _("关爱"), (plan.called, "")),
    }
    bad = any(form.is_bound and form.errors for form in given.values())
    return render(request, "web/care_plan.html", context, status=422 if bad else 200)


def _carer(one: Carer, seen: PlanSeen) -> dict[str, Any]:
    shown = [NEEDS_SEEN[name] for name in NEEDS_SEEN if one.role == "partner" and getattr(one, f"sees_{name}")]
    may = seen.plan.state == "running" and one.role != "lead" and (seen.leads or one.person_id == seen.carer.person_id)
    return {"row": one, "role": ROLES[one.role], "shown": shown, "may_release": may}


def _late(promise: Promise) -> bool:
    return promise.state == "open" and promise.due_on < clock.today()


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARERS)
def plan(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """One plan. Name, telephone and home are shown on one answer only, with a purpose, which is kept."""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    look = LookForm(request.POST) if request.method == "POST" else None
    if look is not None and look.is_valid():
        # The subject is a plan, not a person: the record of looks must not lead anybody to who it is about.
        note_read(
            actor, subject_type="visits.care", subject_id=str(plan), purpose=PURPOSES[look.cleaned_data["purpose"]].zh
        )
    return _answer(request, seen, look=look)


def _deed(
    request: HttpRequest, key: uuid.UUID, name: str, form: forms.Form, deed: Callable[[Actor, PlanSeen], object]
) -> HttpResponse:
    """Carry out what a form of the plan's page asks; refused, the page comes back with all that was typed."""
    actor = actor_of(request)
    seen = plan_seen(actor, key)
    if carry_out(form, lambda _facts: deed(actor, seen)) is None:
        return _answer(request, seen, forms_={name: form})
    done(request, _("已保存。"))
    return redirect("care_plan", plan=key)


@require_POST
@page(*CARERS)
def visit(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Somebody was there."""
    form = VisitForm(request.POST)

    def deed(actor: Actor, seen: PlanSeen) -> CareVisit:
        return acts.visit_for_care(actor, plan=seen.plan, **form.cleaned_data)

    return _deed(request, plan, "visit", form, deed)


@require_POST
@page(*CARERS)
def promise(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Something was promised."""
    form = PromiseForm(request.POST)

    def deed(actor: Actor, seen: PlanSeen) -> Promise:
        return acts.make_promise(actor, plan=seen.plan, **form.cleaned_data)

    return _deed(request, plan, "promise", form, deed)


@require_POST
@page(*CARERS)
def settle(request: HttpRequest, plan: uuid.UUID, promise: uuid.UUID) -> HttpResponse:
    """What came of a promise."""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    found = promise_seen(actor, promise)
    if found.plan_id != seen.plan.pk:
        raise NotFound("row.unknown", what=str(promise))
    move, outcome = request.POST.get("move", ""), request.POST.get("outcome", "")
    acts.settle_promise(actor, promise=found, move=move, outcome=outcome)
    done(request, _("已保存。"))
    return redirect("care_plan", plan=plan)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARERS)
def name(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """One more carer."""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    people = people_to_name(actor, seen.plan) if seen.leads else []
    form = NameForm(request.POST or None, people=people, minor=seen.plan.minor)

    def deed(facts: dict[str, Any]) -> CarePlan:
        person = Person.objects.get(pk=facts["person"])
        return acts.name_carer(actor, plan=seen.plan, person=person, role=facts["role"], sees=frozenset(facts["sees"]))

    if carry_out(form, deed) is not None:
        done(request, _("已指定。"))
        return redirect("care_plan", plan=plan)
    back = reverse("care_plan", args=[plan])
    crumbs = crumbs_under("care", _("关爱"), (seen.plan.called, back), (_("指定关爱人"), ""))
    note = _("合作单位联系人只看到勾选的内容；未成年人的姓名、电话、住址不给合作单位看。")
    return show_form(request, form, title=_("指定关爱人"), submit=_("指定"), back=back, crumbs=crumbs, note=note)


@require_POST
@page(*CARERS)
def release(request: HttpRequest, plan: uuid.UUID, carer: uuid.UUID) -> HttpResponse:
    """A carer is one no more."""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    found = Carer.objects.now().filter(plan=seen.plan, pk=carer).select_related("person").first()
    if found is None:
        raise NotFound("row.unknown", what=str(carer))
    acts.release_carer(actor, plan=seen.plan, person=found.person)
    done(request, _("已免除。"))
    return redirect("care" if found.person_id == actor.id else reverse("care_plan", args=[plan]))


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARERS)
def change(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Other facts of a plan; what is personal is written, not shown."""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    initial = {"version": seen.plan.version, "called": seen.plan.called, "situation": seen.told("situation")}
    form = ChangeForm(request.POST or None, initial=initial)
    if carry_out(form, lambda facts: acts.change_plan(actor, plan=seen.plan, **facts)) is not None:
        done(request, _("已保存。"))
        return redirect("care_plan", plan=plan)
    back = reverse("care_plan", args=[plan])
    crumbs = crumbs_under("care", _("关爱"), (seen.plan.called, back), (_("修改"), ""))
    return show_form(
        request, form, title=_("修改"), submit=_("保存"), back=back, crumbs=crumbs, wide=("situation", "address")
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARERS)
def review(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Is it still needed?"""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    form = ReviewForm(request.POST or None)
    if carry_out(form, lambda facts: acts.review_plan(actor, plan=seen.plan, **facts)) is not None:
        done(request, _("已复核。"))
        return redirect("care_plan", plan=plan)
    back = reverse("care_plan", args=[plan])
    crumbs = crumbs_under("care", _("关爱"), (seen.plan.called, back), (_("复核"), ""))
    note = _("还需要吗？关爱人还合适吗？合作单位看到的还都需要吗？不再需要就结束。")
    return show_form(request, form, title=_("复核"), submit=_("还需要，继续"), back=back, crumbs=crumbs, note=note)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARERS)
def end(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """The plan ends: with a reason, or because consent was withdrawn."""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    form = EndForm(request.POST or None, by_consent=seen.plan.ground == "consent", leads=seen.leads)

    def deed(facts: dict[str, Any]) -> CarePlan:
        if facts["reason"] == "withdrawn":
            return acts.withdraw_consent(actor, plan=seen.plan)
        return acts.end_plan(actor, plan=seen.plan, reason=facts["reason"])

    if carry_out(form, deed) is not None:
        done(request, _("已结束。"))
        return redirect("care")
    back = reverse("care_plan", args=[plan])
    crumbs = crumbs_under("care", _("关爱"), (seen.plan.called, back), (_("结束"), ""))
    note = _("结束一年后删除个人内容；撤回同意的立即删除，不能恢复。")
    return show_form(
        request, form, title=_("结束关爱"), submit=_("结束"), back=back, crumbs=crumbs, note=note, danger=True
    )


@never_cache
@require_GET
@page(*CARERS)
def paper(request: HttpRequest, plan: uuid.UUID) -> HttpResponseBase:
    """The photographed paper of consent; police carers only, and the look is noted."""
    actor = actor_of(request)
    seen = plan_seen(actor, plan)
    kept = seen.plan.consent_file
    if kept is None or not seen.is_police:
        raise NotFound("row.unknown", what=str(plan))
    note_read(actor, subject_type="visits.care", subject_id=str(plan), purpose=_("查看同意书"))
    answer = FileResponse(open_file(kept.sha256), content_type=kept.media_type, as_attachment=False)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
