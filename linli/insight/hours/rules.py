"""From sign-ons and work records to the minutes of a day: pure, and without any place.

A day's minutes are the union of the owner's sign-ons at a community agency and of what he recorded outside of them,
less the time for which he was drawn away. Two things at once count once. A record without a length counts a declared
one (``NOMINAL``) and is said to be estimated. Asia/Shanghai days; what runs past midnight is split there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from linli.kernel.registry import Registry
from linli.kernel.words import Words

SOURCES: dict[str, Words] = {
    "duty": Words("签到", "sign-on"),
    "visit": Words("走访", "visit"),
    "care": Words("关爱走访", "visit for care"),
    "order": Words("出警", "order"),
    "report": Words("登记事项", "matter recorded"),
    "drawn": Words("抽调", "drawn away"),
}
NOMINAL: dict[str, timedelta] = {
    "visit": timedelta(minutes=20),
    "care": timedelta(minutes=30),
    "order": timedelta(minutes=30),
    "report": timedelta(minutes=10),
}
"""What a record counts outside of a sign-on when nobody said how long it took."""
LONGEST_DAY_MIN = 24 * 60
FULL_DAY_MIN = 8 * 60
"""Q11: officers are in the community over eight hours a day on average."""
OWN_DAYS = 3
"""So many days after he first saw a week its owner may set it right before anybody else is told a sum."""
WEEK = timedelta(days=7)
LEAST_DAY_MIN = 120
"""A day with less is a call-out, no working day: it counts in the sum and not in the average."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that was done from ``begins_at`` to ``ends_at``; ``guessed`` when its length is ``NOMINAL`` or its end
    was not said.
    """

    source: str
    begins_at: datetime
    ends_at: datetime
    guessed: bool = False


@dataclass(slots=True)
class DaySum:
    """One day: minutes in the community, minutes drawn away, what they were made of, and whether some were guessed."""

    day: date
    minutes: int = 0
    drawn_min: int = 0
    guessed: bool = False
    pieces: list[Piece] = field(default_factory=list)
    by_source: dict[str, int] = field(default_factory=dict)


def piece_of(source: str, begins_at: datetime, ends_at: datetime | None) -> Piece:
    """A record as a piece: with the declared length when its end is unknown or before its beginning."""
    if ends_at is not None and ends_at > begins_at:
        return Piece(source, begins_at, ends_at)
    return Piece(source, begins_at, begins_at + NOMINAL.get(source, timedelta()), guessed=True)


def by_day(pieces: Iterable[Piece], zone: tzinfo) -> dict[date, list[Piece]]:
    """The pieces of each local day, split at midnight."""
    found: dict[date, list[Piece]] = defaultdict(list)
    for piece in pieces:
        begins = piece.begins_at
        while begins < piece.ends_at:
            day = begins.astimezone(zone).date()
            midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
            ends = min(piece.ends_at, midnight)
            found[day].append(Piece(piece.source, begins, ends, piece.guessed))
            begins = ends
    return dict(found)


def day_sum(day: date, pieces: Sequence[Piece]) -> DaySum:
    """Add one day up. Time drawn away is no time in the community, and stands beside it."""
    away = merged([(one.begins_at, one.ends_at) for one in pieces if one.source == "drawn"])
    work = sorted(
        (one for one in pieces if one.source != "drawn"), key=lambda one: (one.source != "duty", one.begins_at)
    )
    here = without(merged([(one.begins_at, one.ends_at) for one in work]), away)
    shares: dict[str, int] = {}
    taken: list[tuple[datetime, datetime]] = list(away)
    guessed = False
    for one in work:
        fresh = without([(one.begins_at, one.ends_at)], taken)
        minutes = _minutes(fresh)
        if minutes:
            shares[one.source] = shares.get(one.source, 0) + minutes
            guessed = guessed or one.guessed
        taken = merged([*taken, (one.begins_at, one.ends_at)])
    return DaySum(day, _minutes(here), _minutes(away), guessed, sorted(pieces, key=lambda one: one.begins_at), shares)


Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping and touching spans as one."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        elif ends > begins:
            found.append((begins, ends))
    return found


def without(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """The spans with the holes cut out; ``holes`` are merged."""
    found: list[Span] = []
    for begins, ends in spans:
        reached = begins
        for start, end in holes:
            if end <= reached or start >= ends:
                continue
            if start > reached:
                found.append((reached, start))
            reached = max(reached, end)
        if reached < ends:
            found.append((reached, ends))
    return found


def _minutes(spans: Iterable[Span]) -> int:
    return round(sum((ends - begins for begins, ends in spans), timedelta()) / timedelta(minutes=1))


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return date.fromordinal(max(1, day.toordinal() - day.weekday()))


def is_released(monday: date, *, seen_on: date | None, confirmed: bool, today: date) -> bool:
    """Whether others may be told sums of a week: it is over, its owner has seen it, and he has confirmed it or let
    ``OWN_DAYS`` pass since he first could have seen it whole.
    """
    ended = monday + WEEK
    if today < ended or seen_on is None:
        return False
    return confirmed or today >= max(seen_on, ended) + timedelta(days=OWN_DAYS)


def average_min(days: Iterable[tuple[int, int]]) -> int | None:
    """Minutes on an average working day, of (minutes, minutes drawn away) by day; None without such a day.

    A day on which somebody was drawn away is left out: it is recorded in his favour and lowers nothing.
    """
    whole = [minutes for minutes, drawn_min in days if minutes >= LEAST_DAY_MIN and not drawn_min]
    return round(sum(whole) / len(whole)) if whole else None


@dataclass(frozen=True, slots=True)
class RoomSum:
    """Hours of a room in a period, of ``days`` as (minutes, minutes drawn away), never of a person. ``waiting`` weeks
    are still their owners' own.
    """

    days: tuple[tuple[int, int], ...]
    corrected_days: int
    waiting: int

    @property
    def minutes(self) -> int:
        return sum(minutes for minutes, _ in self.days)

    @property
    def drawn_min(self) -> int:
        return sum(drawn_min for _, drawn_min in self.days)

    @property
    def worked_days(self) -> int:
        """Days with anything in the community."""
        return sum(minutes > 0 for minutes, _ in self.days)

    @property
    def a_day_min(self) -> int | None:
        return average_min(self.days)


def added(sums: Iterable[RoomSum]) -> RoomSum:
    """Several rooms together."""
    values = list(sums)
    return RoomSum(
        tuple(day for one in values for day in one.days),
        sum(one.corrected_days for one in values),
        sum(one.waiting for one in values),
    )


@dataclass(frozen=True, slots=True)
class HoursFigure:
    """A figure of hours: what it is called, what it counts and leaves out, which row of the practice."""

    code: str
    words: Words
    meaning: Words
    row: str


HOURS: Registry[HoursFigure] = Registry("figures of hours")
for _figure in (
    HoursFigure(
        "community_hours",
        Words("社区工时", "hours in the community"),
        Words(
            "社区民警签到在岗的时间，加上签到之外有工作记录的时间，减去被抽调的时间；本人看过、可更正之后才计入，只按警务室合计。",
            "Time for which community officers signed on, and of their records outside of it, less time drawn away; "
            "only once they have seen it and could set it right, and only by room.",
        ),
        "P5 Q11",
    ),
    HoursFigure(
        "hours_a_day",
        Words("平均每天在社区", "hours on an average day"),
        Words(
            "在社区满两小时、当天没有被抽调的日子，平均每天的时长。",
            "The mean of days with two hours or more in the community on which nobody was drawn away.",
        ),
        "Q11",
    ),
    HoursFigure(
        "drawn_hours",
        Words("被抽调", "hours drawn away"),
        Words(
            "经批准被抽调的时间，到归岗为止。",
            "Time for which officers were drawn away with leave, until they returned.",
        ),
        "W11",
    ),
):
    HOURS.add(_figure.code, _figure)
