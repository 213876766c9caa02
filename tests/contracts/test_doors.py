"""Every URL refuses a stranger but for a written list, and the API promises what the snapshot says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from tools import openapi

OPEN = {
    "sign-in/": "whoever wants to sign in has not yet signed in",
    "sign-in/card*": "whoever comes with a code card has not yet signed in; it shows only the name on a bound phone",
    "healthz": "a load balancer asks whether the process lives; the answer says nothing else",
    "readyz": "a load balancer asks whether it may send calls; the answer says nothing else",
    "api/v1/openapi.json": "what the API promises is public, like its source",
    "api/v1/field/devices/<device>/state": "a locked phone asks whether to erase itself: yes or no, by a secret id",
    "ogc/openapi.json": "what the collections of the map promise is public, like its source",
    "api/v1/": "the API's root: there is nothing there, and it says so",
    "i18n/*": "only changes the language of the page",
    "demo/sign-in/*": "a role by a tap, in a demo installation only; elsewhere there is no such page",
    "alerts/*": "warnings to residents as an Atom feed of CAP 1.2: what was published, for anybody",
    "calendar/*": "the secret address is the key (ADR 0213): one's own times and places; any other address is 404",
    "door": "the residents' door: what anybody may ask and send, no sign-in, no cookie",
    "door/*": "the same; what was sent is shown to its number and follow code only",
    "open311/*": "GeoReport v2: anybody may report, and read what the office made public (ADR 0171)",
    "p/*": "the residents' pages behind a QR: what is public by duty, no sign-in, no cookie",
    "t/*": "anonymous tips: no sign-in, no cookie; what is there is opened by a receipt only",
    "r/*": "the door plate's page: residents report without a sign-in, and it shows nothing that is stored",
    "field/*": "the field app's shell, worker and manifest, the same for everybody; a stranger is told that he is one",
    "account/*": "sign-in, second factor and sign-out by allauth, which guards its own pages",
}
"""Routes that answer anybody, each with the reason; a star stands for everything below."""
REFUSED = {401, 403, 405}
SAMPLES = {IntConverter: "1", UUIDConverter: "018f0000-0000-7000-8000-000000000000"}


def routes(patterns: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every route as written, and an address that matches it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, address(route)


def address(route: str) -> str:
    """A path that this route matches."""
    path = re.sub(r"<uuid:\w+>", SAMPLES[UUIDConverter], route)
    path = re.sub(r"<int:\w+>", SAMPLES[IntConverter], path)
    path = re.sub(r"<(\w+:)?\w+>", "JQ20261122-000001", path)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path)
    return "/" + re.sub(r"[\^$?]|\\Z", "", path).replace("\\", "")


ROUTES = dict(routes())


def is_open(route: str) -> bool:
    return any(route == known or (known.endswith("*") and route.startswith(known[:-1])) for known in OPEN)


def test_there_are_routes() -> None:
    assert ROUTES


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in sorted(ROUTES) if not is_open(route)])
def test_a_stranger_is_refused(route: str) -> None:
    for method in ("get", "post", "put", "patch", "delete"):
        answer = getattr(Client(), method)(ROUTES[route])
        if answer.status_code in {301, 302}:
            assert answer["Location"].startswith(("/sign-in", "/account/")), (method, answer["Location"])
        else:
            assert answer.status_code in REFUSED, method


def test_the_list_of_open_routes_is_not_longer_than_needed() -> None:
    assert not [known for known in OPEN if not any(route.startswith(known.rstrip("*")) for route in ROUTES)]


@pytest.mark.django_db
def test_the_api_promises_what_the_snapshot_says() -> None:
    assert openapi.TARGET.is_file(), "tools/snapshot writes it"
    assert openapi.promised() == openapi.TARGET.read_text(), (
        "if the change is meant: tools/snapshot, and look at its diff"
    )
