"""Time comes from here. It never goes back while a process lives, whatever is done to the machine's clock.

Wall time is read once and carried on by the monotonic clock. A wall clock stepping forward is followed; one stepping
back is not, so deadlines already written stay true. ``floor`` lets a starting process begin no earlier than the newest
stored time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_FORWARD_STEP_S = 1.0
_FLOOR_TRUST_S = 86_400.0


class SteadyClock:
    """Seconds since the epoch that only grow. Sources are injected for tests."""

    def __init__(self, wall: object = time.time, steady: object = time.monotonic) -> None:
        assert callable(wall) and callable(steady)
        self._wall = wall
        self._steady = steady
        self._lock = threading.Lock()
        self._base_s = float(wall())
        self._from_s = float(steady())

    def seconds(self) -> float:
        with self._lock:
            carried = self._base_s + float(self._steady()) - self._from_s
            wall = float(self._wall())
            if wall - carried > _FORWARD_STEP_S:
                self._base_s, self._from_s = wall, float(self._steady())
                return wall
            return carried

    def floor(self, at: datetime) -> bool:
        """Start no earlier than ``at``. A stored time more than a day ahead is not believed. True when it moved."""
        ahead_s = at.timestamp() - self.seconds()
        if not 0 < ahead_s <= _FLOOR_TRUST_S:
            return False
        with self._lock:
            self._base_s += ahead_s
        return True


_clock = SteadyClock()
_fixed: list[datetime] = []


def now() -> datetime:
    """The present as an aware UTC time."""
    return _fixed[-1] if _fixed else datetime.fromtimestamp(_clock.seconds(), UTC)


def floor(at: datetime) -> bool:
    """See :meth:`SteadyClock.floor`, for this process."""
    return _clock.floor(at)


def shanghai(at: datetime) -> datetime:
    """The same moment as people in China read it."""
    return at.astimezone(SHANGHAI)


def today() -> date:
    """The day it is in China, on which posts, grids and duties begin and end."""
    return shanghai(now()).date()


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Hold the clock at ``at`` (tests, replay). Nested use is allowed."""
    _fixed.append(at)
    try:
        yield
    finally:
        _fixed.pop()


def advance(by: timedelta) -> None:
    """Move a clock held by :func:`fixed` forward."""
    _fixed[-1] += by
