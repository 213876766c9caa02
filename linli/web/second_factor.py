"""A password alone opens nothing: whoever has no second factor yet sees only the pages that set one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from linli.kernel.errors import NotAllowed, declare
from linli.org.codecards.queries import IN_SESSION, is_in_use
from linli.org.people.models import Account
from linli.org.people.queries import lacks_second_factor

declare(
    "account.no_second_factor",
    zh="请先在“登录保护”页设置通行密钥或动态码。",
    en="Set up a passkey or an authenticator app first, on the page Sign-in protection.",
)

SETUP_PAGES = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "account_logout",
        "account_login",
        "sign_in",
        "set_language",
        "still_here",
        "card_sign_in",
        "card_pin",
    }
)
"""By their names in the addresses: what an account without a second factor may open."""

_HEALTH = ("/healthz", "/readyz", "/metrics")
_MACHINES = ("/api/", "/eido/")
"""Doors that never look at a session when a token is sent along, and that are told no in JSON."""

_LACKS = "_lacks_second_factor"
"""Under this name a request carries what was found, so that its page need not ask again."""


def is_shut_out(request: HttpRequest, account: Account) -> bool:
    """Whether this account must set up a second factor first; asked of the database once a request."""
    found = vars(request).get(_LACKS)
    return found if isinstance(found, bool) else _lacks(request, account)


def _lacks(request: HttpRequest, account: Account) -> bool:
    """A card with its PIN on its own phone is two factors, as long as the card is in use."""
    card = request.session.get(IN_SESSION)
    return not is_in_use(str(card)) if card else lacks_second_factor(account)


Answer = Callable[[HttpRequest], HttpResponse]


class SecondFactor:
    """Middleware behind sign-in: pages lead to the setup, calls with the session's cookie are refused."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]
    ) -> HttpResponse | None:
        """None lets the request through."""
        match = request.resolver_match
        by_token = "Authorization" in request.headers and request.path.startswith(_MACHINES)
        if by_token or request.path in _HEALTH or (match is not None and match.url_name in SETUP_PAGES):
            return None
        account = request.user
        if not isinstance(account, Account):
            return None
        vars(request)[_LACKS] = lacks = _lacks(request, account)
        if not lacks:
            return None
        if request.path.startswith(_MACHINES):
            refusal = NotAllowed("account.no_second_factor")
            return JsonResponse(refusal.as_problem(), status=refusal.status, content_type="application/problem+json")
        if IN_SESSION in request.session:
            logout(request)
            return redirect("card_sign_in")
        return redirect("mfa_index")
