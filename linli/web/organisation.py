"""The tree with its posts, and the roster of one agency."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound, Refusal
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.rules import POSTS
from linli.org.roster.acts import cancel_shift, plan_shift
from linli.org.roster.models import Shift
from linli.web.visitor import actor_of, page

DUTIES = (("lead", _("带班")), ("member", _("值班")), ("standby", _("备勤")))
SHOWN_SHIFTS = 60


class ShiftForm(forms.Form):
    """One shift: times in Asia/Shanghai."""

    person = forms.UUIDField(label=_("人员"))
    duty = forms.ChoiceField(label=_("班次"), choices=DUTIES, initial="member")
    begins_at = forms.DateTimeField(label=_("开始"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    ends_at = forms.DateTimeField(label=_("结束"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))


@never_cache
@require_GET
@page()
def index(request: HttpRequest) -> HttpResponse:
    """Every agency in reach with who holds which post there."""
    actor = actor_of(request)
    today = clock.shanghai(clock.now()).date()
    held: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for post in Post.objects.visible_to(actor).held_on(today).select_related("person").order_by("person__name"):
        held[post.agency_id].append(
            {"person": post.person.name, "post": POSTS.get(post.code, Words(post.code, post.code))}
        )
    rows = [
        {
            "agency": agency,
            "kind": Agency.KINDS[agency.kind],
            "depth": max(0, agency.path.count("/") - 2),
            "posts": held[agency.pk],
            "may_change": holds_right(actor, "agency.change", agency.path),
        }
        for agency in Agency.objects.visible_to(actor).at_work().exclude(kind="partner")
        if actor.reaches(agency.path)
    ]
    partners = Agency.objects.visible_to(actor).at_work().filter(kind="partner")
    context = {
        "rows": rows,
        "partners": [{"agency": one, "may_change": holds_right(actor, "agency.change", one.path)} for one in partners],
        "may_open": any(holds_right(actor, "agency.open", path) for path in actor.paths),
    }
    return render(request, "web/organisation.html", context)


def _agency(actor: Actor, code: str) -> Agency:
    found = Agency.objects.visible_to(actor).at_work().filter(code=code).select_related("parent").first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def _people(agency: Agency) -> list[Person]:
    """Who may be put on duty here: people with a post here or at the station above."""
    station = station_of(agency)
    at = [agency.pk, *([station.pk] if station else [])]
    rows = Person.objects.filter(posts__agency_id__in=at, posts__until__isnull=True, left_on__isnull=True)
    return list(rows.distinct().order_by("name"))


@never_cache
@require_http_methods(["GET", "POST"])
@page()
def roster(request: HttpRequest, code: str) -> HttpResponse:
    """The shifts of one agency from now on; planning one more."""
    actor = actor_of(request)
    agency = _agency(actor, code)
    form = ShiftForm(request.POST or None)
    problem: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        person = next((one for one in _people(agency) if one.pk == form.cleaned_data["person"]), None)
        try:
            if person is None:
                raise NotFound("row.unknown", what=str(form.cleaned_data["person"]))
            plan_shift(actor, agency=agency, **{**form.cleaned_data, "person": person})
        except Refusal as refusal:
            problem = refusal
        else:
            return redirect("roster", code=code)
    return _shown(request, actor, agency, form, problem)


def _shown(
    request: HttpRequest, actor: Actor, agency: Agency, form: ShiftForm, problem: Refusal | None = None
) -> HttpResponse:
    now = clock.now()
    shifts = Shift.objects.visible_to(actor).filter(agency=agency, ends_at__gt=now, cancelled=False)
    may_plan = holds_right(actor, "shift.plan", agency.path)
    context = {
        "agency": agency,
        "shifts": shifts.select_related("person").order_by("begins_at", "person__name")[:SHOWN_SHIFTS],
        "duties": dict(DUTIES),
        "now": now,
        "people": _people(agency) if may_plan else [],
        "may_plan": may_plan,
        "form": form,
        "problem": problem,
    }
    status = problem.status if problem else 422 if form.is_bound and form.errors else 200
    return render(request, "web/roster.html", context, status=status)


@require_POST
@page()
def cancel(request: HttpRequest, code: str, shift: uuid.UUID) -> HttpResponse:
    """Take a shift off the roster."""
    actor = actor_of(request)
    agency = _agency(actor, code)
    row = Shift.objects.visible_to(actor).filter(pk=shift, agency=agency).select_related("agency").first()
    if row is None:
        raise NotFound("row.unknown", what=str(shift))
    try:
        cancel_shift(actor, shift=row)
    except Refusal as refusal:
        return _shown(request, actor, agency, ShiftForm(), refusal)
    return redirect("roster", code=code)
