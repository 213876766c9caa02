"""Intervals and shares: pure. A missing time is missing, never 0; what cannot be is counted apart."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

OVER_S = 24 * 3600.0
"""An interval beyond a day is a forgotten key press, not a drive."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The three times that the response figures need, of a call or of one unit of it."""

    received_at: datetime | None
    ordered_at: datetime | None
    arrived_at: datetime | None


@dataclass(slots=True)
class Interval:
    """Seconds of one interval over many legs: what counts, and what was left out and why."""

    seconds: list[float] = field(default_factory=list)
    missing: int = 0
    negative: int = 0
    over_24_h: int = 0

    def add(self, start: datetime | None, end: datetime | None) -> None:
        """Count one interval: exactly in one of the four places."""
        if start is None or end is None:
            self.missing += 1
            return
        took_s = (end - start).total_seconds()
        if took_s < 0:
            self.negative += 1
        elif took_s > OVER_S:
            self.over_24_h += 1
        else:
            self.seconds.append(took_s)

    def as_json(self) -> dict[str, object]:
        ordered = sorted(self.seconds)
        return {
            "n": len(ordered),
            "p50": percentile(ordered, 0.5),
            "p90": percentile(ordered, 0.9),
            "excluded": {"missing": self.missing, "negative": self.negative, "over_24_h": self.over_24_h},
        }


@dataclass(slots=True)
class Group:
    """The response figures of one unit, beat or category."""

    calls: int = 0
    queue: Interval = field(default_factory=Interval)
    travel: Interval = field(default_factory=Interval)
    response: Interval = field(default_factory=Interval)

    def add(self, leg: Leg) -> None:
        """Queue: received → ordered. Travel: ordered → arrived. Response: received → arrived, of ordered calls."""
        self.calls += 1
        self.queue.add(leg.received_at, leg.ordered_at)
        self.travel.add(leg.ordered_at, leg.arrived_at)
        self.response.add(leg.received_at if leg.ordered_at else None, leg.arrived_at)

    def as_json(self, key: str) -> dict[str, object]:
        return {
            "key": key,
            "calls": self.calls,
            "queue_s": self.queue.as_json(),
            "travel_s": self.travel.as_json(),
            "response_s": self.response.as_json(),
        }


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The percentile of sorted values by linear interpolation between neighbours; ``None`` of nothing."""
    if not ordered:
        return None
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (at - low) * (ordered[high] - ordered[low]), 6)


def grouped(legs: Iterable[tuple[str, Leg]]) -> dict[str, Group]:
    """Response figures by key, keys in order."""
    groups: dict[str, Group] = defaultdict(Group)
    for key, leg in legs:
        groups[key].add(leg)
    return dict(sorted(groups.items()))


def share(part: int, whole: int) -> float | None:
    """A fraction, or ``None`` of nothing."""
    return part / whole if whole else None


def change(now: int, before: int) -> float | None:
    """The change on last year (同比) as a fraction; ``None`` when the year before has no figure."""
    return (now - before) / before if before else None
