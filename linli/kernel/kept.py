"""Small tables that every call asks for, kept in memory for a second: categories, grids, limits, closures.

What an act of this process changes is seen by it at once; what another process changes, within ``LINLI_KEPT_S``
seconds.
Nothing that decides a race is kept: who gets a unit is always decided by the row.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import transaction

T = TypeVar("T")

_all: list[Kept[object]] = []
_looked_up: ContextVar[dict[Kept[Any], Any] | None] = ContextVar("what this batch has looked up", default=None)


@contextmanager
def looked_up_once() -> Iterator[None]:
    """For a short batch of rows: whatever is kept is looked up at most once in it, even where nothing may be kept for
    any time. What is forgotten in it is looked up anew.
    """
    if _looked_up.get() is not None:
        yield
        return
    mark = _looked_up.set({})
    try:
        yield
    finally:
        _looked_up.reset(mark)


class Kept(Generic[T]):
    """A value that ``load`` makes anew when it is older than allowed. ``changed_by``: beginnings of the names of
    acts that change it.

    With ``version`` an old value is first asked whether it still holds; only another version loads it again.
    """

    def __init__(
        self, load: Callable[[], T], *, changed_by: tuple[str, ...], version: Callable[[], object] | None = None
    ) -> None:
        self._load = load
        self._version = version
        self._changed_by = changed_by
        self._lock = threading.Lock()
        self._held: tuple[float, object, T] | None = None
        _all.append(self)  # type: ignore[arg-type]  # the list only forgets them, whatever they hold

    def get(self) -> T:
        """The value, at most ``LINLI_KEPT_S`` seconds old."""
        held = self._held
        if held is not None and time.monotonic() < held[0]:
            return held[2]
        batch = _looked_up.get()
        if batch is not None and self in batch:
            found: T = batch[self]
            return found
        with self._lock:
            value = self._renewed()
        if batch is not None:
            batch[self] = value
        return value

    def _renewed(self) -> T:
        until = time.monotonic() + settings.LINLI_KEPT_S
        held, version = self._held, self._version() if self._version else None
        if held is not None and self._version is not None and held[1] == version:
            self._held = (until, version, held[2])
            return held[2]
        value = self._load()
        self._held = (until, version, value)
        return value

    def forget(self) -> None:
        """Load anew at the next look."""
        self._held = None
        batch = _looked_up.get()
        if batch is not None:
            batch.pop(self, None)

    def is_changed_by(self, act: str) -> bool:
        return act.startswith(self._changed_by)


def forget_after(act: str) -> None:
    """An act was done: what it changes is looked up anew, in its transaction and again by others after it."""
    for item in _all:
        if item.is_changed_by(act):
            item.forget()
            transaction.on_commit(item.forget)
