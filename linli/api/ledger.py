"""The ledger as a list: pages, counts and the search over everything."""

from __future__ import annotations

import time

from django.http import HttpResponse
from ninja import Router

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.shown import Shown, bilingual, matters_shown
from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.matters.ledger.queries.pages import count_of, page_of, read_place
from linli.matters.ledger.rules import FILTERS, asked_of
from linli.matters.search.queries import search

router = Router(tags=["ledger"])

_PAGE_ROWS = 50


def listed(
    request: ApiRequest, cursor: str = "", limit: int = _PAGE_ROWS, sort: str = "received", count: bool = False
) -> HttpResponse:
    """What the actor may see, newest first. Filters are parameters of the same names as on the page
    (``/matters/filters``); ``next`` and ``previous`` are cursors; ``count`` counts up to 10,000 beside the page.
    """
    actor, asked, at = request.auth, asked_of(request.GET.dict()), clock.now()
    page = page_of(actor, asked, place=read_place(cursor) if cursor else None, limit=limit, sort=sort, at=at)
    shown: Shown = {
        "items": matters_shown(page.rows),
        "next": str(page.next) if page.next else None,
        "previous": str(page.previous) if page.previous else None,
        "at": at,
    }
    if count:
        counted = count_of(actor, asked, sort=sort, at=at)
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
