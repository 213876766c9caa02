"""When two calls may be the same incident: pure, and only ever a suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.kernel.geo import distance_m
from linli.kernel.words import Words

WINDOW_MIN = 60
NEAR_M = 400.0
_SAME_CALLER_WINDOW_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What of a call tells it apart: when, where (may be unknown), category, caller's blind index (may be empty)."""

    received_at: datetime
    lon: float | None
    lat: float | None
    category: str
    phone_index: str


def likeness(new: CallFacts, old: CallFacts) -> tuple[float, list[Words]]:
    """How alike two calls are, 0 to 1, and why in words; 0 when nothing speaks for it.

    Time and distance count smoothly; the same caller counts much; another branch of the category tree counts against
    it.
    """
    apart_min = abs((new.received_at - old.received_at).total_seconds()) / 60
    same_caller = bool(new.phone_index) and new.phone_index == old.phone_index
    if apart_min > (_SAME_CALLER_WINDOW_MIN if same_caller else WINDOW_MIN):
        return 0.0, []
    why = [Words(f"{apart_min:.0f}分钟内", f"{apart_min:.0f} min apart")]
    value = 0.35 * max(0.0, 1 - apart_min / WINDOW_MIN)
    metres = _apart_m(new, old)
    if metres is not None:
        if metres > NEAR_M and not same_caller:
            return 0.0, []
        value += 0.4 * max(0.0, 1 - metres / NEAR_M)
        why.append(Words(f"相距{metres:.0f}米", f"{metres:.0f} m apart"))
    if same_caller:
        value += 0.4
        why.append(Words("同一报警人", "same caller"))
    if new.category and old.category:
        same_branch = new.category[:2] == old.category[:2]
        value += 0.15 if same_branch else -0.15
        why.append(Words("类别相同", "same category") if same_branch else Words("类别不同", "other category"))
    if metres is None and not same_caller:
        return 0.0, []
    return max(0.0, min(1.0, value)), why


def _apart_m(new: CallFacts, old: CallFacts) -> float | None:
    if new.lon is None or new.lat is None or old.lon is None or old.lat is None:
        return None
    return distance_m(new.lon, new.lat, old.lon, old.lat)
