"""What the wall may say. A closed list: what has no place in these shapes cannot come to the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of today so far and the same span of yesterday; ``of`` is its denominator where it is a share."""

    code: str
    today: int
    yesterday: int
    of: int | None = None


@dataclass(frozen=True, slots=True)
class OpenCall:
    """An open call without anything that leads to a person: its category, the agency it lies with, its clock."""

    category_zh: str
    category_en: str
    area: str
    stage: str
    priority: int | None
    since: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class AreaOfCalls:
    """A station or room with its open calls: how many wait, how many run, how many are late."""

    name: str
    waiting: int
    running: int
    late: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A room or a unit on the map: what it is called on the radio and how it stands."""

    what: str
    name: str
    state: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Reach:
    """Coverage of the promise: shares of addresses and roads (None when nothing is known), the worst areas, the first
    step that would restore most: a unit's call sign and a room's name.
    """

    target_s: float
    why: str
    addresses: float | None
    roads: float | None
    worst: tuple[tuple[str, float], ...]
    step: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Wall:
    """The whole wall at one moment."""

    at: datetime
    counts: tuple[Count, ...]
    calls: tuple[OpenCall, ...]
    calls_in_all: int
    areas: tuple[AreaOfCalls, ...]
    dots: tuple[Dot, ...]
    reach: Reach
