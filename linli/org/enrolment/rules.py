"""Who would be in two places at once: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linli.org.posts.rules import overlaps


@dataclass(frozen=True, slots=True)
class Held:
    """A main post as a period at an agency."""

    agency: str
    code: str
    since: date
    until: date | None


def other_place(new: Held, others: Iterable[Held]) -> Held | None:
    """The main post that puts a person in two places at once, if there is one. The same post again is not another."""
    for other in others:
        if (other.agency, other.code) == (new.agency, new.code):
            continue
        if overlaps(new.since, new.until, other.since, other.until):
            return other
    return None
