"""Signed in with a password alone: nothing opens but the pages that set up a second factor."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as house
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from linli.api.live.identity import identified
from linli.org.people.acts import make_token, open_account
from linli.org.people.models import Account
from linli.web.second_factor import SETUP_PAGES
from tests.town import SETUP, Town

WORD = "a-long-password-1"
GUARD = "linli.web.second_factor.SecondFactor"
SECRET = "JBSWY3DPEHPK3PXP"
HEALTH = {"/healthz", "/readyz", "/metrics"}


@pytest.fixture
def account(town: Town, settings: Settings) -> Account:
    settings.LINLI_DEMO = False
    return open_account(SETUP, username="chief", person=town.people["station_chief"], password=WORD)


def by_password(account: Account) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"login": account.username, "password": WORD})
    assert answer.status_code == 302
    return client


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> dict[str, str]:
    """Every address without a parameter, and its name."""
    found: dict[str, str] = {}
    for one in patterns:
        here = before + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLResolver):
            found |= addresses(list(one.url_patterns), here)
        elif "<" not in here and "(" not in here:
            found[here] = one.name or ""
    return found


def left_open(client: Client) -> set[str]:
    """Addresses that show this visitor something else than the way to the setup or a refusal."""
    shown = set()
    for path, name in addresses(list(get_resolver().url_patterns)).items():
        if name in SETUP_PAGES or path in HEALTH or path == "/account/logout/":
            continue
        answer = client.get(path)
        shut = answer.status_code == 302 and answer["Location"] == "/account/2fa/"
        if not shut and not (answer.status_code == 403 and b"account.no_second_factor" in answer.content):
            shown.add(path)
    return shown


def test_only_the_setup_opens(account: Account) -> None:
    client = by_password(account)
    assert left_open(client) == set()
    setup = client.get("/account/2fa/")
    assert setup.status_code == 200
    assert "请先设置通行密钥或动态码" in setup.content.decode()
    assert 'href="/desk"' not in setup.content.decode()
    for path in ("/account/2fa/totp/activate/", "/account/2fa/webauthn/add/", "/healthz"):
        assert client.get(path).status_code == 200, path
    assert client.post("/i18n/set", {"language": "en"}).status_code == 302
    assert "Sign-in protection" in client.get("/account/2fa/").content.decode()
    assert client.post("/account/logout/").status_code == 302


def test_without_the_guard_the_house_stands_open(account: Account, settings: Settings) -> None:
    settings.MIDDLEWARE = [name for name in house.MIDDLEWARE if name != GUARD]
    assert {"/today", "/matters", "/api/v1/matters"} <= left_open(by_password(account))


def test_calls_with_the_cookie_are_refused_and_tokens_are_not(account: Account) -> None:
    client = by_password(account)
    refused = client.get("/api/v1/matters")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    told = json.loads(refused.content)
    assert told["code"] == "account.no_second_factor"
    assert told["title"] and told["title_en"]
    word = make_token(SETUP, account=account, days=1)
    assert client.get("/api/v1/matters", headers={"authorization": f"Bearer {word}"}).status_code == 200
    assert client.get("/today", headers={"authorization": f"Bearer {word}"})["Location"] == "/account/2fa/"
    assert identified([(b"cookie", f"{house.SESSION_COOKIE_NAME}={client.session.session_key}".encode())]) is None


def test_recovery_codes_alone_are_no_second_factor(account: Account) -> None:
    client = by_password(account)
    RecoveryCodes.activate(account)
    assert client.get("/today")["Location"] == "/account/2fa/"


def test_set_up_then_asked_for_at_every_sign_in(account: Account) -> None:
    client = by_password(account)
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert "验证码或密钥不正确" in wrong.content.decode()
    assert client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/today").status_code == 200
    assert client.get("/api/v1/matters").status_code == 200
    assert Authenticator.objects.filter(user=account, type="recovery_codes").exists()
    again = Client()
    asked = again.post("/sign-in/", {"login": "chief", "password": WORD})
    assert asked["Location"].startswith("/account/2fa/authenticate/")
    assert again.get("/today")["Location"].startswith("/sign-in/")
    codes = Authenticator.objects.get(user=account, type="recovery_codes").wrap().get_unused_codes()
    assert again.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert again.get("/today").status_code == 200
    third = Client()
    third.post("/sign-in/", {"login": "chief", "password": WORD})
    assert third.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 200, "each code works once"


def test_a_factor_that_is_taken_away_shuts_the_house_again(account: Account) -> None:
    client = by_password(account)
    TOTP.activate(account, SECRET)
    assert client.get("/today").status_code == 200
    Authenticator.objects.filter(user=account).delete()
    assert client.get("/today")["Location"] == "/account/2fa/"


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
