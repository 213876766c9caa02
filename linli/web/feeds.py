"""Feeds at a page: which other systems fill registers or are filled, what each did last, its map, and a run now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel.errors import NotFound, Refusal
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.web.filling import Crumb, carry_out, done, show_form
from linli.web.visitor import actor_of, page
from linli.works.tables.acts import IMPORTERS
from linli.works.tables.acts.feeding import Feed, feed_folder, feeds
from linli.works.tables.acts.feeds import ask_feed, end_feed, set_feed
from linli.works.tables.models import FeedRun, Load

POSTS = ("administrator", "auditor")
SHOWN = 50
_EXAMPLE = """[feed]
kind = "premises"
folder = "/srv/exchange/street"
pattern = "*.xlsx"
direction = "in"

[columns]
name = "店名"
"""


class FeedForm(forms.Form):
    """A feed: its name, and its map with the section that says where."""

    feed = forms.RegexField(r"^[0-9A-Za-z_-]+$", label=gettext_lazy("名称"), max_length=40)
    text = forms.CharField(
        label=gettext_lazy("对照文件（TOML）"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=gettext_lazy("[feed] 写明种类（kind）、文件夹（folder）或对接系统（peer）、方向（direction）。"),
    )


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [(_("管理"), reverse("administration")), (_("数据源"), reverse("feeds")), *more]


def _shown(one: Feed | tuple[str, Refusal]) -> dict[str, Any]:
    name = one.name if isinstance(one, Feed) else one[0]
    last = FeedRun.objects.filter(feed=name).order_by("-at").first()
    shown: dict[str, Any] = {"name": name, "last": last, "state": FeedRun.STATES[last.state] if last else None}
    if not isinstance(one, Feed):
        return {**shown, "wrong": one[1].words}
    waiting = sum(1 for file in one.folder.glob(one.pattern) if file.is_file()) if one.direction == "in" else 0
    return {**shown, "feed": one, "kind": IMPORTERS[one.kind].words, "waiting": waiting}


@never_cache
@require_GET
@page(*POSTS)
def index(request: HttpRequest) -> HttpResponse:
    """Every feed, and how it did last."""
    context = {
        "rows": [_shown(one) for one in feeds()],
        "may_set": holds_right(actor_of(request), "feed.set", None),
        "crumbs": [(_("管理"), reverse("administration")), (_("数据源"), "")],
    }
    return render(request, "web/feeds.html", context)


def _found(name: str) -> Feed | tuple[str, Refusal]:
    for one in feeds():
        if (one.name if isinstance(one, Feed) else one[0]) == name:
            return one
    raise NotFound("row.unknown", what=name)


@never_cache
@require_GET
@page(*POSTS)
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """One feed: its map, and what it did."""
    actor = actor_of(request)
    shown = _shown(_found(name))
    rows = list(FeedRun.objects.visible_to(actor).filter(feed=name).order_by("-at")[:SHOWN])
    loads = set(Load.objects.visible_to(actor).filter(pk__in=[row.load for row in rows]).values_list("pk", flat=True))
    context = {
        **shown,
        "text": (feed_folder() / f"{name}.toml").read_text("utf-8", errors="replace"),
        "runs": [
            {"row": row, "state": FeedRun.STATES[row.state], "bad": row.state in ("refused", "failed"),
             "load": row.load if row.load in loads else None}
            for row in rows
        ],
        "may_set": holds_right(actor, "feed.set", None),
        "crumbs": _crumbs((name, "")),
    }  # fmt: skip
    return render(request, "web/feed.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def new(request: HttpRequest) -> HttpResponse:
    """One more feed."""
    return _form(request, None)


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Another map for a feed."""
    _found(name)
    return _form(request, name)


def _form(request: HttpRequest, name: str | None) -> HttpResponse:
    actor: Actor = actor_of(request)
    text = (feed_folder() / f"{name}.toml").read_text("utf-8", errors="replace") if name else _EXAMPLE
    form = FeedForm(request.POST or None, initial={"feed": name or "", "text": text})
    form.fields["feed"].disabled = bool(name)
    made = carry_out(form, lambda given: set_feed(actor, feed=given["feed"], text=given["text"].replace("\r\n", "\n")))
    if made is not None:
        done(request, _("数据源%(name)s已保存。") % {"name": made.pk})
        return redirect("feed", name=made.pk)
    title = name or _("新数据源")
    crumbs = _crumbs((title, ""))
    back = reverse("feeds")
    return show_form(request, form, title=title, submit=_("保存"), back=back, crumbs=crumbs, wide=("text",))


@require_POST
@page("administrator")
def do(request: HttpRequest, name: str, what: str) -> HttpResponse:
    """Run it now, or end it."""
    actor = actor_of(request)
    _found(name)
    if what == "end":
        end_feed(actor, feed=name)
        done(request, _("数据源%(name)s已停用，对照文件还在。") % {"name": name})
        return redirect("feeds")
    if what != "run":
        raise NotFound("row.unknown", what=what)
    ask_feed(actor, feed=name)
    done(request, _("已排队，结果稍后显示在下面。"))
    return redirect("feed", name=name)
