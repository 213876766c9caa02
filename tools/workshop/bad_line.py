"""A bad line: a TCP proxy on this machine that is slow, late, cuts connections and swallows what it is given.

One line has one width in each direction, shared by all its connections, as a phone's has. An exchange is a request and
its answer; with a chance of ``resets`` an exchange is cut somewhere, before or after the server got the request, and
with a chance of ``holes`` nothing comes through any more. ``handshakes`` are the round trips before a first byte (TCP,
TLS).
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_CHUNK = 1_400
_CHUNKS_BEFORE = (0, 0, 0, 0, 1, 4)
"""How much of an exchange passes before it is cut: often nothing, for most exchanges are short."""


@dataclass
class BadLine:
    """What the line does to what passes; counts of what it did."""

    port: int
    kbit_s: float = 0.0
    delay_s: float = 0.0
    handshakes: int = 0
    resets: float = 0.0
    holes: float = 0.0
    seed: int = 0
    cut: int = 0
    swallowed: int = 0
    exchanges: int = 0
    passed: int = 0
    """Bytes that went through, both ways."""
    _free_at: dict[str, float] = field(default_factory=lambda: {"up": 0.0, "down": 0.0})

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; it ends quietly when the line is taken down."""
        try:
            await asyncio.sleep(self.handshakes * 2 * self.delay_s)
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            _abort(writer)
            return
        except asyncio.CancelledError:
            return
        passage = _Passage(self, writer, up_writer)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                passage.pump("up", reader, up_writer), passage.pump("down", up_reader, writer), return_exceptions=True
            )
        for delivery in passage.deliveries:
            delivery.cancel()
        for end in (writer, up_writer):
            end.close()

    def fate(self) -> tuple[str, int]:
        """What happens to the next exchange: nothing, a cut or a hole, in which direction, after how many chunks."""
        self.exchanges += 1
        roll = self._chance.random()
        if roll < self.resets + self.holes:
            how = "cut" if roll < self.resets else "hole"
            return f"{how} {self._chance.choice(('up', 'down'))}", self._chance.choice(_CHUNKS_BEFORE)
        return "", 0

    async def width(self, direction: str, size: int) -> None:
        """Wait until the line has carried so many bytes."""
        self.passed += size
        if not self.kbit_s:
            return
        now = asyncio.get_running_loop().time()
        begins = max(now, self._free_at[direction])
        self._free_at[direction] = begins + size * 8 / (self.kbit_s * 1000)
        await asyncio.sleep(self._free_at[direction] - now)


class _Passage:
    """One connection through the line."""

    def __init__(self, line: BadLine, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._line, self._ends = line, (client, server)
        self._last = "down"
        self._fate, self._left = "", 0
        self._hole = asyncio.Event()
        self.deliveries: list[asyncio.Task[None]] = []

    async def pump(self, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one direction: by the width of the line, and each chunk ``delay_s`` later."""
        loop, carried = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()
        delivery = asyncio.create_task(self._deliver(carried, writer))
        self.deliveries.append(delivery)
        try:
            while chunk := await reader.read(_CHUNK):
                if not self._passes(direction):
                    return
                await self._line.width(direction, len(chunk))
                carried.put_nowait((loop.time() + self._line.delay_s, chunk))
            carried.put_nowait((loop.time() + self._line.delay_s, b""))
            await delivery
        except OSError:
            self._abort()

    async def _deliver(self, carried: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            at, chunk = await carried.get()
            await asyncio.sleep(max(0.0, at - loop.time()))
            if self._hole.is_set():
                continue
            if not chunk:
                with suppress(OSError):
                    writer.write_eof()
                return
            writer.write(chunk)
            with suppress(OSError):
                await writer.drain()

    def _passes(self, direction: str) -> bool:
        """Whether the next chunk passes; a new request draws the fate of its exchange."""
        if direction == "up" and self._last == "down":
            self._fate, self._left = self._line.fate()
        self._last = direction
        how, _, where = self._fate.partition(" ")
        if where != direction:
            return True
        self._left -= 1
        if self._left >= 0 and how:
            return True
        if how == "hole":
            if not self._hole.is_set():
                self._line.swallowed += 1
            self._hole.set()
            return True
        self._line.cut += 1
        self._abort()
        return False

    def _abort(self) -> None:
        for end in self._ends:
            _abort(end)


def _abort(writer: asyncio.StreamWriter) -> None:
    """A reset, not an orderly end."""
    held = writer.get_extra_info("socket")
    with suppress(OSError, AttributeError):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextmanager
def bad_line(line: BadLine) -> Iterator[int]:
    """The line on a port of its own, in a thread; ended when this ends."""
    ready, held = threading.Event(), dict[str, Any]()

    async def carry() -> None:
        ended = asyncio.Event()
        server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
        held.update(loop=asyncio.get_running_loop(), ended=ended, port=server.sockets[0].getsockname()[1])
        ready.set()
        await ended.wait()
        server.close()

    # Everything that is still open is cancelled when this run ends.
    thread = threading.Thread(target=lambda: asyncio.run(carry()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield int(held["port"])
    finally:
        held["loop"].call_soon_threadsafe(held["ended"].set)
        thread.join(20)
