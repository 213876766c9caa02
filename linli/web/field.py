"""The installable app of the field: its shell, its service worker, its manifest, and who is signed in.

The shell is the same for everybody and holds nothing of anybody: it may lie in a phone's cache for days. What an
officer takes along comes by /api/v1/field and is sealed on the phone (ADR 0115).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from linli.org.people.models import Account
from linli.web.field_words import field_words
from linli.web.second_factor import is_shut_out
from linli.web.visitor import actor_of

ENTRY = "src/field.ts"
WORKER = "src/sw.ts"
FIXED = (
    "linli/icons.svg",
    "linli/mark.svg",
    "linli/theme.js",
    "linli/field-192.png",
)
"""Files outside of the bundle that the shell shows."""
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)


@never_cache
@require_GET
def shell(request: HttpRequest, language: str = "") -> HttpResponse:
    """The page of the app, in one language: by the address for the worker's cache, else as the session speaks."""
    if language and language not in LANGUAGES:
        raise Http404
    return HttpResponse(shell_html(language or get_language() or settings.LANGUAGE_CODE))


@cache
def shell_html(language: str) -> str:
    """The shell, the same bytes for everybody who reads this language."""
    with override(language):
        facts = {
            "user": "",
            "posts": [],
            "icons": static("linli/icons.svg"),
            "demo": settings.LINLI_DEMO,
            "api": "/api/v1",
            "version": version(),
        }
        return render_to_string(
            "web/field.html", {"words": field_words(), "facts": facts, "language": language, "is_rtl": False}
        )


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker with the list of what this version of the shell is made of: another byte is another version."""
    body = _worker()
    if not body:
        raise Http404
    return HttpResponse(body, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@cache
def _worker() -> str:
    """Made once a process, from the bundle that this process hands out; empty when there is none."""
    file = _manifest().get(WORKER, {}).get("file")
    if not file:
        return ""
    listed = [{"url": url, "revision": revision} for url, revision in _precached()]
    return (
        f"self.LINLI_SHELL = {json.dumps({'version': version(), 'files': listed})};\n{_bytes('dist/' + file).decode()}"
    )


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the app among its own."""
    icons = [
        {"src": static("linli/field-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("linli/field-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("linli/field-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    return JsonResponse(
        {
            "id": "/field/",
            "name": gettext("邻里外勤"),
            "short_name": gettext("邻里外勤"),
            "lang": get_language(),
            "start_url": "/field/",
            "scope": "/field/",
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#0d131b",
            "theme_color": "#1b4e9b",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@never_cache
@require_GET
@ensure_csrf_cookie
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in on this phone now: {"person": null} or his id, name, posts, and the token of his forms."""
    account = request.user
    if not isinstance(account, Account) or is_shut_out(request, account):
        return JsonResponse({"person": None})
    actor = actor_of(request)
    return JsonResponse(
        {
            "person": str(actor.id),
            "name": actor.name,
            "posts": [post.code for post in actor.posts],
            "csrf": get_token(request),
        }
    )


@cache
def version() -> str:
    """A short name of what the shell is made of, the words of both languages included."""
    told = hashlib.sha256()
    for url, revision in _assets():
        told.update(f"{url}{revision}".encode())
    for language in LANGUAGES:
        with override(language):
            told.update(json.dumps(field_words(), sort_keys=True).encode())
    return told.hexdigest()[:8]


def _precached() -> Iterator[tuple[str, str | None]]:
    yield from _assets()
    for language in LANGUAGES:
        revision = hashlib.sha256(shell_html(language).encode()).hexdigest()[:16]
        yield f"/field/shell/{language}", revision


def _assets() -> Iterator[tuple[str, str | None]]:
    """Addresses of scripts and styles (named by their content: no revision) and of the fixed files."""
    for name in sorted(_files(_manifest(), ENTRY)):
        yield static(f"dist/{name}"), None
    for name in FIXED:
        yield static(name), hashlib.sha256(_bytes(name)).hexdigest()[:16]


def _files(chunks: dict[str, Any], name: str, seen: set[str] | None = None) -> set[str]:
    """Files that an entry loads at once: itself, what it imports, and their styles. What it imports later (the map)
    is fetched when somebody asks for it.
    """
    seen = set() if seen is None else seen
    if name in seen or name not in chunks:
        return set()
    seen.add(name)
    chunk = chunks[name]
    found = {chunk["file"], *chunk.get("css", ())}
    for below in chunk.get("imports", ()):
        found |= _files(chunks, below, seen)
    return found


@cache
def _manifest() -> dict[str, Any]:
    path = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    if not path.is_file():
        return {}
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def _bytes(name: str) -> bytes:
    found = finders.find(name)
    return Path(str(found)).read_bytes() if found else b""
