"""What may be done to many matters at once: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel.words import Words

MOST_ROWS = 5_000
AT_ONCE = 20
"""Rows that are done while the person waits; more become a job with its progress."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One bulk act: ``act`` is the right that each row asks for, ``needs`` the facts it takes."""

    name: str
    words: Words
    act: str
    needs: tuple[str, ...] = ()


_DECLARED = (
    Verb("assign", Words("交办", "assign"), "matter.assign", ("assignee",)),
    Verb("note", Words("记录", "note"), "matter.note", ("text",)),
    Verb("settle", Words("办结", "settle"), "matter.move", ("outcome",)),
    Verb("close", Words("结案", "close"), "matter.move"),
    Verb("link", Words("关联到", "link to"), "link.make", ("main",)),
)
VERBS: dict[str, Verb] = {one.name: one for one in _DECLARED}


def digest_of(numbers: Iterable[str]) -> str:
    """The digest of the rows of a bulk act, as its one entry of the trail keeps it."""
    return hashlib.sha256("\n".join(numbers).encode()).hexdigest()
