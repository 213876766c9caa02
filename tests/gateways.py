"""Stand-in gateways on loopback: each keeps what it was asked, knows a repetition by its key, and can misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from linli.works.channels.acts.carrying import CARRIERS
from linli.works.exchange.acts.carrying import forget_lines


class Gateway:
    """One stand-in. ``mood``: well, broken (500), refusing (400), hanging, dripping, dropping;
    silent ones take a message and never say so."""

    def __init__(self) -> None:
        self.mood = "well"
        self.asked: list[dict[str, Any]] = []
        self.effects: dict[str, dict[str, Any]] = {}
        self.released = threading.Event()
        self.tokens = 0
        self._guard = threading.Lock()
        self._server = Stand(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def keep(self, path: str, headers: dict[str, str], raw: bytes) -> None:
        """Note a request; a repetition of a key has no further effect."""
        body = json.loads(raw) if raw else {}
        key = headers.get("idempotency-key", "")
        with self._guard:
            self.asked.append({"path": path, "headers": headers, "raw": raw, "body": body, "at": time.monotonic()})
            self.effects.setdefault(key or f"none-{len(self.asked)}", body)

    def answer(self, path: str) -> dict[str, Any]:
        """What a gateway in good mood says: WeCom's words on its paths, ours elsewhere."""
        if path.startswith("/cgi-bin/gettoken"):
            self.tokens += 1
            return {"errcode": 0, "access_token": f"token-{self.tokens}", "expires_in": 7200}
        if path.startswith(("/cgi-bin/message/send", "/robot")):
            return {"errcode": 0, "errmsg": "ok", "msgid": f"wx-{len(self.asked)}"}
        return {"gateway_id": f"gw-{len(self.asked)}"}

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class Stand(ThreadingHTTPServer):
    """The server of one gateway."""

    daemon_threads = True

    def __init__(self, owner: Gateway) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers as its gateway is in the mood to."""

    protocol_version = "HTTP/1.1"
    server: Stand

    def do_GET(self) -> None:
        """Only WeCom's token is fetched."""
        self._serve(b"")

    def do_POST(self) -> None:
        """A message, or a bundle."""
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _serve(self, raw: bytes) -> None:
        owner = self.server.owner
        mood = owner.mood
        if mood == "hanging":
            owner.released.wait(30)
            self.close_connection = True
            return
        if mood == "broken":
            self._say(500, {"error": "out of order"})
            return
        if self.command == "POST":
            owner.keep(self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
        if mood == "dropping":
            self.close_connection = True
        elif mood == "silent":
            owner.released.wait(30)
            self.close_connection = True
        elif mood == "dripping":
            self._drip(owner)
        else:
            refusing = mood == "refusing"
            self._say(400 if refusing else 200, {"error": "no such number"} if refusing else owner.answer(self.path))

    def _say(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _drip(self, owner: Gateway) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not owner.released.wait(0.2):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *args: Any) -> None:
        """Silence: what was asked is in ``asked``."""


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A running stand-in gateway."""
    made = Gateway()
    made.start()
    try:
        yield made
    finally:
        CARRIERS.forget()
        forget_lines()
        made.stop()
