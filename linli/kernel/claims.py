"""What asks for somebody's day, and what is somebody's: declared by whoever knows, shown on one page.

A programme declares a :class:`ClaimSource` in its ``AppConfig.ready()``: visits that fall due, sessions of a mediation,
reviews of graded places. The page 今日 shows at most seven claims: legal deadlines first, then promises to residents,
then tasks (F3). An :class:`OwnSource` says what belongs to a post: its rooms, its shifts, its reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.kernel.words import Words


class Weight(IntEnum):
    """What a claim rests on: the lighter number comes first."""

    LAW = 1
    PROMISE = 2
    TASK = 3


WEIGHTS: dict[Weight, Words] = {
    Weight.LAW: Words("法定期限", "legal deadline"),
    Weight.PROMISE: Words("对群众的承诺", "promise to a resident"),
    Weight.TASK: Words("工作任务", "task"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing to do. ``key`` names its row, so that nothing stands on a page twice; ``why`` says why it is here;
    ``by_at`` is the moment until which, None when nobody promised one; ``weight`` where it is not its source's.
    """

    key: str
    title: str
    url: str
    why: Words
    by_at: datetime | None = None
    number: str = ""
    where: str = ""
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a source found: its first claims in order, and how many there are in all."""

    claims: Sequence[Claim]
    total: int


def waiting(rows: Any, most: int, claim: Callable[[Any], Claim]) -> Waiting:
    """The first of a query's rows as claims; they are counted only when there are more than are shown."""
    first = list(rows[:most])
    return Waiting([claim(row) for row in first], len(first) if len(first) < most else rows.count())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSource:
    """A declared kind of claim. ``posts`` are those on whose page it stands; ``police`` is False only when it can
    carry no police data, so that liaison cadres and property managers may have it. ``rest`` is the address of the whole
    list; ``find`` gets the actor, the moment and how many claims are wanted.
    """

    code: str
    words: Words
    weight: Weight
    posts: tuple[str, ...]
    find: Callable[[Actor, datetime, int], Waiting]
    rest: str
    police: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is somebody's: what it is called, what is to be known of it, where it opens (may be empty)."""

    title: str
    note: Words | str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSource:
    """What belongs to a post: rooms, grids, shifts, own reports. ``police`` as for claims."""

    code: str
    words: Words
    icon: str
    posts: tuple[str, ...]
    find: Callable[[Actor, datetime], Sequence[Line]]
    rest: str = ""
    police: bool = True


CLAIMS: Registry[ClaimSource] = Registry("claims on today")
OWN: Registry[OwnSource] = Registry("what is a post's own")


def declare_claims(*sources: ClaimSource) -> None:
    """Declare sources of claims; a code twice is a mistake."""
    for source in sources:
        CLAIMS.add(source.code, source)


def declare_own(*sources: OwnSource) -> None:
    """Declare what belongs to posts; a code twice is a mistake."""
    for source in sources:
        OWN.add(source.code, source)
