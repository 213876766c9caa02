"""From a call to a thousand screens: seconds until each open stream has told of it.

Measured from before the call is sent, so that taking, locating, recommending and storing it are counted too; the bar
is for what follows the commit. Every stream must tell of every call exactly once. The plain way beside it in the same
run: screens that ask for the newest matters every three seconds.
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
ASKING = 10
"""Screens that ask instead of listening; a thousand of them would need two cores for themselves."""
ASK_EVERY_S = 3.0


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


class Asker:
    """The plain way: a screen that asks for the newest matters again and again."""

    def __init__(self, site: Site, line: Line) -> None:
        self._line = line
        ask = "GET /api/v1/matters?kind=incident&limit=20 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
        self._whole = f"{ask}{site.desk}\r\n\r\n".encode()
        self.seen: dict[str, float] = {}

    async def ask(self, after_s: float) -> None:
        """Note the moment at which each call is first in an answer."""
        await asyncio.sleep(after_s)
        while True:
            status, body = await self._line.ask(self._whole)
            if status != 200:
                raise RuntimeError(f"{status}: {body[:300]!r}")
            at = time.perf_counter()
            for item in json.loads(body)["items"]:
                self.seen.setdefault(item["number"], at)
            await asyncio.sleep(ASK_EVERY_S)


def run(name: str) -> Iterator[dict[str, Any]]:
    """Open the streams, send calls, wait until all have told."""
    with running() as site:
        sent, screens, askers = asyncio.run(_watch(site))
    waits = [told - sent[number] for screen in screens for number in sent for told in screen.told.get(number, [])]
    plain = [asker.seen[number] - sent[number] for asker in askers for number in sent if number in asker.seen]
    doubled = sum(len(times) - 1 for screen in screens for times in screen.told.values())
    missed = sum(1 for screen in screens for number in sent if number not in screen.told)
    if missed or doubled:
        raise RuntimeError(f"{missed} events missed, {doubled} told twice")
    for share, metric in ((0.99, "p99_ms"), (0.5, "p50_ms"), (1.0, "max_ms")):
        ours, asked = percentile(waits, share), percentile(plain, share)
        beside = {"ratio": round(asked / ours, 1), "against": f"asking every {ASK_EVERY_S:.0f} s"}
        yield {"metric": metric, "value": round(ours * 1000, 1), "unit": "ms", "n": len(waits), **beside}
    yield {"metric": "streams", "value": len(screens), "unit": "", "n": len(sent)}


async def _watch(site: Site) -> tuple[dict[str, float], list[Screen], list[Asker]]:
    screens: list[Screen] = []
    for first in range(0, STREAMS, _OPEN_AT_ONCE):
        count = min(_OPEN_AT_ONCE, STREAMS - first)
        screens += await asyncio.gather(*(Screen.open(site) for _ in range(count)))
    askers = [Asker(site, await Line.to(site)) for _ in range(ASKING)]
    readers = [asyncio.create_task(screen.read()) for screen in screens]
    readers += [asyncio.create_task(asker.ask(n * ASK_EVERY_S / ASKING)) for n, asker in enumerate(askers)]
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
    for reader in readers:
        if reader.done() and reader.exception():
            raise RuntimeError("a screen fell silent") from reader.exception()
        reader.cancel()
    for screen in screens:
        screen.writer.close()
    return sent, screens, askers
