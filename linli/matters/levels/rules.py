"""The levels, who lifts from each and who may push back: one table, pure.

Small matters stay in the grid, large ones in the police grid, none rises above the street without a reason (Q6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from linli.kernel.words import Words

_NEIGHBOURS = ("grid_worker", "information_officer", "liaison_cadre", "property_manager")
_ROOM = ("community_officer", "auxiliary", "assistant")
_STATION = ("station_chief", "station_desk")
_BUREAU = ("call_taker", "dispatcher", "bureau_leader")


@dataclass(frozen=True, slots=True)
class Level:
    """One level: whose it is, who lifts a matter from it to the next, who pushes one back from it to the one below."""

    code: str
    words: Words
    whose: Words
    lifts: tuple[str, ...]
    pushes_back: tuple[str, ...]
    due_h: int
    """Hours that the level has for what is lifted or pushed to it."""


LEVELS: dict[str, Level] = {
    level.code: level
    for level in (
        Level(
            "grid",
            Words("网格", "grid"),
            Words("网格员、村居", "grid worker and village"),
            (*_NEIGHBOURS, *_ROOM, *_STATION),
            (),
            72,
        ),
        Level(
            "police_grid",
            Words("警格", "police grid"),
            Words("警务室", "police room"),
            ("community_officer", *_STATION),
            ("community_officer", *_STATION),
            72,
        ),
        Level(
            "street", Words("街道", "street"), Words("街道、派出所", "street and station"), _STATION, _STATION, 5 * 24
        ),
        Level("bureau", Words("县局", "bureau"), Words("县局", "bureau"), (), (*_BUREAU,), 7 * 24),
    )
}
ORDER = tuple(LEVELS)
OVER = ("settled", "closed", "handed_over")
"""States in which a matter keeps its level."""


def level_or_first(level: str) -> str:
    """The level itself; what was opened before there were levels counts for the police grid."""
    return level if level in LEVELS else "police_grid"


def first_level(posts: Collection[str], *, is_system: bool) -> str:
    """Where a matter begins: with the grid when a neighbour or a resident brings it, else with the police grid."""
    if is_system or any(post in _NEIGHBOURS for post in posts):
        return "grid"
    return "police_grid"


def above(level: str) -> str:
    """The next higher level; empty at the top."""
    at = ORDER.index(level) + 1
    return ORDER[at] if at < len(ORDER) else ""


def below_level(level: str) -> str:
    """The next lower level; empty at the bottom."""
    at = ORDER.index(level)
    return ORDER[at - 1] if at else ""
