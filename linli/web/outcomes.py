"""What becomes of a matter: the panels below its card, and the page of results and levels."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from linli.insight.measures.queries import figures_of, first_reach
from linli.insight.measures.rules import LEVEL_SHARES, MEASURES, PERIODS, TIP_RESULTS, Period, period_of
from linli.kernel import clock
from linli.kernel.acts import may
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.kinds.tip import FINDINGS
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.matters.levels.acts import lift_matter, push_back
from linli.matters.levels.queries import changes_of, level_now
from linli.matters.levels.rules import LEVELS
from linli.matters.thanks.acts import MOST_TRIES, give_thanks, pay_reward, try_code
from linli.matters.thanks.queries import thanks_of
from linli.matters.turning.acts import TURNS_INTO, turn_matter
from linli.operations.sorties.acts import call_off, report_sortie, send_sortie
from linli.operations.sorties.models import SORTIE
from linli.operations.sorties.queries import room_for, sortie_by_id, sorties_between, sorties_of, team_of
from linli.operations.sorties.rules import Result
from linli.org.agencies.models import Agency
from linli.org.posts.rules import POSTS
from linli.web.figure_words import days_shown, ledger_address, plain
from linli.web.helping import helping
from linli.web.visitor import actor_of, page

READS = (
    "bureau_leader",
    "station_chief",
    "station_desk",
    "community_officer",
    "dispatcher",
    "administrator",
    "auditor",
)
MOST_SORTIES = 40


def outcomes_of(actor: Actor, matter: Matter) -> dict[str, Any]:
    """What may be done about a matter beside its own steps, and what was: level, sorties, thanks, turning."""
    path = matter.scope_paths()[0]
    if actor.holds("partner_officer"):
        return {}
    if not any(actor.reaches(one) for one in matter.scope_paths()):
        # Who was given a request to help sees no more of the place than that.
        found = helping(actor, matter, path)
        return {"helping": found} if found else {}
    return {
        "level": _level(actor, matter),
        "sorties": _sorties(actor, matter, path),
        "thanks": _thanks(actor, matter, path),
        "turns": _turns(actor, matter, path),
        "helping": helping(actor, matter, path),
    }


def _level(actor: Actor, matter: Matter) -> dict[str, Any] | None:
    now = level_now(actor, matter)
    if now is None:
        return None
    return {
        "now": LEVELS[now.level].words,
        "steps": [{"words": one.words, "here": one.code == now.level} for one in LEVELS.values()],
        "settled": LEVELS[now.settled].words if now.settled else None,
        "up": LEVELS[now.up].words if now.up else None,
        "down": LEVELS[now.down].words if now.down else None,
        "changes": [
            {"row": row, "to": LEVELS[row.to_level].words, "from": LEVELS[row.from_level].words}
            for row in changes_of(actor, matter=matter)
        ],
    }


def _sorties(actor: Actor, matter: Matter, path: str) -> dict[str, Any] | None:
    if matter.kind != "tip":
        return None
    rows = list(sorties_of(actor, matter=matter))
    sends = may(actor, "sortie.send", path) and matter.state in matter.workflow.move("act").sources
    home = room_for(matter, clock.now()) if sends else None
    team = team_of(home, clock.now()) if home else None
    return {
        "rows": [
            {"row": row, "words": SORTIE.state(row.state).words, "finding": dict(FINDINGS).get(row.finding)}
            for row in rows
        ],
        "team": team if team and (team.units or team.on_foot) else None,
        "sends": sends,
        "reports": may(actor, "sortie.report", path),
        "findings": FINDINGS,
    }


def _thanks(actor: Actor, matter: Matter, path: str) -> dict[str, Any] | None:
    rows = list(thanks_of(actor, matter=matter))
    gives = may(actor, "thanks.give", path) and matter.kind not in ("incident", "task")
    if not rows and not (gives and matter.state in ("settled", "closed")):
        return None
    waits = any(row.reward_yuan and row.paid_on is None for row in rows)
    return {"rows": rows, "gives": gives, "pays": waits and may(actor, "reward.pay", path)}


def _turns(actor: Actor, matter: Matter, path: str) -> list[Any] | None:
    step = next((one for one in matter.workflow.moves if one.name == "turn"), None)
    if step is None or matter.state not in step.sources or not may(actor, "matter.turn", path):
        return None
    return [KINDS[code] for code in TURNS_INTO]


def _back(number: str) -> HttpResponse:
    return redirect("matter", number=number)


@require_POST
@page()
def level(request: HttpRequest, number: str, way: str) -> HttpResponse:
    """Lift it or push it back."""
    actor = actor_of(request)
    matter = matter_by_number(actor, number)
    deed = {"up": lift_matter, "down": push_back}.get(way)
    if deed is None:
        raise NotFound("row.unknown", what=way)
    deed(actor, matter=matter, reason=request.POST.get("reason", ""))
    messages.success(request, _("已提级。") if way == "up" else _("已退回下级。"))
    return _back(number)


@require_POST
@page()
def send(request: HttpRequest, number: str) -> HttpResponse:
    """One tap sends the team."""
    actor = actor_of(request)
    matter = matter_by_number(actor, number)
    sortie = send_sortie(actor, matter=matter, plain_clothes=request.POST.get("plain_clothes") == "1")
    messages.success(request, _("已通知{room}的{n}人出动。").format(room=sortie.room.name, n=sortie.team.count()))
    return _back(number)


@require_POST
@page()
def report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Write down what it found."""
    actor, said = actor_of(request), request.POST
    sortie = sortie_by_id(actor, key)
    result = Result(
        finding=said.get("finding", ""),
        account=said.get("account", ""),
        held=_count(said.get("held")),
        gangs=_count(said.get("gangs")),
        goods=said.get("goods", ""),
        goods_yuan=_count(said.get("goods_yuan")),
        tools=said.get("tools", ""),
        handed_to=said.get("handed_to", ""),
    )
    report_sortie(actor, sortie=sortie, result=result)
    messages.success(request, _("结果已登记，线索已查结。请答复提供人。"))
    return _back(sortie.matter.number)


def _count(text: str | None) -> int:
    """A whole number of a form; what is none is refused by the rule itself."""
    try:
        return int(text or "0")
    except ValueError:
        return -1


@require_POST
@page()
def recall(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Call it off."""
    actor = actor_of(request)
    sortie = sortie_by_id(actor, key)
    call_off(actor, sortie=sortie, reason=request.POST.get("reason", ""))
    messages.success(request, _("行动已撤回。"))
    return _back(sortie.matter.number)


@require_POST
@page()
def thank(request: HttpRequest, number: str) -> HttpResponse:
    """Thank the giver, whoever he is."""
    actor = actor_of(request)
    matter = matter_by_number(actor, number)
    give_thanks(
        actor,
        matter=matter,
        text=request.POST.get("text", ""),
        reward_yuan=_count(request.POST.get("reward_yuan")),
    )
    messages.success(request, _("已送出，提供人凭查询码可以看到。"))
    return _back(number)


@require_POST
@page()
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Pay the reward whose code is shown."""
    actor = actor_of(request)
    matter = matter_by_number(actor, number)
    found = try_code(actor, matter=matter, code=request.POST.get("code", ""))
    if found is None:
        tried = max(row.wrong_tries for row in thanks_of(actor, matter=matter) if row.reward_yuan)
        raise Invalid("reward.wrong_code", left=max(0, MOST_TRIES - tried), field="code")
    paid = pay_reward(actor, thanks=found)
    messages.success(request, _("领奖码正确，请发放{n}元。不登记领取人。").format(n=paid.reward_yuan))
    return _back(number)


@require_POST
@page()
def turn(request: HttpRequest, number: str) -> HttpResponse:
    """Turn community information into another kind."""
    actor = actor_of(request)
    matter = matter_by_number(actor, number)
    made = turn_matter(actor, matter=matter, kind=request.POST.get("kind", ""))
    return _back(made.number)


@never_cache
@require_GET
@page(*READS)
def results(request: HttpRequest) -> HttpResponse:
    """What came of tips, and on which level matters were settled, by area and period; each number opens its rows."""
    actor = actor_of(request)
    period = period_of(request.GET.get("period", "") or "month", clock.today())
    top = _top(actor, request.GET.get("place", ""))
    places = [top, *Agency.objects.at_work().filter(parent=top).exclude(kind="partner").order_by("path")]
    found = figures_of(actor, places=places, period=period, codes=(*TIP_RESULTS, *LEVEL_SHARES))
    # Figures end with yesterday, like everywhere; the list of sorties goes on to this minute.
    last = clock.today() + timedelta(days=1) if period.ends >= clock.today() else period.ends
    begins, ends = (datetime.combine(day, time(), tzinfo=clock.SHANGHAI) for day in (period.begins, last))
    context = {
        "place": top,
        "period": period,
        "days": days_shown(period),
        "periods": [
            {"words": words, "href": f"?place={top.code}&period={code}", "current": code == period.code}
            for code, words in PERIODS.items()
        ],
        "tips": _table(TIP_RESULTS, places, found, period),
        "levels": _table(LEVEL_SHARES, places, found, period),
        "rules": [
            {
                "level": one,
                "lifts": [POSTS[code] for code in one.lifts if code in POSTS],
                "pushes": [POSTS[code] for code in one.pushes_back if code in POSTS],
            }
            for one in LEVELS.values()
        ],
        "sorties": [
            {"row": row, "words": SORTIE.state(row.state).words, "finding": dict(FINDINGS).get(row.finding)}
            for row in sorties_between(actor, begins, ends, most=MOST_SORTIES)
        ],
    }
    return render(request, "web/results.html", context)


def _top(actor: Actor, code: str) -> Agency:
    found = Agency.objects.at_work().filter(code=code).first() if code else first_reach(actor)
    if found is None or not (actor.is_system or actor.reaches(found.path)):
        raise NotFound("row.unknown", what=code or "—")
    return found


def _table(codes: tuple[str, ...], places: list[Agency], found: Any, period: Period) -> dict[str, Any]:
    """Places down, figures across, in the places' own order."""
    return {
        "heads": [MEASURES[code] for code in codes],
        "rows": [
            {
                "place": place,
                "cells": [
                    {
                        "value": plain(figure, figure.now) or "—",
                        "before": plain(figure, figure.before) or "—",
                        "href": ledger_address(figure, place.code, period.begins, period.ends),
                    }
                    for code in codes
                    if (figure := found[place.pk].figures.get(code)) is not None
                ],
            }
            for place in places
        ],
    }
