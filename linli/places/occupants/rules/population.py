"""Numbers of people by village and community as of a day, through the succession of division codes. Pure (W7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID


class Line(NamedTuple):
    """A division as it matters for counting: until when it holds, and what stands in its place after that."""

    valid_from: date | None
    valid_to: date | None
    successor: UUID | None


def standing_on(division: UUID, day: date, lines: Mapping[UUID, Line]) -> UUID:
    """The division under which a row of ``division`` counts on a day: itself while it holds, else its successor's
    successor, and so on. A row that was written under a successor counts under the predecessor before the change only
    when there is exactly one: a merged community cannot be taken apart again.
    """
    seen = {division}
    while True:
        line = lines.get(division)
        if line is None or line.valid_to is None or day < line.valid_to or line.successor is None:
            break
        division = line.successor
        if division in seen:
            break
        seen.add(division)
    line = lines.get(division)
    if line is not None and line.valid_from is not None and day < line.valid_from:
        before = [key for key, one in lines.items() if one.successor == division and key != division]
        if len(before) == 1:
            return before[0]
    return division


@dataclass(slots=True)
class Count:
    """How many of each kind live in one division, and how many homes stand in each use."""

    registered: int = 0
    migrant: int = 0
    overseas: int = 0
    lodging: int = 0
    homes: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.registered + self.migrant + self.overseas + self.lodging

    @property
    def ratio(self) -> float | None:
        """Registered for each migrant, the ``1.14 : 1`` of W7; None where nobody is a migrant."""
        return self.registered / self.migrant if self.migrant else None

    def add(self, kind: str, n: int) -> None:
        setattr(self, kind, getattr(self, kind) + n)


def summed(
    rows: Iterable[tuple[UUID | None, str, int]], day: date, lines: Mapping[UUID, Line]
) -> dict[UUID | None, Count]:
    """Rows of (division, kind, people) added up under the divisions of a day; None is where no division is known."""
    found: dict[UUID | None, Count] = {}
    for division, kind, n in rows:
        key = standing_on(division, day, lines) if division is not None else None
        found.setdefault(key, Count()).add(kind, n)
    return found
