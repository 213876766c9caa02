"""三分级三提升: places by grade, with what is done there and when it is looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from linli.insight.measures.queries import first_reach
from linli.kernel import clock
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.places.grading.models import Grading
from linli.places.grading.queries import counts_by_grade, gradings
from linli.places.premises.models import Premises
from linli.web.visitor import actor_of, page

READERS = (
    "community_officer",
    "station_chief",
    "station_desk",
    "bureau_leader",
    "administrator",
    "auditor",
    "assistant",
)
SHOWN = 200


def graded(actor: Actor, asked: Mapping[str, str]) -> QuerySet[Grading]:
    """The graded places that the actor sees, narrowed by grade, kind, place and review date; the soonest review first.

    ``grade`` is ``scheme.grade``, ``due_in`` a number of days, ``overdue`` 1, ``place`` an agency's code.
    """
    rows = gradings(actor)
    scheme, _, grade = asked.get("grade", "").partition(".")
    if scheme:
        rows = rows.filter(scheme__code=scheme)
    if grade:
        rows = rows.filter(grade__code=grade)
    if asked.get("kind"):
        rows = rows.filter(premises__kind=asked["kind"])
    if asked.get("place"):
        agency = Agency.objects.filter(code=asked["place"]).first()
        rows = rows.filter(below("agency_path", (agency.path,))) if agency else rows.none()
    if asked.get("due_in", "").isdecimal():
        rows = rows.filter(review_due_on__lte=clock.today() + timedelta(days=int(asked["due_in"][:4])))
    if asked.get("overdue") == "1":
        rows = rows.filter(review_due_on__lt=clock.today())
    return rows.order_by("review_due_on", "premises__name")


def graded_row(row: Grading) -> dict[str, Any]:
    """One place as a line of a table."""
    kinds: Mapping[str, Any] = Premises.KINDS
    return {
        "row": row,
        "scheme": Words(row.scheme.zh, row.scheme.en or row.scheme.zh),
        "grade": Words(row.grade.zh, row.grade.en or row.grade.zh),
        "tone": {"danger": "danger", "watch": "warning"}.get(row.grade.tone, "ok"),
        "kind": kinds.get(row.premises.kind, row.premises.kind),
        "late": row.review_due_on < clock.today(),
        "measures": row.measures or row.grade.measures,
    }


@never_cache
@require_GET
@page(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Every graded place in reach; grades with their counts first, each opens its places."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("grade", "kind", "place", "due_in", "overdue")}
    found = graded(actor, asked)
    today = clock.today()
    everything = gradings(actor)
    grades = [
        {
            "words": Words(one.zh, one.en or one.zh),
            "scheme": Words(one.scheme.zh, one.scheme.en or one.scheme.zh),
            "n": one.places,  # type: ignore[attr-defined]  # annotated by counts_by_grade
            "measures": one.measures,
            "every": one.review_every_days,
            "href": f"?{urlencode({'grade': f'{one.scheme.code}.{one.code}'})}",
        }
        for one in counts_by_grade(actor)
    ]
    place = first_reach(actor)
    context = {
        "rows": [graded_row(row) for row in found[:SHOWN]],
        "count": found.count(),
        "grades": grades,
        "overdue": everything.filter(review_due_on__lt=today).count(),
        "due": everything.filter(review_due_on__gte=today, review_due_on__lte=today + timedelta(days=7)).count(),
        "asked": {name: value for name, value in asked.items() if value},
        "place": place,
    }
    return render(request, "web/grades.html", context)
