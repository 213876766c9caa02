"""The bridge between the ASGI server and the WSGI pages (ADR 0062)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from linli.api.live.bridge import MOST_BODY_BYTES, Bridge, environ_of

Messages = list[dict[str, Any]]


def scope(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/街/一", "query_string": b"q=%E4%B8%80",
        "headers": list(headers), "server": ("127.0.0.1", 80), "client": ("10.0.0.1", 5), "scheme": "https",
    }  # fmt: skip


def asked(application: Any, received: Messages) -> Messages:
    """What the bridge sends for these messages of a client."""
    sent: Messages = []
    waiting = iter(received)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(Bridge(application, threads=2)(scope(), receive, send))
    return sent


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("201 Created", [("X-Length", environ["CONTENT_LENGTH"])])
    return [environ["wsgi.input"].read()]


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_pieces_arrives_whole_and_the_answer_leaves_in_one() -> None:
    sent = asked(echo, [part(b"a", more=True), part(b"b", more=True), part(b"c", more=False)])
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    assert (sent[0]["status"], sent[0]["headers"]) == (201, [(b"x-length", b"3")])
    assert sent[1]["body"] == b"abc" and not sent[1].get("more_body")


@pytest.mark.parametrize("before", [[], [part(b"a", more=True)]])
def test_a_client_that_leaves_starts_nothing(before: Messages) -> None:
    def never(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise AssertionError("the application ran")

    assert asked(never, [*before, {"type": "http.disconnect"}]) == []


def test_a_body_without_end_is_refused_unread() -> None:
    many = [part(b"x" * 1_000_000, more=True)] * (MOST_BODY_BYTES // 1_000_000 + 2)
    sent = asked(echo, many)
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert b"request.too_large" in sent[1]["body"]


def test_a_long_answer_leaves_in_pieces_and_is_closed() -> None:
    closed = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"x" * 200_000] * 5)

        def close(self) -> None:
            closed.append(True)

    def long(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        start("200 OK", [])
        return Pieces()

    sent = asked(long, [part(b"", more=False)])
    bodies = [one for one in sent if one["type"] == "http.response.body"]
    assert len(bodies) > 2 and sum(len(one["body"]) for one in bodies) == 1_000_000
    assert [bool(one.get("more_body")) for one in bodies] == [True] * (len(bodies) - 1) + [False]
    assert closed == [True]


def test_headers_are_told_as_the_gateway_interface_wants_them() -> None:
    told = environ_of(
        scope(
            (b"x_forwarded_proto", b"https"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-one", b"1"),
            (b"x-one", b"2"), (b"content-type", b"text/plain"), (b"content-length", b"999"),
        ),
        b"body",
    )  # fmt: skip
    assert "HTTP_X_FORWARDED_PROTO" not in told, "an underscore would pass for the proxy's own header"
    assert (told["HTTP_COOKIE"], told["HTTP_X_ONE"]) == ("a=1;b=2", "1,2")
    assert (told["CONTENT_TYPE"], told["CONTENT_LENGTH"]) == ("text/plain", "4"), "the length that was really read"
    assert told["PATH_INFO"].encode("latin-1").decode() == "/街/一"
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == ("10.0.0.1", "https")
