"""What an import of roads did not follow, by name: which rule of which relation or road, and what is taken instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from linli.kernel.words import Words

_TURN = Words("该转弯按全天允许计算", "the turn is taken to be allowed at all hours")
_WAY = Words("该道路按无此时段规定计算", "the road stands as without this rule")


class LeftOut(NamedTuple):
    """``osm`` is relation/7 or way/7; ``said`` what its mapper wrote; ``words`` what is taken instead."""

    osm: str
    said: str
    words: Words

    def as_json(self) -> dict[str, str]:
        return {"osm": self.osm, "said": self.said, **self.words.as_json()}


def left_out(report: Mapping[str, Any]) -> list[LeftOut]:
    """The rules by the hour that could not be read, out of a network's report; a table of roads has none."""
    turns = report.get("restrictions", {}).get("hours_not_read", {}).get("said", {})
    ways = report.get("ways_hours_not_read", {}).get("said", {})
    found = [LeftOut(f"relation/{ref}", said, _TURN) for ref, said in turns.items()]
    return found + [LeftOut(f"way/{ref}", said, _WAY) for ref, said in ways.items()]
