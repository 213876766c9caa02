"""A running installation to measure: the demo county, the server and the worker as in the field, and quick HTTP
clients.

The clients write HTTP by hand: on two cores a comfortable client would take as much time as what it measures.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tools.workshop.postgres import free_port

LINLI = Path(sys.executable).parent / "linli"
SIZE = os.environ.get("LINLI_BENCH_SIZE", "county")
"""Of the demo county; ``town`` is loaded in seconds."""
_READY_S = 60.0


def linli(*arguments: str) -> Any:
    """One command of the console script; its answer."""
    done = subprocess.run(
        [str(LINLI), *arguments, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout) if done.stdout.strip() else None


@dataclass(frozen=True, slots=True)
class Site:
    """Where it listens, and who may come in."""

    port: int
    machine: str
    desk: str

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(*, web: int = 2, worker: bool = True, size: str = SIZE) -> Iterator[Site]:
    """The demo county on the database of the environment, served by ``web`` processes, with a worker."""
    linli("init")
    linli("demo", "load", "--size", size)
    site = Site(
        free_port(),
        linli("token", "demo-110", "--days", "1")["token"],
        linli("token", "demo-dispatcher", "--days", "1")["token"],
    )
    commands = [["serve", "--port", str(site.port), "--workers", str(web)]]
    if worker and not os.environ["LINLI_DATABASE_URL"].startswith("sqlite:"):
        commands.append(["worker"])
    processes = [
        subprocess.Popen([str(LINLI), *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        _wait_until_ready(site)
        yield site
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(20)


def _wait_until_ready(site: Site) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{site.origin}/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("the server is not ready")


def calls(site: Site, seed: int = 1) -> Iterator[bytes]:
    """Whole HTTP requests, each a new call somewhere in the county: two in three by point, one by point and address."""
    headers = {"Authorization": f"Bearer {site.desk}"}
    words = httpx.get(f"{site.origin}/api/v1/vocabulary", headers=headers).json()
    codes = [row["code"] for row in words["categories"] if not row["automatic"] and len(row["code"]) >= 4]
    grids = httpx.get(f"{site.origin}/api/v1/map/grids.geojson", headers=headers).json()["features"]
    spots = [grid["geometry"]["coordinates"] for grid in grids]
    chance = random.Random(seed)
    for number in range(10**9):
        lon, lat = _inside(spots[chance.randrange(len(spots))], chance)
        body: dict[str, Any] = {
            "category": chance.choice(codes),
            "narrative": f"第{number}起：两人因停车争吵，请派人来看看",
            "caller": {"name": "王小明", "phone": f"138{chance.randrange(10**8):08d}"},
            "lon": lon,
            "lat": lat,
        }
        yield request(site, json.dumps(body).encode(), str(uuid.UUID(int=chance.getrandbits(128))))


def _inside(coordinates: Any, chance: random.Random) -> tuple[float, float]:
    """A point near the middle of a polygon's first ring: a corner drawn towards the mean of all."""
    ring = coordinates[0]
    while isinstance(ring[0][0], list):
        ring = ring[0]
    lon = sum(point[0] for point in ring) / len(ring)
    lat = sum(point[1] for point in ring) / len(ring)
    corner, part = chance.choice(ring), chance.uniform(0, 0.7)
    return lon + (corner[0] - lon) * part, lat + (corner[1] - lat) * part


def request(site: Site, body: bytes, key: str) -> bytes:
    """A POST to the incident door as bytes."""
    return (
        b"POST /api/v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n"
        % (site.machine.encode(), key.encode(), len(body))
    ) + body


class Line:
    """One connection that is kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, site: Site) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", site.port))

    async def ask(self, whole: bytes) -> tuple[int, bytes]:
        """Send one request, read one answer: status and body."""
        self._writer.write(whole)
        head = await self._reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(head[9:12]), await self._reader.readexactly(size)

    def close(self) -> None:
        self._writer.close()


def percentile(values: list[float], share: float) -> float:
    """By linear interpolation."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
