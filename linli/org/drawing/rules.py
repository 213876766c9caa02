"""What a drawing away may be for, and when it goes beyond the limit. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from linli.kernel.words import Words

REASONS: dict[str, Words] = {
    "event": Words("大型活动安保", "a large event"),
    "case": Words("专案协助", "help with a case"),
    "disaster": Words("抢险救灾", "disaster relief"),
    "holiday": Words("节假日执勤", "duty on holidays"),
    "training": Words("集中训练", "training"),
    "station": Words("派出所值班补位", "a gap in the station's own roster"),
    "other": Words("其他", "other"),
}
LIMIT_ONCE = timedelta(hours=72)
LIMIT_MONTH = timedelta(hours=120)
"""Beyond either of these only the bureau's leaders approve: three days at once, five days in thirty."""
WINDOW = timedelta(days=30)
LEADERS = ("bureau_leader",)


def hours_within(spans: Iterable[tuple[datetime, datetime]], begins_at: datetime, ends_at: datetime) -> timedelta:
    """How long of these spans lies between two moments; overlapping ones count once."""
    total, reached = timedelta(), begins_at
    for start, end in sorted(spans):
        first, last = max(start, reached), min(end, ends_at)
        if last > first:
            total += last - first
            reached = last
    return total


def beyond_limit(wanted: tuple[datetime, datetime], earlier: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether an officer would be away too long: at once, or with what was approved in the thirty days before."""
    begins_at, ends_at = wanted
    if ends_at - begins_at > LIMIT_ONCE:
        return True
    return hours_within([*earlier, wanted], ends_at - WINDOW, ends_at) > LIMIT_MONTH
