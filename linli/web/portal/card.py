"""The residents' door without a sign-in: where the QR of a contact card leads (P6).

For an old telephone: large print, a few kilobytes, no script, no cookie. It shows what is public by duty and nothing of
who looks.
"""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from linli.kernel.errors import NotFound
from linli.org.rooms.queries import open_now
from linli.visits.cards.queries import Door, door_by_code, supervision_phone
from linli.visits.cards.rules import DANGER, DEFAULT_CALL_FOR, NEVER
from linli.web.portal.showing import LANGUAGES
from linli.works.files.queries import open_file

KEPT_S = 300
"""A telephone may keep the page so long: a new officer is known within minutes."""


def _door(code: str) -> Door:
    try:
        return door_by_code(code)
    except NotFound as unknown:
        raise Http404 from unknown


@require_safe
def grid(request: HttpRequest, code: str) -> HttpResponse:
    """Who answers for a grid today: officer, room, hours, telephone; and what police never ask for."""
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in LANGUAGES else (translation.get_language() or LANGUAGES[0])
    with translation.override("en" if language.startswith("en") else LANGUAGES[0]):
        door = _door(code)
        face = door.face
        context: dict[str, Any] = {
            "code": code,
            "face": face,
            "english": language.startswith("en"),
            "never": NEVER,
            "danger": DANGER,
            "call_for": DEFAULT_CALL_FOR,
            "supervision": supervision_phone(face.room) if face else "",
            "is_open": open_now(face.room) if face else False,
            "has_photo": bool(face and face.public and face.public.photo_id),
        }
        answer = render(request, "web/portal_grid.html", context)
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


@require_safe
def photo(request: HttpRequest, code: str) -> HttpResponseBase:
    """The photograph of the officer who answers for the grid today."""
    face = _door(code).face
    if face is None or face.public is None or face.public.photo_id is None:
        raise Http404
    try:
        held = open_file(face.public.photo_id)
    except FileNotFoundError as lost:
        raise Http404 from lost
    answer = FileResponse(held, content_type="image/jpeg")
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    return answer
