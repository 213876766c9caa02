"""Drawing officers away: asked for, approved or refused, returned; and how much of it there was."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.org.drawing import acts
from linli.org.drawing.models import DRAWING_LIFE, Drawing
from linli.org.drawing.queries import drawing_by_id, drawings_of, drawn_from, people_to_draw
from linli.org.drawing.rules import LEADERS, LIMIT_MONTH, LIMIT_ONCE, REASONS, WINDOW
from linli.org.people.models import Person
from linli.web.filling import MomentInput, carry_out, choices_of, done, show_form
from linli.web.registers import crumbs_under, page_of
from linli.web.staff import agencies_in_reach, agency_by_code
from linli.web.visitor import actor_of, page

POSTS = ("station_chief", "bureau_leader", "dispatcher", "community_officer")
HOUR_S = 3600


class AskForm(forms.Form):
    """Whom, for what, from when to when."""

    person = forms.ChoiceField(label=gettext_lazy("社区民警"))
    asked_for = forms.ChoiceField(label=gettext_lazy("用于哪个单位"))
    reason = forms.ChoiceField(label=gettext_lazy("事由"))
    begins_at = forms.DateTimeField(label=gettext_lazy("开始"), widget=MomentInput())
    ends_at = forms.DateTimeField(label=gettext_lazy("结束"), widget=MomentInput())
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        offered: dict[str, list[tuple[str, str]]] = {
            "person": [("", "—"), *((str(one.pk), one.name) for one in people_to_draw(actor))],
            "asked_for": agencies_in_reach(actor, "drawing.ask"),
            "reason": choices_of(REASONS, blank="—"),
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


def _shown(row: Drawing, actor: Actor) -> dict[str, Any]:
    decides = row.state == "asked" and holds_right(actor, "drawing.decide", row.agency.path)
    may = decides and actor.id not in (row.asked_by_id, row.person_id)
    return {
        "row": row,
        "state": DRAWING_LIFE.state(row.state).words,
        "reason": REASONS[row.reason],
        "hours": round((row.until_at - row.begins_at).total_seconds() / HOUR_S),
        "may_approve": may and (not row.beyond_limit or actor.holds(*LEADERS)),
        "may_refuse": may,
        "may_cancel": row.state in ("asked", "approved") and holds_right(actor, "drawing.cancel", row.asked_for.path),
        "may_return": row.state == "approved"
        and row.begins_at < clock.now()
        and (row.person_id == actor.id or holds_right(actor, "drawing.decide", row.agency.path)),
    }


@never_cache
@require_GET
@page(*POSTS)
def index(request: HttpRequest) -> HttpResponse:
    """Askings that concern the visitor, what waits first; the count of the last thirty days."""
    actor = actor_of(request)
    now = clock.now()
    chosen = request.GET.get("state", "")
    rows = drawings_of(actor, state=chosen if chosen in {state.name for state in DRAWING_LIFE.states} else "")
    context: dict[str, Any] = page_of(request, rows)
    context["rows"] = [_shown(row, actor) for row in context["rows"]]
    context |= {
        "states": DRAWING_LIFE.states,
        "chosen": chosen,
        "away": drawn_from(actor, paths=actor.paths, begins_at=now - WINDOW, ends_at=now),
        "may_ask": any(holds_right(actor, "drawing.ask", path) for path in actor.paths),
        "once_h": round(LIMIT_ONCE.total_seconds() / HOUR_S),
        "month_h": round(LIMIT_MONTH.total_seconds() / HOUR_S),
        "window": WINDOW.days,
    }
    context["away_h"] = round(context["away"].away.total_seconds() / HOUR_S)
    return render(request, "web/drawings.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POSTS)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask that an officer be drawn away."""
    actor = actor_of(request)
    form = AskForm(request.POST or None, actor=actor)

    def deed(facts: dict[str, Any]) -> Drawing:
        person = Person.objects.get(pk=facts.pop("person"))
        agency = agency_by_code(actor, facts.pop("asked_for"))
        return acts.ask_for_officer(actor, person=person, asked_for=agency, **facts)

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("已提出，由他人审批。") if not made.beyond_limit else _("超过限额，须由局领导审批。"))
        return redirect("drawings")
    crumbs = crumbs_under("drawings", _("抽调"), (_("申请抽调"), ""))
    note = _(
        "一次最多%(once)s小时，三十天内最多%(month)s小时；超过的由局领导审批。抽调时间计入民警的工时说明，不算他少走访。"
    ) % {
        "once": round(LIMIT_ONCE.total_seconds() / HOUR_S),
        "month": round(LIMIT_MONTH.total_seconds() / HOUR_S),
    }
    back = reverse("drawings")
    return show_form(
        request, form, title=_("申请抽调"), submit=_("提出"), back=back, crumbs=crumbs, note=note, wide=("note",)
    )


@require_POST
@page(*POSTS)
def move(request: HttpRequest, drawing: uuid.UUID, move: str) -> HttpResponse:
    """Approve, refuse, take back, return."""
    actor = actor_of(request)
    row = drawing_by_id(actor, drawing)
    if move == "cancel":
        acts.cancel_drawing(actor, drawing=row)
    elif move == "return":
        acts.return_to_post(actor, drawing=row)
    else:
        acts.decide(actor, drawing=row, move=move, note=request.POST.get("note", ""))
    done(request, _("已保存。"))
    return redirect("drawings")
