"""How long a lease lasts and how long a failed job waits: pure."""

from __future__ import annotations

LEASE_S = 30
LONG_LEASE_S = 15
"""A job of a lane waits for a gateway at most 8 s (channels): twice that, and another thread takes over from a dead
one.
"""
MAX_ATTEMPTS = 8
_FIRST_WAIT_S = 2
_LONGEST_WAIT_S = 600


def wait_after_failure_s(attempts: int) -> int:
    """Seconds until the next try: 2, 4, 8 … up to ten minutes."""
    doubled: int = _FIRST_WAIT_S << max(0, min(attempts, 20) - 1)
    return min(_LONGEST_WAIT_S, doubled)
