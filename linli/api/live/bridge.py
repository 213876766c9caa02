"""Pages and API, which are WSGI, behind the ASGI server: a pool of threads, each with its own database connection.

Measured (research/platform.md §5): Django under ASGI costs 7-12 times the CPU of the same view under WSGI and opens a
connection for every request. Here each request runs whole in one thread; only its bytes cross to the event loop.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from queue import SimpleQueue
from typing import Any

from pydantic_core import to_json

from linli.api.problems import CONTENT_TYPE, TooLarge

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THREADS = 12
MOST_BODY_BYTES = 12_000_000
"""Beyond this a body is not read to its end; the application refuses what is too large for its own door long before."""
_AT_ONCE_BYTES = 262_144
_SEND_WAIT_S = 60.0


class Gone(Exception):
    """The client left before its request was read."""


class TooLong(Exception):
    """The body does not end."""


@dataclass(slots=True)
class _Answer:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class Threads:
    """Threads that do what a loop gives them. An executor makes a lock, a condition and two futures a request."""

    def __init__(self, count: int) -> None:
        self._queue: SimpleQueue[_Given] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"page-{number}", daemon=True).start()

    def run(self, loop: asyncio.AbstractEventLoop, deed: Callable[[], bytes | None]) -> asyncio.Future[bytes | None]:
        """What ``deed`` returns or raises, for the loop to wait for."""
        future = loop.create_future()
        self._queue.put((deed, loop, future))
        return future

    def _work(self) -> None:
        while True:
            deed, loop, future = self._queue.get()
            result, error = None, None
            try:
                result = deed()
            except BaseException as failed:  # noqa: BLE001  (whatever it is belongs to the request that waits)
                error = failed
            with suppress(RuntimeError):  # the loop has ended before the answer
                loop.call_soon_threadsafe(_settle, future, result, error)
            del deed, future, result, error


_Given = tuple[Callable[[], bytes | None], asyncio.AbstractEventLoop, "asyncio.Future[bytes | None]"]


def _settle(future: asyncio.Future[bytes | None], result: bytes | None, error: BaseException | None) -> None:
    if future.done():
        return  # the client has gone
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


class Bridge:
    """An ASGI application that runs a WSGI application in threads."""

    def __init__(self, application: Wsgi, *, threads: int = THREADS) -> None:
        self._application = application
        self._threads = Threads(threads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _read(receive)
        except Gone:
            return
        except TooLong:
            await _refuse(send)
            return
        loop = asyncio.get_running_loop()
        answer = _Answer()

        def send_now(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(_send(send, message), loop).result(_SEND_WAIT_S)

        environ = environ_of(scope, body)
        rest = await self._threads.run(loop, lambda: self._run(environ, answer, send_now))
        if rest is not None:
            await send(_start(answer))
            await send({"type": "http.response.body", "body": rest})
        else:
            await send({"type": "http.response.body", "body": b""})

    def _run(self, environ: dict[str, Any], answer: _Answer, send_now: Callable[[Message], None]) -> bytes | None:
        """Run the application; its whole body when it is small, else None after sending it piece by piece."""

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            answer.status = int(status[:3])
            answer.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

        pieces = self._application(environ, start_response)
        held: list[bytes] = []
        size, started = 0, False
        try:
            for piece in pieces:
                held.append(piece)
                size += len(piece)
                if size >= _AT_ONCE_BYTES:
                    if not started:
                        send_now(_start(answer))
                        started = True
                    send_now({"type": "http.response.body", "body": b"".join(held), "more_body": True})
                    held, size = [], 0
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        if not started:
            return b"".join(held)
        if held:
            send_now({"type": "http.response.body", "body": b"".join(held), "more_body": True})
        return None


async def _send(send: Send, message: Message) -> None:
    await send(message)


def _start(answer: _Answer) -> Message:
    return {"type": "http.response.start", "status": answer.status, "headers": answer.headers}


async def _read(receive: Receive) -> bytes:
    """The body; small ones come in one message and are not copied."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    first: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return first
    pieces, size = [first], len(first)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MOST_BODY_BYTES:
            raise TooLong
    return b"".join(pieces)


async def _refuse(send: Send) -> None:
    refusal = TooLarge("request.too_large", limit_kb=MOST_BODY_BYTES // 1000)
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": to_json(refusal.as_problem())})


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The WSGI environment of an ASGI request (PEP 3333)."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            # Django would take it for the same header with a hyphen: a way around a proxy that sets or strips it.
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        environ[key] = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ
