"""What is done when a message could not be handed over. Pure."""

from __future__ import annotations

from collections.abc import Sequence

MOST_ATTEMPTS = 8
_WAITS_S = (2, 4, 8, 15, 30, 60, 120)


def stand_in(order: Sequence[str], addresses: dict[str, str], tried: Sequence[str]) -> str | None:
    """The next channel for this person: configured, with an address, not tried yet; None when there is no other."""
    return next((name for name in order if addresses.get(name) and name not in tried), None)


def tries_again(attempts: int, *, urgent: bool, for_good: bool, other: str | None) -> bool:
    """Whether the same channel is tried again after this many attempts.

    An urgent message changes the channel at the first failure; where there is no other, and for all else, it is
    tried for some four minutes. What cannot help (``for_good``: no such number, no such channel) is not repeated.
    """
    if for_good or attempts >= MOST_ATTEMPTS:
        return False
    return other is None or not urgent


def wait_s(attempts: int) -> int:
    """Seconds until the next attempt: 2, 4, 8, … 120."""
    return _WAITS_S[min(max(attempts, 1), len(_WAITS_S)) - 1]
