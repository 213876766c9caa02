"""例会: the weekly meeting of police grid and social grid, prepared from what is open (Q2). One sheet of A4."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from linli.insight.chief.queries import rows
from linli.insight.chief.rules import NUMBERS
from linli.insight.measures.queries import figures_of, first_reach, of_place
from linli.insight.measures.rules import period_of
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.places.grading.queries import reviews_due
from linli.web.figure_words import card
from linli.web.graded_places import graded_row
from linli.web.visitor import actor_of, page

LEADERS = ("station_chief", "station_desk", "community_officer", "bureau_leader")
POINTS: dict[str, dict[str, str]] = {"late": {}, "in_7": {}, "unanswered": {}, "same_address": {"open": "1"}}
"""The chief's numbers that the agenda takes up, in its order, and how they are narrowed for it."""
OPEN_TO_ALL = ("hazard", "help_request", "community_info", "task")
FIGURES = ("incidents", "disputes", "hazards", "help_requests")
MOST = 12
WEEK = timedelta(days=7)


@never_cache
@require_GET
@page(*LEADERS)
def agenda(request: HttpRequest) -> HttpResponse:
    """What is open and wants a word of everybody at the table, with room to write down what was decided.

    Neighbours sit at it: only hazards, requests for help, community information and tasks, without the name or number
    of a person; of disputes and calls only how many.
    """
    actor = actor_of(request)
    place = _place(actor, request.GET.get("place", ""))
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
    }
    return render(request, "web/meeting.html", context)


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
