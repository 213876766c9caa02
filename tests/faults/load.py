"""Callers that keep calling while processes fall, and a reader of the live feed that keeps coming back."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from tests.installation import Installation
from tools.workshop.paths import ROOT

THREADS = 3
SETTLE_S = 60.0


def inside(site: Installation, what: str) -> Any:
    """Run tests/faults/inside.py in the installation."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.inside", what],
        env={**site.env, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def body(town: dict[str, Any], key: str) -> dict[str, Any]:
    """One call, told apart by its narrative."""
    return {"category": "5020", "narrative": f"老人走失 {key}", "lon": town["lon"], "lat": town["lat"]}


class Load:
    """Callers that keep calling; what was acknowledged, and what nobody knows."""

    def __init__(self, site: Installation, town: dict[str, Any]) -> None:
        self.site, self.town = site, town
        self.acknowledged: dict[str, str] = {}
        self.unknown: list[str] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._call, args=(n,)) for n in range(THREADS)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No further calls."""
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def _call(self, n: int) -> None:
        count = 0
        while not self.over.is_set():
            key, count = f"fault-{n}-{count}", count + 1
            number = self.send(key)
            if number:
                self.acknowledged[key] = number
            else:
                self.unknown.append(key)
                self.over.wait(0.05)

    def send(self, key: str) -> str:
        """The number given to this call, or nothing when the server fell or was not there."""
        try:
            status, answer = self.site.post(
                "/api/v1/incidents", body(self.town, key), token=self.town["machine"], key=key, timeout_s=20
            )
        except (OSError, ValueError):
            return ""
        return str(answer["number"]) if status == 201 else ""

    def settle(self) -> None:
        """Send again, with the same keys, what nobody knows, until all of it is acknowledged."""
        until = time.monotonic() + SETTLE_S
        while self.unknown and time.monotonic() < until:
            key = self.unknown.pop()
            number = self.send(key)
            if number:
                self.acknowledged[key] = number
            else:
                self.unknown.insert(0, key)
                time.sleep(0.2)
        assert not self.unknown, f"{len(self.unknown)} calls were never taken"


def eventually(said: Callable[[], bool], within_s: float) -> float:
    """Seconds until it is so; fails when it never is."""
    began = time.monotonic()
    while time.monotonic() - began < within_s:
        if said():
            return time.monotonic() - began
        time.sleep(0.25)
    raise AssertionError(f"not within {within_s} s")


class Reader:
    """Reads `/api/v1/live` from now on; when the stream breaks it comes back with the last id that it saw."""

    def __init__(self, site: Installation, token: str) -> None:
        self.site, self.token = site, token
        self.seen: list[tuple[int, dict[str, Any]]] = []
        self.connections = 0
        self.resets = 0
        self.last = ""
        self.over = threading.Event()
        self.joined = threading.Event()
        self.thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self.thread.start()
        assert self.joined.wait(30), "the live feed never answered"
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join(timeout=30)

    def _read(self) -> None:
        while not self.over.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._stream()
            self.over.wait(0.2)

    def _stream(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}", **({"Last-Event-ID": self.last} if self.last else {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=2)
        try:
            connection.request("GET", "/api/v1/live", headers=headers)
            answer = connection.getresponse()
            if answer.status == 200:
                self.connections += 1
                self._take(answer)
        finally:
            connection.close()

    def _take(self, answer: http.client.HTTPResponse) -> None:
        """As a browser does: an id counts once the empty line has come, not when the stream broke before."""
        event, data, number = "", "", self.last
        while not self.over.is_set():
            line = answer.readline().decode()
            if not line:
                return
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "id":
                number = value
            elif field == "event":
                event = value
            elif field == "data":
                data = value
            elif not line.strip():
                self.last = number
                self.joined.set()
                self.resets += event == "reset"
                if data and event != "reset":
                    self.seen.append((int(number), json.loads(data)))
                event, data = "", ""
