"""What every page of the residents' door has in common: language, headers, the form's own proof of time."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from linli.kernel import clock

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

LANGUAGES = ("zh-hans", "en")
OLDEST_S, YOUNGEST_S = 24 * 3600, 2
"""A form is taken up to a day after it was opened, and not within two seconds: nobody types so fast."""
_SALT = "linli.portal.form"
TRAP = "website"
"""A field that people do not see; who fills it in is no person."""


def told_language(request: HttpRequest) -> str:
    """``?lang=``, else what the browser asks for."""
    wanted = request.GET.get("lang", "")
    told = wanted if wanted in LANGUAGES else (translation.get_language() or LANGUAGES[0])
    return "en" if told.startswith("en") else LANGUAGES[0]


def open_door(view: View[P]) -> View[P]:
    """A page for anybody: in the asked language, without a cookie or a session, never kept by a proxy or found by a
    search engine. Nobody is signed in here, so no other page could misuse it: it needs no CSRF cookie.
    """

    @csrf_exempt
    @functools.wraps(view)
    def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with translation.override(told_language(request)):
            answer = view(request, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "private, no-store")
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex"
        patch_vary_headers(answer, ["Accept-Language"])
        return answer

    return opened


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the door; ``switch`` is the same page in the other language."""
    english = told_language(request) == "en"
    other = request.GET.copy()
    other["lang"] = LANGUAGES[0] if english else "en"
    more = {"english": english, "switch": f"?{other.urlencode()}", "trap": TRAP}
    return render(request, template, {**more, **context}, status=status)


def form_proof() -> dict[str, str]:
    """What a fresh form carries hidden: when it was opened, signed; and its own secret, by which the same form sent
    twice is one report.
    """
    opened = signing.dumps(int(clock.now().timestamp()), salt=_SALT)
    return {"opened": opened, "once": secrets.token_urlsafe(18)}


def proof_fault(opened: str, *, trap: str) -> str:
    """Why a form is not believed: ``trap``, ``fast``, ``old``; empty when it is."""
    if trap:
        return "trap"
    try:
        at_s = int(signing.loads(opened, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return "old"
    age_s = clock.now().timestamp() - at_s
    return "fast" if age_s < YOUNGEST_S else "old" if age_s > OLDEST_S else ""
