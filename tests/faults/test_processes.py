"""Real processes killed with SIGKILL: what was acknowledged is there, nothing is there twice, timers still fire."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Self

import pytest

from tests.installation import Installation
from tools.workshop.paths import ROOT
from tools.workshop.postgres import Postgres

LOAD_S = 2.5
THREADS = 3
SETTLE_S = 60.0
RUNG_S = 5.0
"""Not delivered in 5 s: another channel (the ladder's first rung, by default)."""
LEASE_S = 30.0
RESTART_S = 15.0


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


def nothing_lost_nothing_doubled(site: Installation, load: Load) -> None:
    """Every acknowledged call is there, there is no other, and the trail tells each once and holds."""
    held = inside(site, "held")
    assert len(load.acknowledged) >= 5, "too few calls to mean anything"
    assert sorted(load.acknowledged.values()) == held["numbers"]
    assert held["taken"] == len(held["numbers"])
    verdict = site.command("trail", "verify")
    assert verdict["ok"], verdict


@pytest.fixture
def town(installation: Installation) -> dict[str, Any]:
    filled: dict[str, Any] = inside(installation, "populate")
    return filled


@pytest.mark.timeout(240)
def test_the_web_server_is_killed_under_load(installation: Installation, town: dict[str, Any]) -> None:
    installation.start("serve")
    with Load(installation, town) as load:
        for _ in range(2):
            time.sleep(LOAD_S)
            installation.kill("serve")
            installation.start("serve")
        time.sleep(LOAD_S)
    load.settle()
    again = next(iter(load.acknowledged))
    assert load.send(again) == load.acknowledged[again], "the same key is answered with the same call"
    nothing_lost_nothing_doubled(installation, load)


@pytest.mark.timeout(240)
def test_the_database_is_killed_under_load(
    installation: Installation, town: dict[str, Any], postgres: Postgres | None
) -> None:
    """PostgreSQL falls and comes back; the web server is not restarted. SQLite lives in the server: killed above."""
    if postgres is None:
        installation.start("serve")
        installation.kill("serve")
        assert inside(installation, "held")["numbers"] == []
        return
    installation.start("serve")
    with Load(installation, town) as load:
        time.sleep(LOAD_S)
        postgres.kill()
        time.sleep(0.5)
        postgres.start()
        time.sleep(LOAD_S)
    load.settle()
    nothing_lost_nothing_doubled(installation, load)


@pytest.mark.timeout(240)
def test_a_timer_fires_after_the_worker_was_killed(installation: Installation, town: dict[str, Any]) -> None:
    """An order that no phone confirmed climbs its first rung, although every process was killed before it was due."""
    apart = os.environ.get("LINLI_TEST_PASS") == "postgres"
    names = ["serve", "worker"] if apart else ["serve"]
    for name in names:
        installation.start(name)
    number = Load(installation, town).send("timer")
    assert number
    order = {"unit": town["units"][0], "by_radio": False}
    status, answer = installation.post(f"/api/v1/matters/{number}/orders", order, token=town["desk"], key="order-1")
    assert status in {200, 201}, answer
    given = time.monotonic()
    time.sleep(1)
    for name in names:
        installation.kill(name)
    time.sleep(max(0.0, RUNG_S - (time.monotonic() - given)))
    for name in names:
        installation.start(name)
    eventually(lambda: "other_channel" in inside(installation, "held")["rungs"], LEASE_S + RESTART_S)
    rungs = inside(installation, "held")["rungs"]
    assert rungs.count("other_channel") == 1
