"""The ledger: one list for every kind, its filters, columns and saved lists; and one form for every declared kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from linli.kernel import clock
from linli.kernel.acts import may
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import State
from linli.matters.exporting.queries import template_home
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import Kind
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries.pages import Page, near_of, page_and_count, read_place
from linli.matters.ledger.rules import FILTERS, SORTS, asked_of
from linli.matters.ledger.rules.columns import COLUMNS, Column, shown_columns
from linli.matters.routing.queries import category
from linli.matters.runs.rules import VERBS
from linli.matters.saved.queries import chosen_columns, saved_filters
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.web.visitor import actor_of, page

PAGE_ROWS = 50
MOST_TAKERS = 400
QUICK: tuple[tuple[str, dict[str, str]], ...] = (
    ("all", {}),
    ("open", {"open": "1"}),
    ("late", {"late": "1"}),
    ("expires", {"expires_in": "7"}),
    ("unassigned", {"unassigned": "1"}),
    ("countersign", {"countersign": "1"}),
    ("repeated", {"repeated": "address"}),
    ("mine", {"mine": "1"}),
)
QUICK_WORDS = {
    "all": _("全部"),
    "open": _("未结"),
    "late": _("超时"),
    "expires": _("7天内到期"),
    "unassigned": _("无人经办"),
    "countersign": _("待审签"),
    "repeated": _("重复发生"),
    "mine": _("我经办"),
}
_FIELDS = frozenset(
    (
        *("q", "kind", "state", "agency", "from", "to", "category"),
        *("priority", "expires_in", "repeated", "grid", "assignee"),
    )
)
"""The filters that the bar itself asks for; any other of the address is kept when it is used."""
_QUICK_NAMES = {name for _, asked in QUICK for name in asked}


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds that one of the actor's posts may open; calls have the desk for it."""
    return [kind for kind in KINDS.values() if kind.code != "incident" and actor.holds(*kind.opens)]


def _states(kind: str) -> list[State]:
    """The states to choose from: those of the kind, or of all kinds, each name once."""
    kinds = [KINDS[kind]] if kind in KINDS else list(KINDS.values())
    return list({state.name: state for one in kinds for state in one.workflow.states}.values())


def address(asked: dict[str, str], **more: str) -> str:
    """The address of the ledger under these filters."""
    query = urlencode({key: value for key, value in {**asked, **more}.items() if value})
    return f"/matters?{query}" if query else "/matters"


@never_cache
@require_GET
@page()
@ensure_csrf_cookie
def index(request: HttpRequest) -> HttpResponse:
    """What the actor may see under the filters of the address, which is the list's permalink."""
    actor, at = actor_of(request), clock.now()
    given = request.GET.dict()
    asked, cursor = asked_of(given), given.get("cursor", "")
    sort = given.get("sort", "") if given.get("sort", "") in SORTS else "received"
    place = read_place(cursor) if cursor else None
    shown, count = page_and_count(actor, asked, place=place, limit=PAGE_ROWS, sort=sort, at=at)
    order = {"sort": sort} if sort != "received" else {}
    kind = asked.get("kind", "")
    columns = shown_columns(chosen_columns(actor), KINDS[kind].columns if kind in KINDS else None)
    context = {
        **_form(actor, asked, kind),
        "columns": columns,
        "all_columns": list(COLUMNS.values()),
        "heads": [_head(one, asked, sort) for one in columns],
        "rows": [_row(matter, columns) for matter in shown.rows],
        "near": [_row(matter, columns) for matter in (near_of(actor, asked, shown.rows) if not cursor else [])],
        "count": count,
        "shown": len(shown.rows),
        "previous": address({**asked, **order}, cursor=str(shown.previous)) if shown.previous else "",
        "next": address({**asked, **order}, cursor=str(shown.next)) if shown.next else "",
        "first": address({**asked, **order}) if cursor else "",
        "sort": sort,
        "query": urlencode({**asked, **order}),
        "tabs": _tabs(asked),
        "saved": saved_filters(actor),
        "at": at,
        "may_open": kinds_for(actor),
        **_many(actor, shown),
    }
    return render(request, "web/matters.html", context)


def _form(actor: Actor, asked: dict[str, str], kind: str) -> dict[str, Any]:
    """What the filter bar offers, and what is chosen now, each with the address without it."""
    below = [path for path in actor.paths if path != "/"]
    agencies = Agency.objects.visible_to(actor).at_work().exclude(kind="partner").order_by("path")
    mine = [row for row in agencies if any(row.path.startswith(path) for path in below)] if below else list(agencies)
    beyond = {name for name in asked if name not in ("q", "kind", "state", "agency") and name not in _QUICK_NAMES}
    return {
        "asked": asked,
        "reset": "/matters" if asked else "",
        "kinds": list(KINDS.values()),
        "states": _states(kind),
        "agencies": mine[:400],
        "flags": [(one.name, one.words, asked.get(one.name, "")) for one in FILTERS.values() if one.form == "flag"],
        "repeats": FILTERS["repeated"].choices,
        "more_open": bool(beyond),
        "several": {
            name: value for name, value in asked.items() if name in ("kind", "state", "agency") and "," in value
        },
        "kept": [
            (name, value) for name, value in asked.items() if name not in _FIELDS and FILTERS[name].form != "flag"
        ],
        "chosen": [
            (filter_said(name, value), address({k: v for k, v in asked.items() if k != name}))
            for name, value in asked.items()
        ],
    }


def filter_said(name: str, value: str) -> Words:
    """A chosen filter in words: its name, and the value where it is not only yes."""
    declared = FILTERS[name]
    told = Words(value, value)
    if name in ("kind", "state"):
        known = {kind.code: kind.words for kind in KINDS.values()}
        known |= {state.name: state.words for state in _states("")} if name == "state" else {}
        each = [known.get(one, Words(one, one)) for one in value.split(",")]
        told = Words("、".join(one.zh for one in each), ", ".join(one.en for one in each))
    elif declared.choices:
        told = dict(declared.choices).get(value, told)
    elif name == "category":
        found = category(value)
        told = Words(found.zh, found.en) if found else told
    elif name in ("agency", "place"):
        row = Agency.objects.filter(code=value).only("name").first()
        told = Words(row.name, row.name) if row else told
    if declared.form == "flag":
        return declared.words if value == "1" else Words(f"不含{declared.words.zh}", f"not {declared.words.en}")
    return Words(f"{declared.words.zh}：{told.zh}", f"{declared.words.en}: {told.en}")


def _tabs(asked: dict[str, str]) -> list[dict[str, Any]]:
    """The lists that everybody asks for; the other filters stay when one changes over."""
    rest = {name: value for name, value in asked.items() if name not in _QUICK_NAMES}
    quick = {name: value for name, value in asked.items() if name in _QUICK_NAMES}
    return [
        {
            "words": QUICK_WORDS[name],
            "href": address({**rest, **one}),
            "current": quick == one,
            "danger": name == "late",
        }
        for name, one in QUICK
    ]


def _head(column: Column, asked: dict[str, str], sort: str) -> dict[str, Any]:
    """A column's head; one that sorts leads to the list in its order."""
    href = order = ""
    if column.sort == "received":
        href = address(asked, sort="oldest" if sort == "received" else "")
        order = {"received": "descending", "oldest": "ascending"}.get(sort, "")
    elif column.sort == "due":
        href, order = address(asked, sort="" if sort == "due" else "due"), "ascending" if sort == "due" else ""
    return {"column": column, "href": href, "order": order}


def _row(matter: Matter, columns: Iterable[Column]) -> dict[str, Any]:
    return {
        "matter": matter,
        "kind": KINDS[matter.kind],
        "late": matter.closed_at is None
        and (matter.late_since is not None or (matter.due_at is not None and matter.due_at < clock.now())),
        "cells": [_cell(matter, column) for column in columns],
    }


def _cell(matter: Matter, column: Column) -> dict[str, Any]:
    """What stands in a cell, and how it is drawn."""
    name = column.name
    value: Any = getattr(matter, name, None)
    if name == "kind":
        value = KINDS[matter.kind].words
    elif name == "state":
        value = matter.workflow.state(matter.state).words
    elif name == "category":
        listed = category(matter.category) if matter.category else None
        value = Words(listed.zh, listed.en) if listed else ""
    elif name in ("grid", "agency", "station", "assignee"):
        value = value.name if value else ""
    elif name == "details":
        value = matter.details.get("narrative") or next((str(one) for one in matter.details.values()), "")
    elif name == "title" and not value:
        value = KINDS[matter.kind].words
    form = "moment" if name.endswith("_at") else name
    return {"name": name, "form": form, "words": column.words, "value": value}


def _many(actor: Actor, shown: Page) -> dict[str, Any]:
    """What may be done to chosen rows, and whom they may be given to."""
    path = actor.paths[0] if actor.paths else None
    verbs = [verb for verb in VERBS.values() if may(actor, "matter.bulk", None) and may(actor, verb.act, path)]
    takers = Person.objects.visible_to(actor).filter(left_on__isnull=True).distinct().order_by("name")
    home = template_home(actor)
    return {
        "verbs": verbs,
        "may_export": may(actor, "matter.export", None),
        "may_template": home is not None and may(actor, "export.set_template", home.path),
        "people": [(person.staff_no, person.name) for person in takers[:MOST_TAKERS]] if verbs and shown.rows else [],
        "own_agencies": Agency.objects.filter(pk__in=[post.agency_id for post in actor.posts]),
    }


@never_cache
@require_GET
@page()
@ensure_csrf_cookie
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of a kind, as the kind declares it."""
    declared = next((one for one in kinds_for(actor_of(request)) if one.code == kind), None)
    if declared is None:
        raise NotFound("row.unknown", what=kind)
    return render(request, "web/matter_new.html", {"kind": declared, "kinds": kinds_for(actor_of(request))})
