"""上报: what waits for my signature, what I hold, what I reported and what became of it; the ladder of one report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.insight.measures.queries import figures_of, first_reach
from linli.insight.measures.rules import LINE_FIGURES, period_of
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.line.acts import send_again, send_back, send_up, set_clock, settle, sign
from linli.matters.line.models import HOP, Hop, LevelClock
from linli.matters.line.queries import (
    ON_LINE,
    SIGNERS,
    answer_of,
    clock_of_level,
    held_by,
    hop_by_id,
    hops_of,
    own_reports,
    signs_for,
    waiting_for,
)
from linli.matters.line.rules import HOWS, LEVELS
from linli.org.access.rules import holds_right
from linli.web.figure_words import card
from linli.web.filling import carry_out, done, show_form
from linli.web.registers import page_of
from linli.web.visitor import actor_of, page

READERS = tuple(dict.fromkeys((*ON_LINE, "administrator")))
SETTERS = ("bureau_leader", "administrator")
CHIEFS = ("station_chief", "bureau_leader", "dispatcher")


def _row(actor: Actor, hop: Hop) -> dict[str, Any]:
    matter = hop.matter
    return {
        "hop": hop,
        "matter": matter,
        "title": matter.title or KINDS[matter.kind].words.zh,
        "kind": KINDS[matter.kind].words,
        "level": LEVELS[hop.level].words,
        "state": HOP.state(hop.state).words,
        "late": hop.state == "waiting" and hop.due_at < clock.now(),
        "may": moves_of(actor, hop),
        "answer": answer_of(matter) if hop.state == "settled" else "",
    }


def moves_of(actor: Actor, hop: Hop) -> list[str]:
    """The steps that the actor may take with a hop now."""
    found = []
    for move in HOP.moves_from(hop.state):
        if move.machine:
            continue
        if move.name == "renew":
            mine = hop.matter.opened_by == actor.id
        elif hop.state == "back":
            mine = False
        else:
            mine = holds_right(actor, f"line.{move.name}", hop.agency.path) and signs_for(actor, hop)
        if mine:
            found.append(move.name)
    return found


def ladder(actor: Actor, matter: Matter) -> dict[str, Any]:
    """The way of a report for its page: empty where it has none."""
    hops = hops_of(actor, matter)
    if not hops:
        return {}
    current = hops[-1]
    current.matter = matter
    rungs = [
        {
            "hop": hop,
            "level": LEVELS[hop.level].words,
            "how": HOWS[hop.how],
            "state": HOP.state(hop.state).words,
            "late": hop.state == "waiting" and hop.due_at < clock.now(),
        }
        for hop in hops
    ]
    return {"rungs": rungs, "current": current, "may": moves_of(actor, current)}


@never_cache
@require_GET
@page(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Three lists: to be signed, in my hands, reported by me."""
    actor = actor_of(request)
    lists = {"sign": waiting_for(actor), "held": held_by(actor), "mine": own_reports(actor)}
    names = {"sign": _("待签收"), "held": _("我签收的"), "mine": _("我上报的")}
    offered = [name for name in lists if name == "mine" or actor.holds(*SIGNERS)]
    chosen = request.GET.get("show", offered[0])
    if chosen not in offered:
        raise NotFound("row.unknown", what=chosen)
    context = page_of(request, lists[chosen])
    context["rows"] = [_row(actor, hop) for hop in context["rows"]]
    context |= {
        "chosen": chosen,
        "tabs": [
            {"words": names[name], "href": f"?show={name}", "current": name == chosen, "count": lists[name].count()}
            for name in offered
        ],
        "cards": _figures(actor) if actor.holds(*CHIEFS) else [],
    }
    return render(request, "web/line.html", context)


def _figures(actor: Actor) -> list[dict[str, Any]]:
    """This month's figures of the line for one's own place; none of a person."""
    place, period = first_reach(actor), period_of("month", clock.today())
    if place is None:
        return []
    found = figures_of(actor, places=[place], period=period, codes=LINE_FIGURES)
    return [card(figure, period, place.code) for figure in found[place.pk].figures.values() if figure.now is not None]


@require_POST
@page(*READERS)
def move(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """One step of a report."""
    actor, word = actor_of(request), request.POST.get("word", "")
    hop = hop_by_id(actor, key)
    if name == "sign":
        sign(actor, hop=hop)
        done(request, _("已签收。"))
    elif name == "send_back":
        send_back(actor, hop=hop, word=word)
        done(request, _("已退回，上报人会看到原因。"))
    elif name == "send_up":
        send_up(actor, hop=hop, word=word)
        done(request, _("已转上一级。"))
    elif name == "settle":
        settle(actor, hop=hop, word=word)
        done(request, _("已办结，上报人会看到结果。"))
    elif name == "renew":
        send_again(actor, hop=hop, addition=word)
        done(request, _("已重新上报。"))
    else:
        raise NotFound("row.unknown", what=name)
    back = request.POST.get("back", "")
    return redirect("matter", number=hop.matter.number) if back == "matter" else redirect("line")


class ClockForm(forms.Form):
    """How long a level has."""

    minutes = forms.IntegerField(
        label=gettext_lazy("签收时限"),
        required=False,
        min_value=5,
        help_text=gettext_lazy("分钟，从送到本级起算；不填则当日24点前"),
    )
    least_minutes = forms.IntegerField(
        label=gettext_lazy("至少留给"), min_value=5, help_text=gettext_lazy("分钟；夜里送到的，不会一到零点就算逾期")
    )


@never_cache
@require_GET
@page(*READERS)
def clocks(request: HttpRequest) -> HttpResponse:
    """The clock of each level."""
    actor = actor_of(request)
    rows = [{"level": level, "clock": clock_of_level(level.number)} for level in LEVELS[1:]]
    return render(request, "web/line_clocks.html", {"rows": rows, "may": actor.holds(*SETTERS)})


@never_cache
@require_http_methods(["GET", "POST"])
@page(*SETTERS)
def clock_change(request: HttpRequest, code: str) -> HttpResponse:
    """Another clock for one level."""
    actor = actor_of(request)
    level = next((one for one in LEVELS[1:] if one.code == code), None)
    if level is None:
        raise NotFound("row.unknown", what=code)
    held = clock_of_level(level.number)
    initial = {"minutes": held.minutes, "least_minutes": held.least_minutes}
    form = ClockForm(request.POST or None, initial=initial)

    def deed(facts: dict[str, Any]) -> LevelClock:
        return set_clock(actor, level=level.number, **facts)

    if carry_out(form, deed) is not None:
        done(request, _("已保存，新送到的按新时限。"))
        return redirect("line_clocks")
    crumbs = [(_("上报"), reverse("line")), (_("签收时限"), reverse("line_clocks")), (level.words.zh, "")]
    return show_form(request, form, title=level.words.zh, submit=_("保存"), back=reverse("line_clocks"), crumbs=crumbs)
