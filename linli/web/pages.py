"""The pages that live from the API: their shell, and who may open them.

What they show comes by /api/v1 with the same rights.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from linli.matters.handovers.queries import keeps_from
from linli.matters.kinds import KINDS
from linli.matters.ledger.queries import matter_by_number
from linli.org.people.models import Person
from linli.web.context import DESK
from linli.web.guard import idle_limit_s
from linli.web.line import ladder
from linli.web.mediation.showing import mediation_of
from linli.web.outcomes import outcomes_of
from linli.web.visitor import actor_of, page

MOST_TAKERS = 400
"""Names that the form of an assignment offers; more are found by staff number."""


@never_cache
@require_GET
@page(*DESK)
@ensure_csrf_cookie
def desk(request: HttpRequest) -> HttpResponse:
    """The 110 desk: queue, map, units, one line of intake."""
    return render(request, "web/desk.html")


@never_cache
@require_GET
@page()
@ensure_csrf_cookie
def phone(request: HttpRequest) -> HttpResponse:
    """The officer's phone. It never signs out by itself: an order must find it."""
    return render(request, "web/phone.html", {"idle_s": 0})


@never_cache
@require_GET
@page()
@ensure_csrf_cookie
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """One matter with its timeline and what may be done next; a stranger gets the 404 of a number that is not there."""
    actor = actor_of(request)
    found = matter_by_number(actor, number)
    takers = Person.objects.visible_to(actor).filter(left_on__isnull=True).distinct().order_by("name")[:MOST_TAKERS]
    people = [{"id": str(person.pk), "name": person.name} for person in takers]
    crumbs = [(_("台账"), "/matters"), (KINDS[found.kind].words, f"/matters?kind={found.kind}")]
    context = {
        "matter": found,
        "people": people,
        "crumbs": crumbs,
        "line": {} if keeps_from(actor, found) else ladder(actor, found),
        "doing": outcomes_of(actor, found),
        **mediation_of(actor, found),
    }
    return render(request, "web/matter.html", context)


@require_POST
@page()
def still_here(request: HttpRequest) -> HttpResponse:
    """A person touched a page that otherwise only polls: the session stays."""
    return HttpResponse(status=204, headers={"X-Idle-Limit-S": str(idle_limit_s())})
