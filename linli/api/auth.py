"""Who is behind a request: a bearer token, or the session of our own pages with its CSRF token."""

from __future__ import annotations

import threading
import time
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from linli.api.idempotency import Ticket, found_late, replay, ticket_for
from linli.api.problems import Forged
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.codecards.queries import narrowed
from linli.org.people.acts import token_digest
from linli.org.people.models import Account, Token
from linli.org.posts.queries import actor_for

_KEPT_S = 1.0
"""A token's actor is looked up at most once a second: a revoked token ends within that second."""
_MOST_KEPT = 2_000
_SAFE = ("GET", "HEAD", "OPTIONS")


class ApiRequest(HttpRequest):
    """A request behind which somebody stands; ``ticket`` is its idempotency key when it changes something."""

    auth: Actor
    ticket: Ticket


class Replayed(Exception):
    """This request was done before; its answer is given again."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__("replayed")
        self.answer = answer


class _Actors:
    """The actors of recent tokens, so that a machine sending 200 calls a second is not looked up 200 times."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, Actor]] = {}

    def get(self, digest: str) -> Actor | None:
        with self._lock:
            until, actor = self._held.get(digest, (0.0, None))
        return actor if until > time.monotonic() else None

    def keep(self, digest: str, actor: Actor) -> None:
        with self._lock:
            if len(self._held) >= _MOST_KEPT:
                self._held.clear()
            self._held[digest] = (time.monotonic() + _KEPT_S, actor)

    def forget(self) -> None:
        """Look everybody up anew."""
        with self._lock:
            self._held.clear()


ACTORS = _Actors()


def actor_by_token(word: str) -> Actor | None:
    """The actor behind a bearer token that is still good, or None."""
    digest = token_digest(word)
    known = ACTORS.get(digest)
    if known is not None:
        return known
    token = Token.objects.select_related("account__person").filter(digest=digest).first()
    if token is None or token.expires_at <= clock.now() or not token.account.is_active:
        return None
    actor = actor_for(token.account, door="api")
    ACTORS.keep(digest, actor)
    return actor


def bearer_of(header: str) -> str:
    """The token of an Authorization header, or nothing."""
    scheme, _, word = header.partition(" ")
    return word.strip() if scheme.lower() == "bearer" else ""


def actor_by_session(request: HttpRequest) -> Actor | None:
    """The actor behind the session of our own pages, or None."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not account.is_active:
        return None
    return narrowed(actor_for(account, door="page"), request.session)


def whoever(request: HttpRequest) -> Actor | None:
    """Who is behind a request that only reads, or None."""
    header = request.headers.get("Authorization")
    if header is not None:
        return actor_by_token(bearer_of(header))
    return actor_by_session(request)


class Bearer(AuthBase):
    """``Authorization: Bearer …``."""

    openapi_type: ClassVar[str] = "http"
    openapi_scheme: ClassVar[str] = "bearer"

    def __call__(self, request: HttpRequest) -> Actor | None:
        word = bearer_of(request.headers.get("Authorization", ""))
        actor = actor_by_token(word) if word else None
        return _entered(request, actor) if actor else None


class Session(AuthBase):
    """The session cookie of a signed-in page; what changes something needs the page's CSRF token too."""

    openapi_type: ClassVar[str] = "apiKey"
    openapi_in: ClassVar[str] = "cookie"
    openapi_name: ClassVar[str] = "sessionid"

    def __call__(self, request: HttpRequest) -> Actor | None:
        actor = None if "Authorization" in request.headers else actor_by_session(request)
        if actor is None:
            return None
        if request.method not in _SAFE and check_csrf(request):
            raise Forged("request.forged")
        return _entered(request, actor)


def _entered(request: Any, actor: Actor) -> Actor:
    """From here on the actor is known: whatever was done before under this key is answered at once."""
    if request.method == "POST":
        request.ticket = ticket_for(request, actor)
        before = None if found_late(request.ticket) else replay(request.ticket)
        if before is not None:
            raise Replayed(before)
    return actor


def on_replayed(request: HttpRequest, replayed: Replayed) -> HttpResponse:
    """The stored answer, byte for byte."""
    return replayed.answer
