"""Calls taken, located, recommended for and stored durably, through real HTTP with two web processes.

``per_s`` as fast as 24 lines can send; ``p99_ms`` at 50 calls a second, from the moment at which each should have
been
sent, so that a stall counts for every call behind it. Beside them what the database alone does: one row, one commit.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.site import Line, Site, calls, percentile, running

NAMES = ("intake.sqlite", "intake.postgres")
LINES = 24
WARM_S, FULL_S = 4.0, float(os.environ.get("LINLI_BENCH_S", "20"))
STEADY_PER_S = 50
_ROW = "x" * 2_000


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure one database."""
    with running() as site:
        source = calls(site)
        asyncio.run(_as_fast_as_possible(site, source, WARM_S))
        waits = asyncio.run(_steadily(site, source, FULL_S))
        taken, took_s = asyncio.run(_as_fast_as_possible(site, source, FULL_S))
    alone = _commits_per_s(FULL_S / 4)
    per_s = taken / took_s
    against = "one INSERT of 2 kB and its commit, alone on this machine"
    yield {
        "metric": "per_s",
        "value": round(per_s, 1),
        "unit": "1/s",
        "n": taken,
        "ratio": round(per_s / alone, 3),
        "against": against,
    }
    yield {"metric": "p99_ms", "value": round(percentile(waits, 0.99) * 1000, 1), "unit": "ms", "n": len(waits)}
    yield {"metric": "p50_ms", "value": round(percentile(waits, 0.50) * 1000, 1), "unit": "ms", "n": len(waits)}
    yield {"metric": "commits_alone_per_s", "value": round(alone, 1), "unit": "1/s", "n": round(alone * FULL_S / 4)}


async def _as_fast_as_possible(site: Site, source: Iterator[bytes], for_s: float) -> tuple[int, float]:
    """How many were stored, and in how many seconds."""
    began = time.perf_counter()
    stored = 0

    async def keep_calling() -> None:
        nonlocal stored
        line = await Line.to(site)
        while time.perf_counter() - began < for_s:
            status, body = await line.ask(next(source))
            if status != 201:
                raise RuntimeError(f"{status}: {body[:300]!r}")
            stored += 1
        line.close()

    await asyncio.gather(*(keep_calling() for _ in range(LINES)))
    return stored, time.perf_counter() - began


async def _steadily(site: Site, source: Iterator[bytes], for_s: float) -> list[float]:
    """Seconds from when each call should have been sent until its answer, at an even pace."""
    idle = [await Line.to(site) for _ in range(LINES)]
    waits: list[float] = []
    began = time.perf_counter()

    async def call(due: float) -> None:
        line = idle.pop() if idle else await Line.to(site)
        status, body = await line.ask(next(source))
        if status != 201:
            raise RuntimeError(f"{status}: {body[:300]!r}")
        waits.append(time.perf_counter() - due)
        idle.append(line)

    tasks = []
    for number in range(int(for_s * STEADY_PER_S)):
        due = began + number / STEADY_PER_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(call(due)))
    await asyncio.gather(*tasks)
    for line in idle:
        line.close()
    return waits


def _commits_per_s(for_s: float) -> float:
    """The database alone: one row, one durable commit, by as many writers as it takes."""
    database = os.environ["LINLI_DATABASE_URL"]
    return _sqlite(for_s) if database.startswith("sqlite:") else _postgres(database, for_s)


def _sqlite(for_s: float) -> float:
    held = sqlite3.connect(Path(os.environ["LINLI_HOME"]) / "alone.sqlite3", isolation_level=None)
    held.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row (id INTEGER PRIMARY KEY, text)"
    )
    began, stored = time.perf_counter(), 0
    while time.perf_counter() - began < for_s:
        held.execute("INSERT INTO row (text) VALUES (?)", [_ROW])
        stored += 1
    held.close()
    return stored / for_s


def _postgres(database: str, for_s: float) -> float:
    with psycopg.connect(database, autocommit=True) as first:
        first.execute("CREATE TABLE alone (id bigserial PRIMARY KEY, text text)")
    began = time.perf_counter()
    stored: list[int] = []

    def write() -> None:
        mine = 0
        with psycopg.connect(database, autocommit=True) as held:
            while time.perf_counter() - began < for_s:
                held.execute("INSERT INTO alone (text) VALUES (%s)", [_ROW])
                mine += 1
        stored.append(mine)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return sum(stored) / for_s
