"""Who is behind a stream, at its beginning and every second after: a right that ends, ends inside open streams too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from linli.api.auth import bearer_of
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.people.acts import token_digest
from linli.org.people.models import Account, Token
from linli.org.people.queries import lacks_second_factor
from linli.org.posts.queries import actor_for

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Identity:
    """An actor and what he came with: the digest of a token, or the key of a session and the password it was made
    under.
    """

    actor: Actor
    account_id: int
    token: str = ""
    session: str = ""
    password: str = ""


def identified(headers: Iterable[tuple[bytes, bytes]]) -> Identity | None:
    """Who sends these headers, or None."""
    found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    if "authorization" in found:
        word = bearer_of(found["authorization"])
        return _by_token(word) if word else None
    return _by_cookie(found.get("cookie", ""))


def _by_token(word: str) -> Identity | None:
    digest = token_digest(word)
    token = Token.objects.select_related("account__person").filter(digest=digest).first()
    if token is None or token.expires_at <= clock.now() or not token.account.is_active:
        return None
    return Identity(actor_for(token.account, door="api"), token.account_id, token=digest)


def _by_cookie(header: str) -> Identity | None:
    try:
        cookie = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if cookie is None:
        return None
    request: Any = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    account = get_user(request)
    if not isinstance(account, Account) or not account.is_active or lacks_second_factor(account):
        return None
    return Identity(
        actor_for(account, door="page"),
        account.pk,
        session=request.session.session_key or "",
        password=account.password,
    )


def renewed(identities: Iterable[Identity]) -> dict[Identity, Actor | None]:
    """What has become of each: the actor with the posts he holds now, or None when his right to listen has ended."""
    held = list(identities)
    now = clock.now()
    tokens = _alive(Token, "digest", [one.token for one in held], expires_at__gt=now)
    sessions = _alive(Session, "session_key", [one.session for one in held], expire_date__gt=now)
    accounts: dict[int, Account] = {}
    for keys in _pieces(sorted({one.account_id for one in held})):
        rows = Account.objects.filter(pk__in=keys, is_active=True).select_related("person")
        accounts |= {account.pk: account for account in rows}
    actors: dict[tuple[int, str], Actor] = {}
    answer: dict[Identity, Actor | None] = {}
    for one in held:
        account = accounts.get(one.account_id)
        stands = one.token in tokens if one.token else one.session in sessions
        if account is None or not stands or (one.session and one.password != account.password):
            answer[one] = None
            continue
        key = (account.pk, one.actor.door)
        if key not in actors:
            actors[key] = actor_for(account, door=one.actor.door)
        answer[one] = actors[key]
    return answer


def _alive(model: Any, column: str, wanted: list[str], **still: datetime) -> set[str]:
    """Which of these keys still stand."""
    found: set[str] = set()
    for keys in _pieces(sorted({key for key in wanted if key})):
        found |= set(model.objects.filter(**{f"{column}__in": keys}, **still).values_list(column, flat=True))
    return found


def _pieces(keys: list[Any]) -> Iterable[list[Any]]:
    return (keys[i : i + _AT_ONCE] for i in range(0, len(keys), _AT_ONCE))
