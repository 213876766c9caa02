"""四单一图: the lists that the bureau names, with their map; and the page on which it names them (F9)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.insight.chief.queries import rows
from linli.insight.lists.acts import call_lists, end_list, name_list
from linli.insight.lists.models import NamedList
from linli.insight.lists.queries import list_named, lists_for, the_set
from linli.insight.lists.rules import params_of
from linli.insight.measures.queries import figures_of, first_reach
from linli.insight.measures.rules import MEASURES, period_of
from linli.kernel import clock
from linli.kernel.errors import NotFound, Refusal
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.rules import asked_of
from linli.matters.routing.queries import bureau
from linli.org.access.rules import holds_right
from linli.org.posts.rules import POSTS
from linli.web.figure_words import card
from linli.web.graded_places import graded, graded_row
from linli.web.ledger import filter_said
from linli.web.visitor import actor_of, page

SHOWN = 50
MAP = "map"


class ListForm(forms.Form):
    """One list, as the bureau names it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=40)
    holds = forms.ChoiceField(
        label=gettext_lazy("装什么"),
        choices=[
            ("matters", gettext_lazy("事项（台账的筛选）")),
            ("places", gettext_lazy("分级场所")),
            ("figures", gettext_lazy("数据")),
        ],
    )
    query = forms.CharField(
        label=gettext_lazy("筛选条件"),
        required=False,
        max_length=400,
        help_text=gettext_lazy(
            "事项：在台账里筛选好，把地址粘贴在这里。场所：grade=、due_in=。数据：指标代码，用逗号隔开。"
        ),
    )
    icon = forms.ChoiceField(
        label=gettext_lazy("图标"), choices=[(name, words[0]) for name, words in NamedList.ICONS.items()]
    )
    position = forms.IntegerField(label=gettext_lazy("排在第几"), min_value=0, max_value=99, initial=1)
    note = forms.CharField(label=gettext_lazy("用途说明"), required=False, max_length=200)
    readers = forms.MultipleChoiceField(
        label=gettext_lazy("哪些岗位看得到"),
        choices=[(code, words.zh) for code, words in POSTS.items() if code != "intake_machine"],
        widget=forms.CheckboxSelectMultiple,
    )


class SetForm(forms.Form):
    """What the lists are called together, and what the map shows."""

    name = forms.CharField(label=gettext_lazy("总称"), max_length=40)
    map_query = forms.CharField(
        label=gettext_lazy("地图"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("在地图上选好图层和范围，把地址粘贴在这里。"),
    )


def may_name(actor: Actor) -> bool:
    """Whether the actor names the lists of this bureau."""
    root = bureau()
    return root is not None and holds_right(actor, "list.name_one", root.path)


@never_cache
@require_GET
@page()
def index(request: HttpRequest, key: str = "") -> HttpResponse:
    """One list with the tabs of the others and of the map."""
    actor = actor_of(request)
    mine, whole = lists_for(actor), the_set()
    chosen = list_named(actor, key) if key else (mine[0] if mine else None)
    tabs: list[dict[str, Any]] = [
        {"words": one.name, "href": f"/lists/{one.pk}", "current": one == chosen, "icon": one.icon} for one in mine
    ]
    tabs.append({"words": _("图"), "href": f"/map?{whole.map_query}" if whole.map_query else "/map", "icon": "map"})
    context = {
        "set": whole,
        "tabs": tabs,
        "chosen": chosen,
        "may_name": may_name(actor),
        **(_content(actor, chosen) if chosen else {}),
    }
    return render(request, "web/lists.html", context)


def _content(actor: Actor, chosen: NamedList) -> dict[str, Any]:
    """What the list holds, as far as this reader may see it."""
    if chosen.holds == "figures":
        place = first_reach(actor)
        if place is None:
            return {"cards": []}
        period = period_of("month", clock.today())
        codes = chosen.query.split(",")
        found = figures_of(actor, places=[place], period=period, codes=codes)[place.pk].figures
        return {"cards": [card(figure, period, place.code) for figure in found.values()], "place": place}
    if chosen.holds == "places":
        places = graded(actor, params_of(chosen.query))
        return {
            "places": [graded_row(row) for row in places[:SHOWN]],
            "count": places.count(),
            "open_all": f"/grades?{chosen.query}",
        }
    found_rows = rows(actor, params_of(chosen.query), clock.now())
    first = found_rows.select_related("agency").order_by("-received_at")[:SHOWN]
    return {
        "matters": [
            {
                "matter": matter,
                "kind": KINDS[matter.kind].words,
                "state": matter.workflow.state(matter.state).words,
            }
            for matter in first
        ],
        "count": found_rows.count(),
        "open_all": f"/matters?{chosen.query}",
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page("bureau_leader", "administrator")
def naming(request: HttpRequest, key: str = "") -> HttpResponse:
    """Name a list, change one, and say what they are called together."""
    actor = actor_of(request)
    named = _found(key) if key else None
    posted = request.POST if request.method == "POST" else None
    form = ListForm(posted if posted is not None and "holds" in posted else None, initial=_initial(named))
    whole = the_set()
    set_form = SetForm(
        posted if posted is not None and "map_query" in posted else None,
        initial={"name": whole.name, "map_query": whole.map_query},
        prefix=None,
    )
    problem: Refusal | None = None
    try:
        if form.is_bound and form.is_valid():
            made = name_list(actor, named=named, **form.cleaned_data)
            messages.success(request, _("清单“{name}”已保存。").format(name=made.name))
            return redirect("list_naming")
        if set_form.is_bound and set_form.is_valid():
            call_lists(actor, **set_form.cleaned_data)
            messages.success(request, _("总称已保存。"))
            return redirect("list_naming")
    except Refusal as refusal:
        problem = refusal
    context = {
        "form": form,
        "set_form": set_form,
        "named": named,
        "lists": [
            {"one": one, "said": _said(one), "readers": [POSTS[code] for code in one.reader_codes() if code in POSTS]}
            for one in _all()
        ],
        "problem": problem,
        "may_name": may_name(actor),
    }
    refused = (form.is_bound and form.errors) or (set_form.is_bound and set_form.errors)
    return render(
        request, "web/list_naming.html", context, status=problem.status if problem else 422 if refused else 200
    )


_OF_PLACES = {
    "due_in": Words("到期复查（天内）", "review due (days)"),
    "grade": Words("等级", "grade"),
    "kind": Words("类别", "kind"),
    "place": Words("单位", "place"),
    "overdue": Words("逾期未复查", "review overdue"),
}


def _said(one: NamedList) -> list[Words]:
    """What a list holds, in words; the address that the bureau pasted stands behind it for whoever changes it."""
    if one.holds == "figures":
        return [MEASURES[code].words for code in one.query.split(",") if code in MEASURES]
    if one.holds == "places":
        named = [(_OF_PLACES[name], value) for name, value in params_of(one.query).items() if name in _OF_PLACES]
        return [Words(f"{words.zh}：{value}", f"{words.en}: {value}") for words, value in named]
    return [filter_said(name, value) for name, value in asked_of(params_of(one.query)).items()]


def _all() -> list[NamedList]:
    return list(NamedList.objects.in_use())


def _found(key: str) -> NamedList:
    """A list in use by its key; raises NotFound."""
    found = next((one for one in _all() if str(one.pk) == key), None)
    if found is None:
        raise NotFound("row.unknown", what=key)
    return found


def _initial(named: NamedList | None) -> dict[str, Any]:
    if named is None:
        return {"position": NamedList.objects.in_use().count() + 1}
    columns = ("name", "holds", "query", "icon", "position", "note")
    return {**{name: getattr(named, name) for name in columns}, "readers": named.reader_codes()}


@require_POST
@page("bureau_leader", "administrator")
def ending(request: HttpRequest, key: str) -> HttpResponse:
    """Take a list out of use."""
    named = _found(key)
    end_list(actor_of(request), named=named)
    messages.success(request, _("清单“{name}”已停用。").format(name=named.name))
    return redirect("list_naming")
