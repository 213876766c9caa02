"""Deeds that wait for the one write lock of SQLite are done together: one lock, one transaction, one flush to the disk.

A flush takes milliseconds and every writer needs the lock, so that one flush for each call limits a bureau to some hundred calls
a second whatever the processor does. Here the first thread that comes leads: it does its own deed and those that queued meanwhile,
each behind a savepoint of its own, commits once and only then lets them all go. A deed that fails takes nothing along; a commit
that fails fails for all. PostgreSQL gathers flushes by itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

R = TypeVar("R")

MOST_AT_ONCE = 16
LONGEST_S = 0.04
"""No further deed is begun in a transaction that has run so long: bulk and calls share the lock in small steps."""


class _Waiting(Generic[R]):
    """A deed and what came of it."""

    def __init__(self, deed: Callable[[], R]) -> None:
        self.deed = deed
        self.done = threading.Event()
        self.result: R | None = None
        self.error: BaseException | None = None


_queue: deque[_Waiting[Any]] = deque()
_guard = threading.Lock()
_led: list[bool] = [False]


def together(deed: Callable[[], R]) -> R:
    """Do ``deed`` in a transaction; it is durable when this returns, and nothing of it is there when this raises."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return deed()
    mine = _Waiting(deed)
    with _guard:
        _queue.append(mine)
        leads = not _led[0]
        _led[0] = True
    if not leads:
        mine.done.wait()
    while leads:
        _carry_out()
        with _guard:
            # Who leads goes on only for its own sake: the next in line leads the rest.
            leads = not mine.done.is_set()
            if not leads:
                _hand_on()
    if mine.error is not None:
        raise mine.error
    return mine.result  # type: ignore[return-value]  # a deed that did not fail has its result
