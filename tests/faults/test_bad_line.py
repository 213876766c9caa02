"""A phone on a line that is late, cut and swallowed: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from typing import Any

import psycopg
import pytest

from benchmarks.phone import Line, deliver, operations
from tests.installation import Installation
from tools.workshop.bad_line import BadLine, bad_line

COUNT = 40
BATCH = 6


async def come_back(port: int, token: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A phone with forty operations on a bad line. Each try waits three seconds."""
    line, device = Line(port, token, timeout_s=3.0), str(uuid.uuid4())
    author = await _until_told(line, "GET", "/me")
    await _until_told(line, "POST", "/field/devices", {"device": device, "name": "演示"})
    queue = operations(author["id"], COUNT)
    answers = await asyncio.wait_for(deliver(line, device, queue, batch=BATCH, side_by_side=3), 120)
    line.close()
    return queue, answers


async def _until_told(line: Line, method: str, path: str, body: Any = None) -> Any:
    for _ in range(60):
        try:
            return await line.ask(method, path, body)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.05)
    raise AssertionError("nothing came through in sixty tries")


def counted(installation: Installation) -> tuple[int, int, int]:
    """Matters, notes and answered operations in the database."""
    sql = (
        "SELECT (SELECT COUNT(*) FROM matters_matter), (SELECT COUNT(*) FROM matters_note), "
        "(SELECT COUNT(*) FROM field_operation WHERE state = 'answered')"
    )
    url = installation.env["LINLI_DATABASE_URL"]
    if url.startswith("sqlite:"):
        held: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            found = held.execute(sql).fetchone()
        finally:
            held.close()
    else:
        with psycopg.connect(url) as connected:
            found = connected.execute(sql).fetchone()
    assert found is not None
    return int(found[0]), int(found[1]), int(found[2])


@pytest.mark.once("others")
def test_a_phone_that_comes_back_on_a_bad_line(installation: Installation, town: dict[str, Any]) -> None:
    """Cut before or after the server had it, swallowed without a word: sent again, and done once."""
    installation.start("serve", "--workers", "1")
    line = BadLine(installation.port, delay_s=0.01, resets=0.25, holes=0.05, seed=7)
    with bad_line(line) as port:
        queue, answers = asyncio.run(come_back(port, town["desk"]))
    assert line.cut > 0, "the line did nothing bad"
    assert {one["answer"] for one in answers.values()} == {"applied"}
    assert set(answers) == {one["id"] for one in queue}
    opened = sum(one["act"] == "matter.open:hazard" for one in queue)
    noted = sum(one["act"] == "matter.note" for one in queue)
    assert counted(installation) == (opened, noted, COUNT)
