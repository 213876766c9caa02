"""The ledger as a plain list, and one form for every declared kind of matter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import State
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import Kind
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries.pages import page_of, read_place
from linli.matters.ledger.rules import asked_of
from linli.matters.routing.queries import category
from linli.web.visitor import actor_of, page

PAGE_ROWS = 50


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds that one of the actor's posts may open; calls have the desk for it."""
    return [kind for kind in KINDS.values() if kind.code != "incident" and actor.holds(*kind.opens)]


def _states(kind: str) -> list[State]:
    """The states to choose from: those of the kind, or of all kinds, each name once."""
    kinds = [KINDS[kind]] if kind in KINDS else list(KINDS.values())
    return list({state.name: state for one in kinds for state in one.workflow.states}.values())


def _row(matter: Matter) -> dict[str, object]:
    listed = category(matter.category) if matter.category else None
    return {
        "matter": matter,
        "kind": KINDS[matter.kind].words,
        "state": matter.workflow.state(matter.state).words,
        "about": matter.title or (Words(listed.zh, listed.en) if listed else ""),
    }


@never_cache
@require_GET
@page()
def index(request: HttpRequest) -> HttpResponse:
    """What the actor may see, newest first, narrowed by kind, state and words."""
    actor = actor_of(request)
    asked, cursor = asked_of(request.GET.dict()), request.GET.get("cursor", "")
    page_shown = page_of(actor, asked, place=read_place(cursor) if cursor else None, limit=PAGE_ROWS)
    rows, following = page_shown.rows, page_shown.next
    kind, state, words = (asked.get(name, "") for name in ("kind", "state", "q"))
    still_open = asked.get("open") == "1"
    onward = request.GET.copy()
    if following:
        onward["cursor"] = str(following)
    context = {
        "rows": [_row(matter) for matter in rows],
        "kinds": list(KINDS.values()),
        "states": _states(kind),
        "chosen": {"kind": kind, "state": state, "open": still_open, "q": words},
        "next": f"?{onward.urlencode()}" if following else "",
        "first": not cursor,
        "may_open": kinds_for(actor),
    }
    return render(request, "web/matters.html", context)


@never_cache
@require_GET
@page()
@ensure_csrf_cookie
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of a kind, as the kind declares it."""
    declared = next((one for one in kinds_for(actor_of(request)) if one.code == kind), None)
    if declared is None:
        raise NotFound("row.unknown", what=kind)
    return render(request, "web/matter_new.html", {"kind": declared, "kinds": kinds_for(actor_of(request))})
