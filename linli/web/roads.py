"""Roads that are closed: since when, until when, why and by whom; and which imported network is in use."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.places.grid.queries import county_box
from linli.places.roads.acts import activate_roads, close_road, reopen_road
from linli.places.roads.models import RoadClosure, Roads
from linli.places.roads.rules.network import KIND_INDEX, KINDS
from linli.trail.entries.models import Entry
from linli.web.filling import MomentInput, carry_out, choices_of, done, status_of
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page

POSTS = (
    "dispatcher",
    "station_desk",
    "station_chief",
    "bureau_leader",
    "call_taker",
    "administrator",
    "community_officer",
)
KIND_WORDS = {
    "car": Words("汽车", "cars"),
    "motorcycle": Words("摩托", "motorcycles"),
    "foot": Words("行人", "on foot"),
}
SHOWN_PAST = 20


class ClosureForm(forms.Form):
    """Where, why, from when until when, for whom."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)
    lon = forms.FloatField(label=gettext_lazy("经度"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("纬度"), min_value=-90, max_value=90)
    begins_at = forms.DateTimeField(label=gettext_lazy("开始"), widget=MomentInput(), required=False)
    ends_at = forms.DateTimeField(
        label=gettext_lazy("结束"),
        widget=MomentInput(),
        required=False,
        help_text=gettext_lazy("不填则直到有人恢复通行"),
    )
    kinds = forms.MultipleChoiceField(label=gettext_lazy("对谁关闭"), widget=forms.CheckboxSelectMultiple)
    whole_road = forms.BooleanField(label=gettext_lazy("整条路，不只是两个路口之间"), required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"kinds": list(KINDS), **(initial or {})})
        self.fields["begins_at"].help_text = _("不填则从现在起")
        kinds = self.fields["kinds"]
        if isinstance(kinds, forms.MultipleChoiceField):
            kinds.choices = choices_of(KIND_WORDS)


def _by_whom(closures: list[RoadClosure]) -> dict[str, str]:
    """Who closed each: the trail knows."""
    keys = [str(row.pk) for row in closures]
    rows = Entry.objects.filter(subject_type="places.roadclosure", subject_id__in=keys, act="road.close")
    return dict(rows.values_list("subject_id", "actor_name"))


def _shown(closures: list[RoadClosure], now: datetime) -> list[dict[str, Any]]:
    whom = _by_whom(closures)
    return [
        {
            "row": row,
            "by": whom.get(str(row.pk), ""),
            "kinds": "、".join(say(KIND_WORDS[kind]) for kind in KINDS if row.kinds >> KIND_INDEX[kind] & 1),
            "begun": row.begins_at <= now,
        }
        for row in closures
    ]


def _page(request: HttpRequest, form: ClosureForm) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    every = RoadClosure.objects.filter(roads__active=True)
    open_ended = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    context = {
        "now_closed": _shown(list(every.filter(open_ended).order_by("begins_at")), now),
        "past": _shown(list(every.exclude(open_ended).order_by("-ends_at")[:SHOWN_PAST]), now),
        "closed_json": json.dumps(
            [{"lon": row.lon, "lat": row.lat, "reason": row.reason} for row in every.filter(open_ended)],
            ensure_ascii=False,
        ),
        "box_json": json.dumps(county_box()),
        "networks": Roads.objects.order_by("-active", "-imported_at"),
        "form": form,
        "may_close": holds_right(actor, "road.close", None),
        "may_activate": holds_right(actor, "roads.activate", None),
    }
    return render(request, "web/roads.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POSTS)
def index(request: HttpRequest) -> HttpResponse:
    """What is closed now, what was; one form that closes a road."""
    actor = actor_of(request)
    given = {name: request.GET[name] for name in ("lon", "lat") if request.GET.get(name)}
    form = ClosureForm(request.POST or None, initial=given)

    def deed(facts: dict[str, Any]) -> RoadClosure:
        return close_road(actor, **{**facts, "kinds": tuple(facts["kinds"])})

    if carry_out(form, deed) is not None:
        done(request, _("道路已封闭，推荐路线即时绕行。"))
        return redirect("roads")
    return _page(request, form)


@require_POST
@page(*POSTS)
def reopen(request: HttpRequest, closure: uuid.UUID) -> HttpResponse:
    """The road is open again from now on."""
    return _told(request, lambda: reopen_road(actor_of(request), closure_id=closure), _("已恢复通行。"))


@require_POST
@page("administrator")
def activate(request: HttpRequest, network: uuid.UUID) -> HttpResponse:
    """Use another imported network; closures in force go along."""
    return _told(request, lambda: activate_roads(actor_of(request), roads_id=network), _("路网已启用。"))


def _told(request: HttpRequest, deed: Any, sentence: str) -> HttpResponse:
    """Back to the list; a refusal stands above it."""
    try:
        deed()
    except Refusal as refusal:
        if refusal.status not in (404, 409):
            raise
        form = ClosureForm({})
        form.is_valid()
        form.errors.clear()
        form.add_error(None, say(refusal.words))
        return _page(request, form)
    done(request, sentence)
    return redirect(reverse("roads"))
