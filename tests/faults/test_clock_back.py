"""The machine's clock steps back one hour under running processes, and they are started again while it is still back.

The processes read their wall clock through ``set_back/sitecustomize.py``; the monotonic clock runs on, as it does when
an administrator or a time server sets a machine back. (libfaketime breaks ``time.sleep`` of Python 3.11.)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.load import Load, eventually, inside
from tests.installation import Installation

HOUR_S = 3600
RUNG_S = 5.0
WITHIN_S = 30.0
APART = os.environ.get("LINLI_TEST_PASS") == "postgres"
NAMES = ("serve", "worker") if APART else ("serve",)


@pytest.fixture
def wall(installation: Installation, tmp_path: Path) -> Path:
    """The file that says how far the wall clock of the installation's processes is off."""
    offset = tmp_path / "wall"
    offset.write_text("0")
    installation.env |= {"PYTHONPATH": str(Path(__file__).parent / "set_back"), "LINLI_TEST_WALL": str(offset)}
    return offset


def order(site: Installation, town: dict[str, Any], number: str, unit: str) -> str:
    """Give an order by the desk's door; its id."""
    sent = {"unit": unit, "by_radio": False}
    status, told = site.post(f"/api/v1/matters/{number}/orders", sent, token=town["desk"], key=f"order-{number}")
    assert status in {200, 201}, told
    return str(told["id"])


@pytest.mark.timeout(600)
def test_a_clock_that_steps_back_harms_nothing(installation: Installation, town: dict[str, Any], wall: Path) -> None:
    """Timers written before fire, orders are given, everything is sealed, and no time goes back."""
    for name in NAMES:
        installation.start(name)
    load = Load(installation, town)
    first = order(installation, town, load.send("before"), town["units"][0])
    wall.write_text(f"-{HOUR_S}")
    told = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"], env=installation.env, capture_output=True, check=True
    )
    assert float(told.stdout) < time.time() - HOUR_S / 2, "the clock did not step back"
    began_s = time.monotonic()
    second = order(installation, town, load.send("after"), town["units"][1])
    rungs = {f"{first} other_channel", f"{second} other_channel"}
    eventually(lambda: rungs <= set(inside(installation, "held")["rungs"]), RUNG_S + WITHIN_S)
    assert time.monotonic() - began_s < HOUR_S / 10

    # Started while the clock is back: what is stored is newer than what the machine says.
    for name in NAMES:
        installation.kill(name)
    for name in NAMES:
        installation.start(name)
    assert load.send("after a start")
    eventually(lambda: inside(installation, "sealed")["open"] == 0, WITHIN_S)
    sealed = inside(installation, "sealed")
    assert installation.command("trail", "verify")["ok"]
    assert sealed["longest_back_s"] < 1.0, "a later entry says an earlier time"
    assert sealed["calls"] == sorted(sealed["calls"]), "a later call says an earlier time"
    held = inside(installation, "held")
    assert len(held["numbers"]) == 3 and len(held["rungs"]) == len(set(held["rungs"]))
