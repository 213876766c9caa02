"""How much may come in, without saying who it comes from: a bucket for each form and area."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST_KEPT = 20_000


@dataclass(slots=True)
class _Level:
    left: float
    at_s: float


class Buckets:
    """Token buckets by key: ``capacity`` at once, ``per_s`` again each second. Holds no address and nobody's name.

    One instance lives in each web process: two processes let through twice as much at most (ADR 0172).
    """

    def __init__(self, *, capacity: float, per_s: float) -> None:
        self.capacity, self.per_s = capacity, per_s
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, _Level] = OrderedDict()

    def take(self, key: str, at_s: float) -> float:
        """0 when there was one to take; else the seconds until there is one."""
        with self._lock:
            level = self._levels.pop(key, None) or _Level(self.capacity, at_s)
            level.left = min(self.capacity, level.left + max(0.0, at_s - level.at_s) * self.per_s)
            level.at_s = max(level.at_s, at_s)
            self._levels[key] = level
            if len(self._levels) > MOST_KEPT:
                self._levels.popitem(last=False)
            if level.left >= 1.0:
                level.left -= 1.0
                return 0.0
            return (1.0 - level.left) / self.per_s

    def give_back(self, key: str) -> None:
        """What was taken was not needed."""
        with self._lock:
            level = self._levels.get(key)
            if level is not None:
                level.left = min(self.capacity, level.left + 1.0)

    def forget(self) -> None:
        """All full again."""
        with self._lock:
            self._levels.clear()
