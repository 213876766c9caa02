"""Where a task comes from, who may send how many a week to whom, and which done ones are looked at. Pure.

Three sources and an admission gate are the ministry's own rule for community policing (research/domain.md A1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from linli.kernel import clock
from linli.kernel.words import Words

SOURCES: dict[str, Words] = {
    "rule": Words("规定任务", "by rule"),
    "order": Words("指令任务", "by order"),
    "pushed": Words("推送任务", "pushed"),
}
"""By rule: stands in a regulation, which is named. By order: a chief wants it. Pushed: follows from a system's data."""

MEANT = (
    "information_officer",
    "grid_worker",
    "liaison_cadre",
    "property_manager",
    "safety_watcher",
    "assistant",
    "auxiliary",
    "community_officer",
    "station_desk",
    "station_chief",
)
"""Posts to whom a task may go: the line, downward."""

DEFAULT_A_WEEK: dict[str, int] = {
    "bureau_leader": 3,
    "dispatcher": 2,
    "station_chief": 2,
    "station_desk": 1,
    "community_officer": 2,
}
"""Tasks that a post of one agency may send to one and the same post in a week, where the table says nothing else."""
RULE_MAKERS = ("bureau_leader",)
"""Only the bureau says what the regulations want; such a task passes the gate and names its regulation."""

MOST_PARTS = 999
MOST_DAYS = 92
CHECKS: dict[str, Words] = {
    "": Words("未抽查", "not drawn"),
    "drawn": Words("待抽查", "drawn, to be looked at"),
    "good": Words("抽查属实", "found as reported"),
    "wrong": Words("抽查不符", "found otherwise"),
}


@dataclass(frozen=True, slots=True)
class Over:
    """A post to whom this task would be one too many this week."""

    post: str
    sent: int
    a_week: int


def week_of(at: datetime) -> tuple[datetime, datetime]:
    """The week that a moment lies in, Monday 0:00 to Monday 0:00 in Shanghai."""
    day = clock.shanghai(at).date()
    monday = day - timedelta(days=day.weekday())
    begins = datetime.combine(monday, time(), tzinfo=clock.SHANGHAI)
    return begins, begins + timedelta(days=7)


def exceeds(source: str, posts: Iterable[str], sent: Mapping[str, int], a_week: Mapping[str, int]) -> list[Over]:
    """To which posts one more task this week would be too many; a task by rule never is. ``sent``: already sent this
    week by post; ``a_week``: how many are allowed (a post that is missing: none without a chief's word).
    """
    if source == "rule":
        return []
    over = [Over(post, sent.get(post, 0), a_week.get(post, 0)) for post in posts]
    return [one for one in over if one.sent >= one.a_week]


def drawn(keys: Iterable[str], count: int, *, seed: str) -> list[str]:
    """``count`` of the keys by lot: in the order of SHA-256 over seed and key, so that anybody can draw it again."""
    lot = sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest())
    return lot[: max(0, count)]


def ends_at_of(day: date) -> datetime:
    """The end of a day in Shanghai, as tasks end."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.SHANGHAI)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a task has come, of a place or as a whole."""

    sent: int = 0
    read: int = 0
    done: int = 0
    some: int = 0
    """Not done and begun: a part of it is reported."""

    @property
    def left(self) -> int:
        """Who has not done all of it."""
        return self.sent - self.done


def summary(whole: Standing, parts: Sequence[int]) -> str:
    """The sentence with which a task ends; ``parts`` are done and asked for in all."""
    done, asked = parts
    more = f"，共完成{done}/{asked}项" if asked > whole.sent else ""
    return f"发给{whole.sent}人，已读{whole.read}人，完成{whole.done}人，未完成{whole.left}人{more}。"
