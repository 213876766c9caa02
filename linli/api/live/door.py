"""The ASGI application of the house: ``/api/v1/live`` is served here, everything else goes to the pages and the API."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from pydantic_core import to_json

from linli.api.live.bridge import Bridge, Receive, Scope, Send, Wsgi
from linli.api.live.events import READ_AT_ONCE, events_after, reach_of
from linli.api.live.hub import Hub, Stream
from linli.api.live.identity import identified
from linli.api.problems import CONTENT_TYPE, SignedOut, WrongMethod
from linli.kernel.errors import Refusal
from linli.trail.entries.acts import start_no_earlier
from linli.trail.seal.queries import head

LIVE_PATH = "/api/v1/live"
TOO_OLD = 10_000
"""Who missed more than this loads everything anew instead: it is quicker."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class House:
    """Pages, API and live feed behind one port."""

    def __init__(self, pages: Wsgi) -> None:
        self._pages = Bridge(pages)
        self._hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == LIVE_PATH:
            await self._feed(scope, receive, send)
        elif scope["type"] == "http":
            await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From start to end of the process."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                with suppress(Exception):
                    # Before the first ``linli init`` there is no trail to look at; /readyz says so.
                    await asyncio.to_thread(start_no_earlier)
                self._hub = Hub()
                self._hub.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._hub is not None:
                    self._hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _feed(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._hub is not None, "the server must send lifespan events"
        if scope["method"] != "GET":
            await _refuse(send, WrongMethod("request.wrong_method", method=scope["method"]))
            return
        identity = await asyncio.to_thread(identified, scope["headers"])
        if identity is None:
            await _refuse(send, SignedOut("request.signed_out"))
            return
        last = _last_id(scope)
        stream, position = await self._hub.join(identity, last)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._catch_up(send, stream, last, position)
            await _pump(stream, receive, send)
        finally:
            self._hub.leave(stream)

    async def _catch_up(self, send: Send, stream: Stream, last: int | None, position: int) -> None:
        """What the client missed, from the rows; or the word that it should load everything anew."""
        if last is None:
            await _say(send, b"retry: 1000\nid: %d\n\n" % position)
            return
        sealed, _ = await asyncio.to_thread(head)
        if last > sealed or position - last > TOO_OLD:
            stream.after = position
            await _say(send, b"event: reset\nid: %d\ndata: {}\n\n" % position)
            return
        await _say(send, b": resumed\n\n")
        reach = reach_of(stream.identity.actor)
        while last < position:
            events = await asyncio.to_thread(events_after, last, until=position)
            chunk = b"".join(event.chunk for event in events if event.seen_by(reach))
            if chunk:
                await _say(send, chunk)
            if len(events) < READ_AT_ONCE:
                return
            last = events[-1].position


async def _pump(stream: Stream, receive: Receive, send: Send) -> None:
    """Send what comes until the client leaves or its right to listen ends."""
    gone = asyncio.create_task(_until_gone(stream, receive))
    try:
        while not stream.ended:
            await stream.wake.wait()
            chunk = stream.take()
            if chunk:
                await _say(send, chunk)
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _until_gone(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    stream.end()


async def _say(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


def _last_id(scope: Scope) -> int | None:
    """The position after which the client wants to go on; None for a new one."""
    for name, value in scope["headers"]:
        if name == b"last-event-id":
            with suppress(ValueError):
                return max(0, int(value[:20]))
            return None
    return None


async def _refuse(send: Send, refusal: Refusal) -> None:
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": to_json(refusal.as_problem())})
