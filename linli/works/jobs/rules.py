"""How long a lease lasts and how long a failed job waits: pure."""

from __future__ import annotations

LEASE_S = 30
MAX_ATTEMPTS = 8
_FIRST_WAIT_S = 2
_LONGEST_WAIT_S = 600


def wait_after_failure_s(attempts: int) -> int:
    """Seconds until the next try: 2, 4, 8 … up to ten minutes."""
    return min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** max(0, attempts - 1))
