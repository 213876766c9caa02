"""When a channel is left alone for a while, so that nobody waits for a gateway known to be dead. Pure: time is
given.
"""

from __future__ import annotations

import hashlib
import threading

FAILURES_TO_OPEN = 3
OPEN_S = 15.0
LEFT_ALONE = "left alone: it did not answer just now"
"""What is noted at a message that was not even tried, because its gateway has just failed three times."""


class Breaker:
    """Closed: everybody may try. After three failures in a row open for 15 s; then one may try, and what it finds
    decides.

    Times are seconds of any steady clock. Safe between threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until_s = 0.0

    def may_try(self, now_s: float) -> bool:
        """Whether to try now. After an open spell the first to ask gets the trial, the others wait for its result."""
        with self._lock:
            if self._failures < FAILURES_TO_OPEN:
                return True
            if now_s < self._open_until_s:
                return False
            self._open_until_s = now_s + OPEN_S
            return True

    def went_well(self) -> None:
        """The gateway answered."""
        with self._lock:
            self._failures = 0

    def went_wrong(self, now_s: float) -> None:
        """The gateway did not answer, or said that it is broken."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._open_until_s = now_s + OPEN_S


class Breakers:
    """A breaker for each address behind one channel (the robots of chat groups), kept under a digest of the address:
    the addresses are secrets. Those that were not asked for longest go when there are too many.
    """

    def __init__(self, most: int = 2_000) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._held: dict[bytes, Breaker] = {}

    def of(self, address: str) -> Breaker:
        """The breaker of an address."""
        key = hashlib.sha256(address.encode()).digest()
        with self._lock:
            found = self._held.pop(key, None) or Breaker()
            self._held[key] = found
            if len(self._held) > self._most:
                del self._held[next(iter(self._held))]
            return found
