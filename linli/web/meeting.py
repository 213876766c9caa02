"""例会: the weekly meeting of police grid and social grid, prepared from what is open (Q2). One sheet of A4."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from linli.insight.chief.queries import rows
from linli.insight.chief.rules import NUMBERS
from linli.insight.measures.queries import figures_of, first_reach, of_place
from linli.insight.measures.rules import period_of
from linli.insight.meetings.acts import decide, follow_up
from linli.insight.meetings.models import DECISION, Decision
from linli.insight.meetings.queries import decided_on, decision_by_id, followed_up
from linli.kernel import clock
from linli.kernel.errors import NotFound, Refusal
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.places.grading.queries import reviews_due
from linli.web.figure_words import card
from linli.web.graded_places import graded_row
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page

LEADERS = ("station_chief", "station_desk", "community_officer", "bureau_leader")
POINTS: dict[str, dict[str, str]] = {"late": {}, "in_7": {}, "unanswered": {}, "same_address": {"open": "1"}}
"""The chief's numbers that the agenda takes up, in its order, and how they are narrowed for it."""
OPEN_TO_ALL = ("hazard", "help_request", "community_info", "task")
FIGURES = ("incidents", "disputes", "hazards", "help_requests")
MOST = 12
WEEK = timedelta(days=7)


class DecisionForm(forms.Form):
    """One line of the minutes."""

    point = forms.CharField(max_length=20, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("议定事项"), max_length=300)
    owner = forms.CharField(
        label=gettext_lazy("责任人或单位"), max_length=40, help_text=gettext_lazy("写职务或单位，不写居民姓名。")
    )
    due_on = forms.DateField(
        label=gettext_lazy("完成期限"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@never_cache
@require_GET
@page(*LEADERS)
def agenda(request: HttpRequest) -> HttpResponse:
    """The prepared meeting; with what earlier ones decided, and room for what this one decides."""
    return _sheet(request, request.GET.get("place", ""))


@require_POST
@page(*LEADERS)
def decide_there(request: HttpRequest) -> HttpResponse:
    """Write a decision down. A refused form comes back as it was filled in, at its point."""
    code = request.POST.get("place", "")
    form = DecisionForm(request.POST)
    place = _place(actor_of(request), code)
    if form.is_valid():
        try:
            decide(actor_of(request), place=place, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, say(refusal.words))
        else:
            return redirect(f"{reverse('meeting')}?place={place.code}#point-{form.cleaned_data['point']}")
    return _sheet(request, code, form, status=422)


@require_POST
@page(*LEADERS)
def follow(request: HttpRequest, key: UUID) -> HttpResponse:
    """What became of a decision."""
    decision = decision_by_id(actor_of(request), key)
    result, move = request.POST.get("result", ""), request.POST.get("move", "")
    follow_up(actor_of(request), decision=decision, move=move, result=result)
    return redirect(f"{reverse('meeting')}?place={decision.place.code}#before")


def _sheet(request: HttpRequest, code: str, form: DecisionForm | None = None, status: int = 200) -> HttpResponse:
    """What is open and wants a word of everybody at the table, with room to write down what was decided.

    Neighbours sit at it: only hazards, requests for help, community information and tasks, without the name or number
    of a person; of disputes and calls only how many.
    """
    actor = actor_of(request)
    place = _place(actor, code)
    at = clock.now()
    period = period_of("week", clock.today())
    points, seen = [], set[UUID]()
    for code, narrower in POINTS.items():
        params = {**NUMBERS[code].filters, **narrower, "place": place.code, "kind": ",".join(OPEN_TO_ALL)}
        found = rows(actor, params, at)
        fresh = found.exclude(pk__in=seen).select_related("agency", "assignee").order_by("due_at", "received_at")
        first = list(fresh[:MOST])
        seen |= {matter.pk for matter in first}
        total = found.count()
        points.append(
            {
                "number": NUMBERS[code],
                "n": total,
                "elsewhere": total - len(first),
                "href": f"/matters?{urlencode(params, safe=',')}",
                "rows": [_row(matter) for matter in first],
            }
        )
    done = Matter.objects.visible_to(actor).filter(of_place(place), kind__in=OPEN_TO_ALL, closed_at__gte=at - WEEK)
    figures = figures_of(actor, places=[place], period=period, codes=FIGURES)[place.pk].figures
    context = {
        "place": place,
        "period": period,
        "points": points,
        "done": done.count(),
        "reviews": [graded_row(row) for row in reviews_due(actor, until=clock.today() + WEEK)[:MOST]],
        "cards": [card(figure, period, place.code) for figure in figures.values()],
        "at": at,
        **_minutes(actor, place, points, form),
    }
    return render(request, "web/meeting.html", context, status=status)


def _minutes(
    actor: Actor, place: Agency, points: list[dict[str, Any]], form: DecisionForm | None
) -> dict[str, Any]:  # fmt: skip
    """What earlier meetings decided, and under each point what this one did, with its form."""
    day = clock.today()
    decided = decided_on(actor, place=place, day=day)

    def under(point: str) -> dict[str, Any]:
        bound = form if form is not None and form.data.get("point") == point else None
        blank = DecisionForm(initial={"point": point}, auto_id=f"{point}-%s")
        return {
            "code": point,
            "decided": [_line(one, day) for one in decided if one.point == point],
            "form": bound or blank,
        }

    for point in points:
        point["minutes"] = under(point["number"].code)
    return {
        "before": [_line(one, day) for one in followed_up(actor, place=place, day=day)],
        "reviews_minutes": under("reviews"),
        "other_minutes": under("other"),
    }


def _line(one: Decision, day: date) -> dict[str, Any]:
    return {"decision": one, "words": DECISION.state(one.state).words, "late": one.is_late(day)}


def _place(actor: Any, code: str) -> Agency:
    place = Agency.objects.at_work().filter(code=code).first() if code else first_reach(actor)
    if place is None or not actor.reaches(place.path):
        raise NotFound("row.unknown", what=code)
    return place


def _row(matter: Matter) -> dict[str, Any]:
    return {
        "matter": matter,
        "kind": KINDS[matter.kind].words,
        "state": matter.workflow.state(matter.state).words,
        "whose": matter.assignee.name if matter.assignee else Words("待定", "to be named"),
    }
