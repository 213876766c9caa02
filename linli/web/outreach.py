"""Warnings to residents, from the draft to the texts for loudspeaker and LED; and the chat groups that are told."""

from __future__ import annotations

import uuid
from datetime import timedelta
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
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.outreach.alerts import acts
from linli.outreach.alerts.models import ALERT_LIFE, Alert
from linli.outreach.alerts.queries import alert_by_id, alerts_of
from linli.outreach.alerts.rules.declared import CERTAINTY, EVENTS, SEVERITY, URGENCY, Said
from linli.outreach.alerts.rules.texts import called_off, led_line, loudspeaker, microblog, reading_s
from linli.outreach.groups.queries import groups_within
from linli.web.filling import MomentInput, carry_out, choices_of, done, show_form
from linli.web.portal import residents_url
from linli.web.registers import crumbs_under, page_of
from linli.web.staff import agencies_in_reach, agency_by_code
from linli.web.visitor import actor_of, page

POSTS = ("community_officer", "station_chief", "bureau_leader", "dispatcher", "administrator")
WRITERS = ("community_officer", "station_chief", "bureau_leader", "dispatcher")
_WIDE = ("areas", "headline", "description", "instruction", "headline_en", "description_en", "instruction_en")


class AlertForm(forms.Form):
    """What, for whom, until when, what to do."""

    agency = forms.ChoiceField(label=gettext_lazy("以哪个单位名义"))
    areas = forms.MultipleChoiceField(label=gettext_lazy("面向哪些辖区"), widget=forms.CheckboxSelectMultiple())
    event = forms.ChoiceField(label=gettext_lazy("提醒什么"))
    severity = forms.ChoiceField(label=gettext_lazy("严重程度"), initial="Moderate")
    urgency = forms.ChoiceField(label=gettext_lazy("紧急程度"), initial="Expected")
    certainty = forms.ChoiceField(label=gettext_lazy("把握"), initial="Likely")
    headline = forms.CharField(
        label=gettext_lazy("一句话"), max_length=60, help_text=gettext_lazy("不写姓名、电话、门牌：人人都能看到。")
    )
    instruction = forms.CharField(
        label=gettext_lazy("请居民怎么做"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    description = forms.CharField(
        label=gettext_lazy("怎么回事"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    expires_at = forms.DateTimeField(label=gettext_lazy("到什么时候"), widget=MomentInput())
    drill = forms.BooleanField(label=gettext_lazy("这是演习"), required=False)
    headline_en = forms.CharField(label=gettext_lazy("一句话（英文）"), max_length=160, required=False)
    instruction_en = forms.CharField(label=gettext_lazy("请居民怎么做（英文）"), max_length=1000, required=False)
    description_en = forms.CharField(label=gettext_lazy("怎么回事（英文）"), max_length=2000, required=False)

    def __init__(self, data: Any = None, *, actor: Actor, held: Alert | None = None) -> None:
        agencies = agencies_in_reach(actor, "alert.write")
        areas = [one.agency.code for one in held.areas.select_related("agency")] if held else []
        plain = {name: getattr(held, name) for name in (*Said.__slots__, "expires_at")} if held else {}
        first = {
            "expires_at": clock.shanghai(clock.now() + timedelta(days=1)),
            "areas": [agencies[0][0]] if agencies else [],
        }
        super().__init__(
            data, initial={**first, **plain, **({"areas": areas, "agency": held.agency.code} if held else {})}
        )
        offered: dict[str, list[tuple[str, str]]] = {
            "agency": agencies,
            "areas": [(code, name.strip("　")) for code, name in agencies],
            "event": choices_of({code: event.words for code, event in EVENTS.items()}),
            "severity": choices_of(SEVERITY),
            "urgency": choices_of(URGENCY),
            "certainty": choices_of(CERTAINTY),
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        if held:
            self.fields["agency"].disabled = True


def _facts(actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "said": Said(**{name: given[name] for name in Said.__slots__}),
        "areas": [agency_by_code(actor, code) for code in given["areas"]],
        "expires_at": given["expires_at"],
    }


@never_cache
@require_GET
@page(*POSTS)
def index(request: HttpRequest) -> HttpResponse:
    """Warnings, the newest first."""
    actor = actor_of(request)
    chosen = request.GET.get("state", "")
    rows = alerts_of(actor, state=chosen if chosen in {state.name for state in ALERT_LIFE.states} else "")
    context: dict[str, Any] = page_of(request, rows.prefetch_related("areas"))
    context["rows"] = [_line(row) for row in context["rows"]]
    may_write = any(holds_right(actor, "alert.write", path) for path in actor.paths)
    context |= {"states": ALERT_LIFE.states, "chosen": chosen, "may_write": may_write}
    return render(request, "web/alerts.html", context)


def _line(row: Alert) -> dict[str, Any]:
    return {
        "row": row,
        "event": EVENTS[row.event].words,
        "state": ALERT_LIFE.state(row.state).words,
        "areas": "、".join(one.words for one in row.areas.all()),
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page(*WRITERS)
def new(request: HttpRequest) -> HttpResponse:
    """Write one."""
    actor = actor_of(request)
    form = AlertForm(request.POST or None, actor=actor)

    def deed(given: dict[str, Any]) -> Alert:
        return acts.write_alert(actor, agency=agency_by_code(actor, given["agency"]), **_facts(actor, given))

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("草稿已保存，须由另一人审核后发布。"))
        return redirect("alert", key=made.pk)
    return _form(request, form, _("起草提醒"), reverse("alerts"))


@never_cache
@require_http_methods(["GET", "POST"])
@page(*WRITERS)
def change(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    held = alert_by_id(actor, key)
    form = AlertForm(request.POST or None, actor=actor, held=held)
    if carry_out(form, lambda given: acts.change_alert(actor, alert=held, **_facts(actor, given))) is not None:
        done(request, _("已保存。"))
        return redirect("alert", key=key)
    return _form(request, form, _("修改提醒"), reverse("alert", args=[key]))


def _form(request: HttpRequest, form: AlertForm, title: str, back: str) -> HttpResponse:
    note = _("写的人不能审核自己写的；发布后居民页面、订阅地址和辖区的群同时可见。")
    crumbs = crumbs_under("alerts", _("居民提醒"), (title, ""))
    return show_form(request, form, title=title, submit=_("保存"), back=back, crumbs=crumbs, note=note, wide=_WIDE)


@never_cache
@require_GET
@page(*POSTS)
def alert(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One warning: what it says, what may be done next, its texts for loudspeaker, LED, microblog and groups."""
    actor = actor_of(request)
    row = alert_by_id(actor, key)
    by, link = row.agency.name, residents_url(request, reverse("portal_alert", args=[row.pk]))
    paths = [one.agency.path for one in row.areas.select_related("agency")]
    context = {
        **_line(row),
        "severity": SEVERITY[row.severity],
        "urgency": URGENCY[row.urgency],
        "certainty": CERTAINTY[row.certainty],
        "texts": _texts(row, by, link),
        "groups": groups_within(paths).count(),
        "moves": _moves(actor, row),
        "may_change": row.state == "draft" and holds_right(actor, "alert.change", row.agency.path),
        "may_cancel": row.state == "published" and holds_right(actor, "alert.cancel", row.agency.path),
        "own": row.state == "draft" and row.written_by_id == actor.id,
        "crumbs": crumbs_under("alerts", _("居民提醒"), (row.headline, "")),
    }
    return render(request, "web/alert.html", context)


def _texts(row: Alert, by: str, link: str) -> list[dict[str, str]]:
    """What to copy: the texts of a warning that stands or is coming; of one that was called off, that it is over."""
    if row.state == "cancelled":
        told = called_off(row.said, by=by, reason=row.cancel_reason)
        return [{"key": "over", "title": _("解除广播"), "note": "", "text": told}]
    if row.state not in ("draft", "approved", "published"):
        return []
    spoken = loudspeaker(row.said, by=by)
    length = _("约%(s)s秒") % {"s": reading_s(spoken)}
    return [
        {"key": "loudspeaker", "title": _("大喇叭"), "note": length, "text": spoken},
        {"key": "led", "title": _("LED屏"), "note": "", "text": led_line(row.said, by=by)},
        {"key": "blog", "title": _("微信群、微博"), "note": "", "text": microblog(row.said, link=link)},
    ]


_RIGHTS = {"return_to_draft": "alert.return"}


def _moves(actor: Actor, row: Alert) -> list[dict[str, Any]]:
    """Steps without a reason that this actor may take now."""
    offered = []
    for move in ALERT_LIFE.moves_from(row.state):
        right = _RIGHTS.get(move.name, f"alert.{move.name}")
        own = move.name == "approve" and row.written_by_id == actor.id
        if move.name in acts.MOVES and not own and holds_right(actor, right, row.agency.path):
            offered.append({"name": move.name, "words": move.words, "primary": move.name in ("approve", "publish")})
    return offered


@require_POST
@page(*POSTS)
def move(request: HttpRequest, key: uuid.UUID, move: str) -> HttpResponse:
    """Approve, send back, publish, call off, drop."""
    actor = actor_of(request)
    row = alert_by_id(actor, key)
    if move == "cancel":
        acts.cancel_alert(actor, alert=row, reason=request.POST.get("reason", ""))
    elif move in acts.MOVES:
        acts.MOVES[move](actor, alert=row)
    else:
        raise NotFound("row.unknown", what=move)
    done(request, _("已发布。") if move == "publish" else _("已保存。"))
    return redirect("alert", key=key)
