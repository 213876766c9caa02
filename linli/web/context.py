"""What every page needs: the words for its scripts, who looks, where he may go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from linli.org.posts.rules import POSTS
from linli.web.guard import idle_limit_s
from linli.web.second_factor import is_shut_out
from linli.web.visitor import actor_of
from linli.web.words import words

DESK = ("call_taker", "dispatcher", "station_desk", "station_chief")
PHONE = ("community_officer", "auxiliary", "assistant")
CHIEF = ("station_chief", "bureau_leader", "dispatcher", "station_desk")
ROOMS = (
    "station_chief",
    "community_officer",
    "administrator",
    "bureau_leader",
    "dispatcher",
    "station_desk",
    "auditor",
)
REGISTER = (
    "station_chief",
    "community_officer",
    "station_desk",
    "assistant",
    "auxiliary",
    "grid_worker",
    "information_officer",
    "liaison_cadre",
    "bureau_leader",
    "administrator",
    "auditor",
)
"""Who opens the register of who lives where; whom one sees there is another question."""
MAP = tuple(dict.fromkeys((*DESK, *PHONE, *CHIEF, *ROOMS)))

DAY = (
    *CHIEF,
    *PHONE,
    "grid_worker",
    "information_officer",
    "liaison_cadre",
    "property_manager",
    "safety_watcher",
    "partner_officer",
    "tips_desk",
    "mediator",
    "lawyer",
)
FIELD = (*PHONE, "grid_worker", "information_officer", "liaison_cadre", "safety_watcher")
"""Who is out and writes there; the app itself asks the house which forms a post may fill."""
MINE = tuple(post for post in POSTS if post not in (*CHIEF, "administrator"))
"""Who has fewer pages finds his own among them; the others by their name at the top."""
BOARD = ("bureau_leader", "station_chief", "dispatcher", "administrator", "auditor")
LISTS = (*BOARD, "community_officer", "station_desk")

LINE = (
    *("information_officer", "grid_worker", "liaison_cadre", "property_manager", "safety_watcher"),
    *("assistant", "auxiliary"),
    *("community_officer", "station_desk", "station_chief", "bureau_leader", "dispatcher"),
)
"""The line up and down: whoever reports, signs, sends or gets a task."""

MEDIATES = (
    *("mediator", "lawyer", "community_officer", "station_desk", "station_chief", "partner_officer"),
    *("grid_worker", "information_officer", "liaison_cadre", "property_manager", "assistant", "auxiliary"),
    *("bureau_leader", "dispatcher"),
)
"""Who may be named in a case, and who looks at disputes from outside."""

NAV = (
    ("desk", "/desk", _("接警台"), DESK),
    ("phone", "/phone", _("我的任务"), PHONE),
    ("field", "/field/", _("外勤"), FIELD),
    ("today", "/today", _("今日"), DAY),
    ("visits", "/visits", _("走访"), ("community_officer", "station_chief", "auxiliary", "assistant")),
    ("visit_list", "/visits/all", _("走访"), ("grid_worker", "information_officer")),
    ("campaigns", "/campaigns", _("专项走访"), ("bureau_leader",)),
    ("line", "/line", _("上报"), LINE),
    ("tasks", "/tasks", _("任务"), LINE),
    ("tips", "/tips", _("匿名线索"), ("tips_desk",)),
    ("mediation", "/mediation", _("调解"), MEDIATES),
    ("board", "/board", _("一盘棋"), ("bureau_leader", "dispatcher", "administrator", "auditor")),
    ("lists", "/lists", _("清单"), LISTS),
    ("matters", "/matters", _("台账"), tuple(POSTS)),
    (
        *("tickets", "/tickets", _("回单")),
        ("partner_officer", "station_desk", "station_chief", "community_officer", "dispatcher"),
    ),
    ("map", "/map", _("地图"), MAP),
    ("rooms", "/rooms", _("警务室"), ROOMS),
    ("population", "/register", _("实有人口"), REGISTER),
    ("organisation", "/organisation", _("组织"), ROOMS),
    ("mine", "/mine", _("我的"), MINE),
    ("administration", "/administration", _("管理"), ROOMS),
    ("wall", "/wall", _("大屏"), ("dispatcher", "station_desk", "station_chief", "bureau_leader")),
)

ICONS = {
    "administration": "tool",
    "desk": "headset",
    "phone": "device-mobile",
    "field": "walk",
    "today": "sun",
    "matters": "list-check",
    "map": "map",
    "line": "arrow-up",
    "tasks": "checklist",
    "tickets": "arrow-forward-up",
    "tips": "lock",
    "mediation": "heart-handshake",
    "visits": "walk",
    "visit_list": "walk",
    "campaigns": "flag",
    "rooms": "home",
    "population": "users",
    "organisation": "building",
    "board": "layout-grid",
    "lists": "clipboard-list",
    "mine": "user",
    "wall": "device-tv",
}
"""The shape beside the word; a page that has none yet gets a plain one."""


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of every template: lazily, so that pages of allauth pay nothing for it."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {
            "page_words": {},
            "page_facts": facts(request, "", []),
            "nav": [],
            "is_demo": settings.LINLI_DEMO,
            "idle_s": 0,
        }
    actor = actor_of(request)
    posts = [post.code for post in actor.posts]
    titles = list(dict.fromkeys(str(POSTS[code]) if code in POSTS else code for code in posts))
    shut = is_shut_out(request, request.user)
    nav = [
        {
            "name": name,
            "href": href,
            "label": label,
            "icon": ICONS.get(name, "file-text"),
            "current": request.path == href or request.path.startswith(f"{href}/"),
        }
        for name, href, label, may in NAV
        if actor.holds(*may) and not shut
    ]
    return {
        "page_words": words(),
        "page_facts": facts(request, actor.name, posts),
        "nav": nav,
        "who": actor.name,
        "who_posts": titles,
        "is_demo": settings.LINLI_DEMO,
        "idle_s": idle_limit_s(),
    }


def facts(request: HttpRequest, name: str, posts: list[str]) -> dict[str, Any]:
    """The block ``page`` for scripts."""
    resolved = getattr(request, "resolver_match", None)
    number = resolved.kwargs.get("number") if resolved else None
    return {
        "user": name,
        "posts": posts,
        "icons": static("linli/icons.svg"),
        "demo": settings.LINLI_DEMO,
        "api": "/api/v1",
        **({"number": number} if number else {}),
    }
