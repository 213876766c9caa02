"""Deeds that wait for the one write lock of SQLite are done together: one lock, one transaction, one flush to disk.

A flush takes milliseconds and every writer needs the lock, so one flush for each call limits a bureau to some hundred
calls a second whatever the processor does. Here the first thread that comes leads: it does its own deed and those that
queued meanwhile, each behind a savepoint of its own, commits once and only then lets them all go. A deed that fails
takes nothing along; a commit that fails fails for all. PostgreSQL gathers flushes by itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from linli.kernel.rows import in_one_go

R = TypeVar("R")

MOST_AT_ONCE = 16
LONGEST_S = 0.04
"""No further deed is begun in a transaction that has run so long: bulk and calls share the lock in small steps."""


class _Waiting(Generic[R]):
    """A deed and what came of it."""

    def __init__(self, deed: Callable[[], R]) -> None:
        self.deed = deed
        self.finished = False
        self.results: list[R] = []
        self.error: BaseException | None = None


_queue: deque[_Waiting[Any]] = deque()
_turn = threading.Condition()
_leads: list[threading.Thread] = []


def together(deed: Callable[[], R]) -> R:
    """Do ``deed`` in a transaction; it is durable when this returns, and nothing of it is there when this raises."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic(), in_one_go():
            return deed()
    mine = _Waiting(deed)
    _queue.append(mine)
    while _to_lead(mine):
        try:
            _carry_out()
        finally:
            with _turn:
                _leads.clear()
                _turn.notify_all()
    if mine.error is not None:
        raise mine.error
    return mine.results[0]


def _to_lead(mine: _Waiting[Any]) -> bool:
    """Wait until another thread has done my deed (False), or until it is on me to lead (True)."""
    with _turn:
        _turn.wait_for(lambda: mine.finished or not _leads)
        if not mine.finished:
            _leads.append(threading.current_thread())
        return not mine.finished


def _carry_out() -> None:
    """Do what waits, in one transaction."""
    batch: list[_Waiting[Any]] = []
    began_s = time.monotonic()
    try:
        with transaction.atomic():
            while _queue and len(batch) < MOST_AT_ONCE and (not batch or time.monotonic() - began_s < LONGEST_S):
                batch.append(_queue.popleft())
                _do(batch[-1])
    except BaseException as failed:
        # The lock, the transaction or its commit failed: nothing is there of any of them.
        if not batch and _queue:
            batch.append(_queue.popleft())
        for one in batch:
            one.error = failed
        if not isinstance(failed, Exception):
            raise
    finally:
        for one in batch:
            one.finished = True


def _do(one: _Waiting[Any]) -> None:
    try:
        with transaction.atomic():
            one.results.append(one.deed())
    except Exception as failed:  # noqa: BLE001  (whatever it is belongs to the thread that waits for this deed)
        one.error = failed
