"""The ledger as a list: pages, counts and the search over everything."""

from __future__ import annotations

import time

from django.http import HttpResponse
from ninja import Router

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.matter_detail import reaches
from linli.api.shown import Shown, bilingual, matters_shown
from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.matters.ledger.queries.pages import count_of, near_of, page_and_count, page_of, read_place
from linli.matters.ledger.rules import FILTERS, asked_of
from linli.matters.links.models import Link
from linli.matters.links.queries import net_of
from linli.matters.search.queries import earlier_here, search

router = Router(tags=["ledger"])

_PAGE_ROWS = 50


def listed(
    request: ApiRequest, cursor: str = "", limit: int = _PAGE_ROWS, sort: str = "received", count: bool = False
) -> HttpResponse:
    """What the actor may see, newest first. Filters are parameters of the same names as on the page
    (``/matters/filters``); ``next`` and ``previous`` are cursors; ``count`` counts up to 10,000 beside the page. A
    search by ``q`` that finds few also has ``near``: what is only similar.
    """
    actor, asked, at = request.auth, asked_of(request.GET.dict()), clock.now()
    place, counted = read_place(cursor) if cursor else None, None
    if count:
        page, counted = page_and_count(actor, asked, place=place, limit=limit, sort=sort, at=at)
    else:
        page = page_of(actor, asked, place=place, limit=limit, sort=sort, at=at)
    shown: Shown = {
        "items": matters_shown(page.rows),
        "next": str(page.next) if page.next else None,
        "previous": str(page.previous) if page.previous else None,
        "at": at,
    }
    if asked.get("q") and not cursor:
        shown["near"] = matters_shown(near_of(actor, asked, page.rows))
    if counted is not None:
        shown |= {"count": counted.value, "count_exact": counted.exact}
    return answered(shown)


@router.get("/matters/count", summary="Count matters")
def counted(request: ApiRequest, sort: str = "received") -> HttpResponse:
    """Exactly how many matters a list has, under the same filters."""
    found = count_of(request.auth, asked_of(request.GET.dict()), exact=True, sort=sort)
    return answered({"count": found.value, "count_exact": True})


@router.get("/matters/filters", summary="The filters of the ledger")
def filters(request: ApiRequest) -> HttpResponse:
    """Every filter by the name of its parameter, with its words and choices."""
    items = [
        {
            "name": one.name,
            **bilingual(one.words),
            "form": one.form,
            "choices": [{"code": code, **bilingual(words)} for code, words in one.choices],
        }
        for one in FILTERS.values()
    ]
    return answered({"items": items, "next": None})


@router.get("/search", summary="Search everything one may see")
def searched(request: ApiRequest, q: str = "", limit: int = 20) -> HttpResponse:
    """Matters, agencies, grids, colleagues, categories and addresses by Chinese words of two characters, pinyin, its
    first letters, house number, a whole telephone number or part of a matter's number; what is only similar comes last.
    """
    if len(q) > 200:
        raise Invalid("fact.wrong", field="q", why=q[:40])
    began_s = time.perf_counter()
    items = [
        {
            "type": one.type,
            "id": one.id,
            "number": one.number,
            "title": bilingual(one.title),
            "why": bilingual(one.why),
            "url": one.url,
            "at": one.at,
            "near": one.near,
        }
        for one in search(request.auth, q, limit=limit)
    ]
    return answered({"items": items, "took_ms": round((time.perf_counter() - began_s) * 1000, 1), "next": None})


@router.get("/matters/{number}/around", summary="What hangs together with a matter")
def around(request: ApiRequest, number: str) -> HttpResponse:
    """Linked matters up to two ties away as nodes and edges, and earlier matters at the same place; all within the
    actor's reach.
    """
    actor = request.auth
    matter = matter_by_number(actor, number)
    if not reaches(actor, matter):
        return answered({"nodes": [], "edges": [], "earlier": []})
    net = net_of(actor, matter=matter)
    numbers = {one.pk: one.number for one, _ in net.matters}
    edges = [
        {
            "one": numbers[link.one_id],
            "other": numbers[link.other_id],
            "relation": dict(zip(("zh", "en"), Link.RELATIONS[link.relation], strict=True)),
        }
        for link in net.links
    ]
    return answered(
        {
            "nodes": [{**brief(one), "away": away} for one, away in net.matters],
            "edges": edges,
            "earlier": [brief(one) for one in earlier_here(actor, matter)],
        }
    )


def brief(matter: Matter) -> Shown:
    """A matter in one line."""
    kind = KINDS[matter.kind]
    return {
        "number": matter.number,
        "kind": bilingual(kind.words),
        "icon": kind.icon,
        "title": matter.title,
        "state": matter.state,
        "state_words": bilingual(matter.workflow.state(matter.state).words),
        "at": matter.received_at,
    }
