"""The levels of the line, who stands on them, and until when a level signs. Pure (F2; research/domain.md A1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from linli.kernel import clock
from linli.kernel.words import Words

ROOM_KINDS = ("central_room", "village_room", "town_room", "room")
STATION_KINDS = ("station",)
BUREAU_KINDS = ("bureau", "branch")


@dataclass(frozen=True, slots=True)
class Level:
    """One level: the posts that stand on it, and at which kinds of agency (a station's own patrol leads no area)."""

    number: int
    code: str
    words: Words
    posts: tuple[str, ...]
    kinds: tuple[str, ...]


LEVELS: tuple[Level, ...] = (
    Level(
        0,
        "informer",
        Words("信息员", "information officer"),
        ("information_officer", "grid_worker", "liaison_cadre", "property_manager", "safety_watcher"),
        (*ROOM_KINDS, *STATION_KINDS, *BUREAU_KINDS),
    ),
    Level(1, "assistant", Words("警务助理", "assistant"), ("assistant",), (*ROOM_KINDS, *STATION_KINDS)),
    Level(2, "auxiliary", Words("辅警", "auxiliary"), ("auxiliary",), ROOM_KINDS),
    Level(3, "officer", Words("片区民警", "area officer"), ("community_officer",), ROOM_KINDS),
    Level(4, "station", Words("派出所", "station"), ("station_chief", "station_desk"), STATION_KINDS),
    Level(5, "bureau", Words("局", "bureau"), ("bureau_leader", "dispatcher"), BUREAU_KINDS),
)
TOP = LEVELS[-1].number
OWN_HANDS = 3
"""From this level on a report is dealt with by whoever made it: he sends it up when it is not his to settle."""
REPORTS = ("tip", "hazard", "help_request", "community_info")
"""The kinds that climb; calls have their own way, tasks come down."""

HOWS: dict[str, Words] = {
    "opened": Words("上报", "reported"),
    "unsigned": Words("逾期未签，转上一级", "unsigned, gone to the next level"),
    "sent_up": Words("向上转报", "sent further up"),
    "again": Words("补充后重报", "completed and sent again"),
}
"""Why a hop was made."""

_TURNS_TO = {"safety_watcher": 3}
"""Who does not begin with the next level: a safety watcher who sees something calls the area officer first (P14)."""

_LEVEL_OF = {post: level.number for level in LEVELS for post in level.posts}


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody's post on the way to the root: at which agency, ``depth`` counts agencies from the root."""

    person: UUID
    post: str
    agency: UUID
    kind: str
    depth: int


@dataclass(frozen=True, slots=True)
class Step:
    """A manned level: where it stands, and the one person it is, where it is one."""

    level: int
    agency: UUID
    people: tuple[UUID, ...]


def level_of(post: str) -> int | None:
    """The level on which a post stands; None beside the line (auditor, administrator)."""
    return _LEVEL_OF.get(post)


def begins_after(post: str, level: int) -> int:
    """The level above which the report of somebody in a post begins its way."""
    return _TURNS_TO.get(post, level + 1) - 1


def steps_above(level: int, held: Iterable[Held]) -> list[Step]:
    """The manned levels above ``level``, lowest first; of a level the agency that is nearest. Vacant levels are not
    there: that is how they are skipped.
    """
    rows = list(held)
    found = []
    for one in LEVELS[level + 1 :]:
        on_it = [row for row in rows if row.post in one.posts and row.kind in one.kinds]
        if on_it:
            nearest = max(on_it, key=lambda row: row.depth)
            people = sorted({row.person for row in on_it if row.agency == nearest.agency})
            found.append(Step(one.number, nearest.agency, tuple(people)))
    return found


def next_step(steps: Sequence[Step], after: int) -> Step | None:
    """The first manned level above ``after``; None at the top."""
    return next((step for step in steps if step.level > after), None)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a level has: ``minutes`` from when it came, or (None) the Shanghai day, but never less than
    ``least_minutes``: what comes at ten in the evening is not late at midnight.
    """

    minutes: int | None = None
    least_minutes: int = 240


def due_at(sent_at: datetime, held: Clock) -> datetime:
    """Until when a level signs what came at ``sent_at``."""
    if held.minutes is not None:
        return sent_at + timedelta(minutes=held.minutes)
    here = clock.shanghai(sent_at)
    day_ends = datetime.combine(here.date() + timedelta(days=1), time(), tzinfo=clock.SHANGHAI)
    return max(day_ends, sent_at + timedelta(minutes=held.least_minutes)).astimezone(sent_at.tzinfo)
