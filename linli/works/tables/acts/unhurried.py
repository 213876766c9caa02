"""Steps of staged rows on SQLite: none waits for the disk, and none moves the log into the file by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager

from django.conf import settings
from django.db import connection

_MOST_LOG_PAGES = 16_000
"""Beyond this (64 MB) a step waits for the round under way: pages may come faster than they go."""


@contextmanager
def unhurried(*, relaxed: bool) -> Iterator[Callable[[], None] | None]:
    """On SQLite the steps in this block do not wait for the disk one by one: what a power cut takes of them nobody has
    seen, and the step that publishes waits for all of them. Whoever else commits waits for the disk as always.

    Yields what to call after each step: it has the pages of the log brought into the file, beside the next one, by a
    thread that nobody waits for. As a part of the commits this made the steps seem long, and so many and small; left to
    whoever commits next it fell to the call takers. Yields None where there is no such log.
    """
    if not relaxed or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield None
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA wal_autocheckpoint=0")
    try:
        with ThreadPoolExecutor(1, "settle") as thread:
            yield _Settling(str(connection.settings_dict["NAME"]), thread).after_step
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint={settings.LOG_PAGES}")
            cursor.execute("PRAGMA synchronous=FULL")


class _Settling:
    """The log's way into the file, one round at a time."""

    def __init__(self, path: str, thread: ThreadPoolExecutor) -> None:
        self._path, self._thread = path, thread
        self._round: Future[int] | None = None

    def after_step(self) -> None:
        """Begin a round unless one is under way; wait for it when the log has grown too long."""
        if self._round is not None and not self._round.done():
            return
        long = self._round is not None and self._round.result() > _MOST_LOG_PAGES
        self._round = self._thread.submit(_settle, self._path)
        if long:
            self._round.result()


def _settle(path: str) -> int:
    """Bring into the file what nobody keeps from it, and wait for nobody; returns how many pages the log has."""
    with closing(sqlite3.connect(path, isolation_level=None)) as own:
        _busy, pages, _moved = own.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)
