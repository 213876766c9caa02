"""Real processes killed with SIGKILL: what was acknowledged is there, nothing is there twice, timers still fire."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from tests.faults.load import Load, Reader, eventually, inside
from tests.installation import Installation
from tools.workshop.postgres import Postgres

LOAD_S = 1.5
RUNG_S = 5.0
"""Not delivered in 5 s: another channel (the ladder's first rung, by default)."""
LEASE_S = 30.0
RESTART_S = 15.0


def nothing_lost_nothing_doubled(site: Installation, load: Load) -> None:
    """Every acknowledged call is there, there is no other, and the trail tells each once and holds."""
    held = inside(site, "held")
    assert len(load.acknowledged) >= 5, "too few calls to mean anything"
    assert sorted(load.acknowledged.values()) == held["numbers"]
    assert held["taken"] == len(held["numbers"])
    verdict = site.command("trail", "verify")
    assert verdict["ok"], verdict


@pytest.mark.timeout(240)
def test_the_web_server_is_killed_under_load(installation: Installation, town: dict[str, Any]) -> None:
    installation.start("serve")
    with Load(installation, town) as load:
        time.sleep(LOAD_S)
        installation.kill("serve")
        installation.start("serve")
        time.sleep(LOAD_S)
    load.settle()
    again = next(iter(load.acknowledged))
    assert load.send(again) == load.acknowledged[again], "the same key is answered with the same call"
    nothing_lost_nothing_doubled(installation, load)


@pytest.mark.postgres
@pytest.mark.timeout(240)
def test_the_database_is_killed_under_load(
    installation: Installation, town: dict[str, Any], postgres: Postgres | None
) -> None:
    """PostgreSQL falls and comes back; the web server is not restarted. SQLite lives in the server: killed above."""
    assert postgres is not None
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
    first = f"{answer['id']} other_channel"
    eventually(lambda: first in inside(installation, "held")["rungs"], LEASE_S + RESTART_S)
    rungs = inside(installation, "held")["rungs"]
    assert len(rungs) == len(set(rungs)), "a rung was climbed twice"


@pytest.mark.timeout(240)
def test_one_process_after_the_other_is_killed(installation: Installation, town: dict[str, Any]) -> None:
    """The others answer on, new ones are started, sealing goes on, and the live feed has neither gap nor double."""
    apart = os.environ.get("LINLI_TEST_PASS") == "postgres"
    installation.start("serve")
    if apart:
        installation.start("worker")
    with Reader(installation, town["desk"]) as reader, Load(installation, town) as load:
        for _ in range(2):
            time.sleep(LOAD_S)
            assert installation.kill_one("serve", containing="linli.command.web", most=1) == 1
        time.sleep(LOAD_S)
        if apart:
            installation.kill("worker")
            installation.start("worker")
        else:
            assert installation.kill_one("serve", containing=" worker") == 1
        time.sleep(LOAD_S)
        load.stop()
        load.settle()
        eventually(lambda: set(load.acknowledged.values()) <= taken(reader), LEASE_S + RESTART_S)
    positions = [position for position, _ in reader.seen]
    assert positions == sorted(set(positions)), "the feed told something twice or out of order"
    nothing_lost_nothing_doubled(installation, load)


def taken(reader: Reader) -> set[str]:
    """The numbers of the calls that the feed has told of."""
    return {str(data.get("number")) for _, data in reader.seen if data["act"] == "incident.take"}
