"""The wall of the duty hall (大屏): rotates by itself, names nobody, can be all that its machine may show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from linli.insight.wall.queries import outlines, wall_of
from linli.kernel.errors import NotAllowed, declare
from linli.web.context import CHIEF, DESK, facts
from linli.web.guard import ONLY_WALL
from linli.web.visitor import actor_of, page

MAY = tuple(dict.fromkeys((*DESK, *CHIEF)))

declare(
    "wall.only",
    zh="这台设备已锁定为大屏，只能显示大屏。退出后重新登录即可解除。",
    en="This device is locked to the wall view and shows nothing else. Sign out and in again to end that.",
)

WORDS = {
    "wall.today": _("今日警情"),
    "wall.calls": _("未结警情"),
    "wall.map": _("警务室与力量"),
    "wall.reach": _("到场承诺覆盖"),
    "wall.count.calls": _("今日警情"),
    "wall.count.rooms": _("警务室办结"),
    "wall.count.late": _("超时"),
    "wall.open": _("未结"),
    "wall.before": _("昨日同时 {n}"),
    "wall.of": _("/ {n}"),
    "wall.more": _("另有 {n} 起"),
    "wall.quiet": _("没有未结警情"),
    "wall.late": _("超时"),
    "wall.waiting": _("待派"),
    "wall.running": _("处置中"),
    "wall.area": _("单位"),
    "wall.area_none": _("尚未分派"),
    "wall.within": _("{s} 秒内可到达"),
    "wall.addresses": _("门牌"),
    "wall.roads": _("道路"),
    "wall.worst": _("最薄弱"),
    "wall.step": _("{unit} 前置到 {room}，恢复最多"),
    "wall.no_reach": _("还没有道路或力量，无法计算"),
    "wall.since": _("画面停在 {at}，正在重新连接"),
    "wall.paused": _("已暂停，按空格继续"),
    "wall.room_open": _("警务室开放"),
    "wall.room_shut": _("警务室关门"),
    "wall.unit_free": _("力量待命"),
    "wall.unit_busy": _("力量出警"),
    "stage.waiting": _("待派"),
    "stage.ordered": _("已派"),
    "stage.on_scene": _("现场处置"),
}


def _unnamed(request: HttpRequest) -> dict[str, Any]:
    """What the page is told about itself: not even who hung it up."""
    return {
        "page_facts": facts(request, "", []),
        "page_words": {key: str(word) for key, word in WORDS.items()},
        "nav": [],
        "who": "",
        "who_posts": [],
    }


@never_cache
@require_GET
@page(*MAY)
@ensure_csrf_cookie
def wall(request: HttpRequest) -> HttpResponse:
    """The page; what it shows comes from ``data``. Locked, it never signs out by itself: the hall is never empty."""
    locked = bool(request.session.get(ONLY_WALL))
    context = _unnamed(request) | {"locked": locked}
    return render(request, "web/wall.html", context | {"idle_s": 0} if locked else context)


@never_cache
@require_GET
@page(*MAY)
def data(request: HttpRequest) -> HttpResponse:
    """The wall at this moment. Its shape is closed (``insight.wall.rules``): no name, number or door."""
    return JsonResponse(asdict(wall_of(actor_of(request))))


@never_cache
@require_GET
@page(*MAY)
def ground(request: HttpRequest) -> HttpResponse:
    """Outlines of the grids, asked for once."""
    return JsonResponse({"rings": outlines()})


@require_POST
@page(*MAY)
def lock(request: HttpRequest) -> HttpResponse:
    """From here on this session shows the wall and nothing else."""
    request.session[ONLY_WALL] = True
    return redirect("wall")


Answer = Callable[[HttpRequest], HttpResponse]
OPEN = ("/wall", "/static/", "/account/logout", "/sign-in", "/i18n/", "/healthz", "/readyz")


class WallOnly:
    """A session that was locked to the wall opens nothing else: whoever finds its keyboard finds only the wall."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or not request.session.get(ONLY_WALL) or request.path.startswith(OPEN):
            return self.get_response(request)
        if request.path.startswith("/api/") or request.method != "GET":
            refusal = NotAllowed("wall.only")
            return JsonResponse({"code": refusal.code, "title": refusal.words.zh}, status=refusal.status)
        return redirect("wall")
