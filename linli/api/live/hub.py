"""One hub a process: it reads each sealed position once and hands it to every stream whose actor may see it.

A thread of its own waits for commits, reads and looks after rights; the event loop only copies ready bytes. The streams
and ``position`` belong to the loop's thread, so joining and delivering cannot miss each other.
"""

from __future__ import annotations

import asyncio
import threading
import time

import structlog
from django.db import DatabaseError, connection

from linli.api.live.events import READ_AT_ONCE, Event, Reach, events_after, reach_of
from linli.api.live.identity import Identity, renewed
from linli.kernel.commits import commits
from linli.kernel.scope import Actor
from linli.trail.seal.acts import SEALED_CHANNEL
from linli.trail.seal.queries import sealed

log = structlog.get_logger(__name__)

RIGHTS_EVERY_S = 0.8
HEARTBEAT_S = 12.0
_LONGEST_WAIT_S = 0.25
_AFTER_FAULT_S = 0.5
_MOST_WAITING = 2_000


class Stream:
    """One open stream: what waits to be sent, from which position on."""

    __slots__ = ("after", "ended", "identity", "reach", "waiting", "wake")

    def __init__(self, identity: Identity, after: int) -> None:
        self.identity = identity
        self.reach: Reach = reach_of(identity.actor)
        self.after = after
        self.waiting: list[bytes] = []
        self.wake = asyncio.Event()
        self.ended = False

    def put(self, chunk: bytes) -> None:
        """Add something to send; a client that reads nothing for long is let go and resumes by its last id."""
        self.waiting.append(chunk)
        if len(self.waiting) > _MOST_WAITING:
            self.end()
        self.wake.set()

    def take(self) -> bytes:
        """All that waits, in one piece."""
        chunk = b"".join(self.waiting)
        self.waiting.clear()
        self.wake.clear()
        return chunk

    def end(self) -> None:
        """Close the stream after what is being sent."""
        self.ended = True
        self.wake.set()


class Hub:
    """See the module. ``start`` in the running loop, ``stop`` before it ends."""

    def __init__(self) -> None:
        self.position = 0
        self._streams: set[Stream] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = threading.Event()
        self._ready = asyncio.Event()
        self._thread = threading.Thread(target=self._follow, name="live-hub", daemon=True)
        self._beat: asyncio.Task[None] | None = None
        self._read: int | None = None
        """The thread's own position: what it has read and handed on, kept when the database goes away and comes back.
        """

    def start(self) -> None:
        """Begin to follow the trail."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._beat = asyncio.create_task(self._heartbeat())

    def stop(self) -> None:
        """End all streams and the thread."""
        self._ended.set()
        if self._beat is not None:
            self._beat.cancel()
        for stream in self._streams:
            stream.end()

    async def join(self, identity: Identity, after: int | None) -> tuple[Stream, int]:
        """A new stream and the hub's position: everything later comes by the stream, everything up to it is in the
        rows.
        """
        await self._ready.wait()
        stream = Stream(identity, max(self.position, after or 0))
        self._streams.add(stream)
        return stream, self.position

    def leave(self, stream: Stream) -> None:
        """The client is gone."""
        self._streams.discard(stream)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            for stream in tuple(self._streams):
                # The id moves on with the beat: who may see little is not told later that too much has passed.
                stream.put(b": beat\nid: %d\n\n" % max(self.position, stream.after))

    # ------------------------------------------------------------ the hub's own thread

    def _follow(self) -> None:
        while not self._ended.is_set():
            try:
                self._follow_database()
            except (DatabaseError, OSError) as failed:
                log.warning("live_waits_for_database", error=repr(failed))
                connection.close()
                self._ended.wait(_AFTER_FAULT_S)
        connection.close()

    def _follow_database(self) -> None:
        watch = commits(SEALED_CHANNEL)
        looked_s = time.monotonic()
        try:
            if self._read is None:
                self._read = sealed()
                self._in_loop(self._begin, self._read)
            while not self._ended.is_set():
                if not self._streams:
                    self._pass_over()
                    watch.wait(_LONGEST_WAIT_S)
                    continue
                events = events_after(self._read)
                if events:
                    self._read = events[-1].position
                    self._in_loop(self._deliver, events)
                if time.monotonic() - looked_s > RIGHTS_EVERY_S:
                    self._look_at_rights()
                    looked_s = time.monotonic()
                if len(events) < READ_AT_ONCE:
                    watch.wait(_LONGEST_WAIT_S)
        finally:
            watch.close()

    def _pass_over(self) -> None:
        """Nobody listens: the position moves on, and nothing is read. Not once somebody has joined meanwhile."""
        self._in_loop(self._move_on, sealed())
        self._read = max(self._read or 0, self.position)

    def _look_at_rights(self) -> None:
        identities = {stream.identity for stream in tuple(self._streams)}
        if identities:
            self._in_loop(self._renew, renewed(identities))

    def _in_loop(self, run: object, *given: object) -> None:
        assert self._loop is not None
        if not self._ended.is_set():
            self._loop.call_soon_threadsafe(run, *given)  # type: ignore[arg-type]  # the methods below, each with its own arguments

    # ------------------------------------------------------------ in the loop

    def _begin(self, position: int) -> None:
        self.position = position
        self._ready.set()

    def _move_on(self, position: int) -> None:
        if not self._streams:
            self.position = max(self.position, position)

    def _deliver(self, events: list[Event]) -> None:
        groups: dict[Reach, list[Stream]] = {}
        for stream in self._streams:
            groups.setdefault(stream.reach, []).append(stream)
        for reach, streams in groups.items():
            seen = [event for event in events if event.seen_by(reach)]
            if not seen:
                continue
            chunk, first = b"".join(event.chunk for event in seen), seen[0].position
            for stream in streams:
                if stream.after < first:
                    stream.put(chunk)
                else:
                    for event in seen:
                        if event.position > stream.after:
                            stream.put(event.chunk)
        self.position = max(self.position, events[-1].position)

    def _renew(self, actors: dict[Identity, Actor | None]) -> None:
        for stream in tuple(self._streams):
            if stream.identity not in actors:
                continue
            actor = actors[stream.identity]
            if actor is None:
                stream.end()
            else:
                stream.reach = reach_of(actor)
