"""Headers of every answer, and the end of a session that nobody touches."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'self'; "
    "script-src 'self'; "
    "worker-src 'self'; "
    "style-src 'self'; "
    # The map draws icons and patterns from data and blob addresses; nothing comes from outside.
    "img-src 'self' data: blob:; "
    # What was just recorded on a phone is listened to before it is sent.
    "media-src 'self' blob:; "
    "connect-src 'self'; "
    "frame-ancestors 'none'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "object-src 'none'"
)
TOUCHED = "touched_at"
ONLY_WALL = "only_wall"
"""Set in a session that shows the wall of the duty hall and nothing else (``web.wall``)."""
# Written at most this often: a session row is not rewritten by every request.
GRAIN_S = 30


def idle_limit_s() -> int:
    """Seconds without a touch after which a session ends; 0 never."""
    return int(getattr(settings, "LINLI_IDLE_S", 0))


class Headers:
    """Lets a page run only what this house serves: no inline script, nothing from outside, nobody may frame it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        answer.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(self)")
        return answer


class IdleSignOut:
    """Ends a session after LINLI_IDLE_S without a person's touch (0: never). Polls are not a touch."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit_s = idle_limit_s()
        if limit_s and request.user.is_authenticated:
            now = time.time()
            touched = float(request.session.get(TOUCHED, now))
            if now - touched > limit_s:
                logout(request)
            elif TOUCHED not in request.session or (is_touch(request) and now - touched > GRAIN_S):
                request.session[TOUCHED] = now
        return self.get_response(request)


def is_touch(request: HttpRequest) -> bool:
    """A page opened, or something done; a phone on duty keeps its session by reporting where it is, a wall that is
    locked to itself by showing.
    """
    if request.path.startswith("/wall/"):
        return bool(request.session.get(ONLY_WALL))
    if request.path.startswith("/t/"):
        # A session that is touched says when: nobody's look at the anonymous pages may.
        return False
    return not request.path.startswith("/api/") or request.method != "GET"
