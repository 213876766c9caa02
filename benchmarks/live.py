"""From a call to a thousand screens: seconds until each open stream has told of it.

Measured from before the call is sent, so that taking, locating, recommending and storing it are counted too; the bar
is for
what follows the commit. Every stream must tell of every call exactly once.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.site import Line, Site, calls, percentile, running

NAMES = ("live", "live.postgres")
STREAMS = int(os.environ.get("LINLI_BENCH_STREAMS", "1000"))
CALLS = 40
PER_S = 2.0
_OPEN_AT_ONCE = 50
_SETTLE_S = 5.0


class Screen:
    """One open stream: when it told of which call."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self.told: dict[str, list[float]] = {}

    @classmethod
    async def open(cls, site: Site) -> Screen:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        head = "GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
        writer.write(f"{head}{site.desk}\r\n\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise RuntimeError(answer.decode())
        return cls(reader, writer)

    async def read(self) -> None:
        """Note the moment at which each call is told of."""
        rest = b""
        while piece := await self._reader.read(65_536):
            at = time.perf_counter()
            rest += piece
            *lines, rest = rest.split(b"\n")
            for line in lines:
                if line.startswith(b"data: ") and b'"incident.take"' in line:
                    self.told.setdefault(json.loads(line[6:])["number"], []).append(at)


def run(name: str) -> Iterator[dict[str, Any]]:
    """Open the streams, send calls, wait until all have told."""
    with running() as site:
        sent, screens = asyncio.run(_watch(site))
    waits = [told - sent[number] for screen in screens for number in sent for told in screen.told.get(number, [])]
    doubled = sum(len(times) - 1 for screen in screens for times in screen.told.values())
    missed = sum(1 for screen in screens for number in sent if number not in screen.told)
    if missed or doubled:
        raise RuntimeError(f"{missed} events missed, {doubled} told twice")
    for share, metric in ((0.99, "p99_ms"), (0.5, "p50_ms"), (1.0, "max_ms")):
        yield {"metric": metric, "value": round(percentile(waits, share) * 1000, 1), "unit": "ms", "n": len(waits)}
    yield {"metric": "streams", "value": len(screens), "unit": "", "n": len(sent)}


async def _watch(site: Site) -> tuple[dict[str, float], list[Screen]]:
    screens: list[Screen] = []
    for first in range(0, STREAMS, _OPEN_AT_ONCE):
        count = min(_OPEN_AT_ONCE, STREAMS - first)
        screens += await asyncio.gather(*(Screen.open(site) for _ in range(count)))
    readers = [asyncio.create_task(screen.read()) for screen in screens]
    source, line = calls(site), await Line.to(site)
    sent: dict[str, float] = {}
    for number in range(CALLS):
        whole = next(source)
        at = time.perf_counter()
        status, body = await line.ask(whole)
        if status != 201:
            raise RuntimeError(f"{status}: {body[:300]!r}")
        if number:  # the first one warms the caches
            sent[json.loads(body)["number"]] = at
        await asyncio.sleep(1 / PER_S)
    await asyncio.sleep(_SETTLE_S)
    for reader, screen in zip(readers, screens, strict=True):
        reader.cancel()
        screen.writer.close()
    return sent, screens
