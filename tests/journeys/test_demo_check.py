"""The demo as a newcomer meets it: loaded once, checked, played, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.installation import BIN, Installation
from tools.workshop.pattern import PATTERN, copied, named
from tools.workshop.postgres import Postgres

PLAYED_WITHIN_S = 120.0
STOPPED_WITHIN_S = 20.0
pytestmark = pytest.mark.timeout(240)  # each starts real servers


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A small demo county, loaded, on the database of this pass."""
    home = tmp_path_factory.mktemp("demo")
    if os.environ.get("LINLI_TEST_PASS") == "postgres":
        like = named()
        with (
            Postgres(like=like) as server,
            Installation(home, server.url("linli_demo", like=PATTERN if like else "")) as made,
        ):
            made.command("demo", "load", "--size", "town", "--seed", "3")
            yield made
        return
    copied(home / "linli.sqlite3")
    with Installation(home, f"sqlite:///{home}/linli.sqlite3") as made:
        made.command("demo", "load", "--size", "town", "--seed", "3")
        yield made


def test_loading_again_changes_nothing_and_another_county_is_refused(demo: Installation) -> None:
    first = demo.command("demo", "load", "--size", "town", "--seed", "3")
    assert first["agencies"] == 18
    assert first["people"] > 80
    assert first["matters"] > 200
    refused = subprocess.run(
        [str(BIN / "linli"), "demo", "load", "--size", "town", "--seed", "4", "--json"],
        env=demo.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "demo.not_empty" in refused.stderr
    assert demo.command("demo", "load", "--size", "town", "--seed", "3") == first


def test_the_check_carries_one_call_from_order_to_closed(demo: Installation) -> None:
    answer = demo.command("demo", "run", "--check", "--size", "town", "--seed", "3")
    assert answer["ok"] is True
    assert answer["number"].startswith("JQ")


@pytest.mark.once
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_check_that_is_ended_leaves_nothing_running(demo: Installation, number: signal.Signals) -> None:
    checking = subprocess.Popen(
        [str(BIN / "linli"), "demo", "run", "--check", "--size", "town", "--seed", "3"],
        env=demo.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PLAYED_WITHIN_S
    while len(below(checking.pid)) < 3 and time.monotonic() < until:
        time.sleep(0.1)
    started = below(checking.pid)
    assert len(started) >= 3, "a supervisor and what it started"
    checking.send_signal(number)
    checking.wait(STOPPED_WITHIN_S)
    until = time.monotonic() + STOPPED_WITHIN_S
    while any(Path(f"/proc/{pid}").exists() for pid in started) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def below(pid: int) -> list[int]:
    """The processes that a process started, and those that these started."""
    own = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + [one for child in own for one in below(child)]


@pytest.mark.once
def test_a_port_that_is_taken_is_named_and_nothing_starts(demo: Installation) -> None:
    demo.start("serve")
    tried = subprocess.run(
        [str(BIN / "linli"), "demo", "run", "--size", "town", "--seed", "3", "--port", str(demo.port)],
        env=demo.env,
        capture_output=True,
        text=True,
        check=False,
    )
    demo.kill("serve")
    assert tried.returncode == 2
    assert f"port {demo.port}" in tried.stderr


@pytest.mark.slow
def test_the_county_lives_and_ends_when_told(demo: Installation) -> None:
    log = (demo.home / "run.log").open("ab")
    command = [
        sys.executable,
        "-m",
        "linli.command.main",
        "demo",
        "run",
        "--size",
        "town",
        "--seed",
        "3",
        "--pace",
        "2",
    ]
    with log, subprocess.Popen([*command, "--port", str(demo.port)], env=demo.env, stdout=log, stderr=log) as running:
        try:
            seen = _until_somebody_is_told(demo, running)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(STOPPED_WITHIN_S)
    said = (demo.home / "run.log").read_text()
    assert seen, said[-3000:]
    assert "demo-community_officer" in said
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{demo.origin}/readyz")


def _until_somebody_is_told(demo: Installation, running: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    """New calls whose order has reached a crew. (How a call goes on to its end is tested with the player alone.)"""
    token = demo.command("token", "demo-dispatcher", "--days", "1")["token"]
    until = time.monotonic() + PLAYED_WITHIN_S
    while time.monotonic() < until and running.poll() is None:
        time.sleep(1.0)
        found = _told(demo, token)
        if found:
            return found
    return []


def _told(demo: Installation, token: str) -> list[dict[str, Any]]:
    try:
        answer = httpx.get(
            f"{demo.origin}/api/v1/matters",
            params={"kind": "incident", "open": 1},
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
    except httpx.HTTPError:
        return []
    rows = answer.json().get("items", []) if answer.is_success else []
    return [row for row in rows if any(order["delivered_at"] for order in row["orders"])]
