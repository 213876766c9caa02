"""今日: an officer's seven things, a chief's ledger in numbers, and the page of every post."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from linli.insight.board.rules import FIGURES
from linli.insight.chief.queries import numbers
from linli.insight.chief.rules import GROUPS, NUMBERS, Number, address_of
from linli.insight.hours.rules import HOURS
from linli.insight.measures.queries import figures_of, reaches
from linli.insight.measures.rules import MEASURES, PERIODS, period_of
from linli.insight.today.queries import OFFICERS, day_of, own_of, running_orders
from linli.insight.today.rules import ORDER, Day
from linli.kernel import clock
from linli.kernel.claims import WEIGHTS
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.posts.rules import POSTS
from linli.places.grading.queries import reviews_due
from linli.web.context import CHIEF, DAY, NAV
from linli.web.figure_words import card
from linli.web.graded_places import READERS as GRADES
from linli.web.ledger import kinds_for
from linli.web.outreach import POSTS as WARNS
from linli.web.visitor import actor_of, page

REVIEWS_AHEAD = timedelta(days=7)


def first_page(actor: Actor) -> str:
    """Where a post begins: the phone while an order runs, the desk, the board, the day, else the page of the post."""
    if actor.holds(*OFFICERS) and running_orders(actor):
        return "phone"
    for posts, target in (
        (("call_taker", "dispatcher", "station_desk"), "desk"),
        (("bureau_leader",), "board"),
        (("station_chief", *OFFICERS), "today"),
    ):
        if actor.holds(*posts):
            return target
    return "mine"


@never_cache
@require_GET
@page()
def home(request: HttpRequest) -> HttpResponse:
    """The first page of a post."""
    return redirect(first_page(actor_of(request)))


@never_cache
@require_GET
@page(*DAY)
@ensure_csrf_cookie
def today(request: HttpRequest) -> HttpResponse:
    """The chief's ledger for who leads, the seven things for everybody else."""
    actor = actor_of(request)
    if actor.holds(*CHIEF):
        return _chief(request, actor)
    context = {"day": _shown(day_of(actor)), "orders": running_orders(actor), "order_words": ORDER}
    return render(request, "web/day.html", context)


def _shown(day: Day) -> dict[str, Any]:
    """The day with a heading before the first thing of each weight."""
    rows: list[dict[str, Any]] = []
    for item in day.shown:
        first = not rows or rows[-1]["weight"] != item.weight
        rows.append({"item": item, "weight": item.weight, "head": WEIGHTS[item.weight] if first else None})
    return {"rows": rows, "rest": day.rest, "more": day.more, "total": day.total}


def _chief(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The numbers of one place; who leads two stations sees both together, each number told apart, or chooses one."""
    every = reaches(actor)
    if not every:
        raise NotFound("row.unknown", what=_("管辖单位"))
    code = request.GET.get("place", "")
    places = [one for one in every if one.code == code] if code else every
    if not places:
        raise NotFound("row.unknown", what=code)
    period = period_of(request.GET.get("period", "month"), clock.today())
    counted = {one.code: numbers(actor, one) for one in places}
    figures = figures_of(actor, places=places, period=period, codes=FIGURES)
    context = {
        "place": places[0],
        "places": _chosen(every, code, period.code) if len(every) > 1 else [],
        "groups": [
            {
                "code": group,
                "words": words,
                "items": [_counted(item, places, counted) for item in NUMBERS.values() if item.group == group],
            }
            for group, words in GROUPS.items()
        ],
        "reviews": reviews_due(actor, until=clock.today() + REVIEWS_AHEAD).count(),
        "period": period,
        "periods": _tabs(period.code, code),
        "cards": [
            {"place": one, "figures": [card(figure, period, one.code) for figure in figures[one.pk].figures.values()]}
            for one in places
        ],
        "may_meet": actor.holds("station_chief", "station_desk"),
    }
    return render(request, "web/today.html", context)


def _counted(number: Number, places: list[Agency], counted: dict[str, dict[str, int]]) -> dict[str, Any]:
    """A number with its rows; of several places with the rows of each."""
    parts = [(one, counted[one.code][number.code], address_of(number, one.code)) for one in places]
    return {
        "number": number,
        "n": sum(n for _, n, _ in parts),
        "href": parts[0][2] if len(parts) == 1 else "",
        "parts": parts,
    }


def _chosen(every: list[Agency], code: str, period: str) -> list[dict[str, Any]]:
    tabs = [{"words": _("合并"), "href": f"?period={period}", "current": not code}]
    return tabs + [
        {"words": one.name, "href": f"?place={one.code}&period={period}", "current": one.code == code} for one in every
    ]


def _tabs(chosen: str, place: str) -> list[dict[str, Any]]:
    where = f"&place={place}" if place else ""
    return [
        {"words": words, "href": f"?period={code}{where}", "current": code == chosen} for code, words in PERIODS.items()
    ]


@never_cache
@require_GET
@page()
def mine(request: HttpRequest) -> HttpResponse:
    """The page of a post: what waits for it, what is its own, what it may do; all of it from declarations."""
    actor = actor_of(request)
    titles = [POSTS[post.code] for post in actor.posts if post.code in POSTS]
    doors = [{"href": href, "label": label, "name": name} for name, href, label, may in NAV if actor.holds(*may)]
    context = {
        "titles": list(dict.fromkeys(titles)),
        "day": _shown(day_of(actor)),
        "order_words": ORDER,
        "own": own_of(actor),
        "doors": [door for door in doors if door["name"] != "mine"],
        "may_grade": actor.holds(*GRADES),
        "may_open": kinds_for(actor),
        "may_warn": actor.holds(*WARNS),
    }
    return render(request, "web/mine.html", context)


@never_cache
@require_GET
@page()
def meanings(request: HttpRequest) -> HttpResponse:
    """What each figure counts, what it leaves out, where it comes from."""
    return render(
        request,
        "web/meanings.html",
        {"measures": list(MEASURES.values()), "numbers": list(NUMBERS.values()), "hours": list(HOURS.values())},
    )
