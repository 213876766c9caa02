"""The map of everything (社区要素一张图): its shell. Layers, figures and drawings come by the API, same rights."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from linli.kernel import clock
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.places.grid.queries import county_box
from linli.web.base_maps import base_maps
from linli.web.context import MAP
from linli.web.guard import POLICY
from linli.web.map_words import words
from linli.web.visitor import actor_of, page


@never_cache
@require_GET
@page(*MAP)
@ensure_csrf_cookie
def index(request: HttpRequest) -> HttpResponse:
    """The page. Hosts of configured base maps are the only ones that it may ask beside ours."""
    offered = base_maps()
    actor = actor_of(request)
    top = Agency.objects.visible_to(actor).filter(parent__isnull=True).exclude(kind="partner").order_by("path").first()
    facts = {
        "bases": [{"code": one.code, "zh": one.words.zh, "en": one.words.en, "credit": one.credit} for one in offered],
        "note": settings.LINLI_MAP_NOTE,
        "box": county_box(),
        "bureau": top.name if top else "",
        "today": clock.today().isoformat(),
        "may_close": holds_right(actor, "road.close", None),
    }
    answer = render(request, "web/map.html", {"map_facts": facts, "page_words_more": words()})
    hosts = " ".join(dict.fromkeys(host for one in offered for host in one.hosts))
    if hosts:
        wider = POLICY.replace("img-src 'self'", f"img-src 'self' {hosts}")
        answer.headers["Content-Security-Policy"] = wider.replace("connect-src 'self'", f"connect-src 'self' {hosts}")
    return answer
