"""From a query to what passes in columns, and cells of two sets of points as one: pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from linli.places.map.rules import LayerQuery
from linli.places.map.rules.points import MIXED, NEVER, Cells, Narrowing

COLOURS = ("", "blue", "yellow", "red")
"""From harmless to grave: a cell shows the gravest."""


class Numbered(Protocol):
    """Texts by their numbers."""

    number: dict[str, int]


class Vocabulary(Protocol):
    """The three properties that are filtered, in the order of the columns."""

    @property
    def kinds(self) -> Numbered: ...
    @property
    def states(self) -> Numbered: ...
    @property
    def colours(self) -> Numbered: ...


def narrowing(query: LayerQuery, words: Vocabulary) -> Narrowing:
    """The filters and times of a query. A matter exists from when it was received until it is closed."""
    allowed = np.ones((3, 256), np.uint8)
    for row, (name, known) in enumerate((("kind", words.kinds), ("state", words.states), ("colour", words.colours))):
        wanted = query.where.get(name)
        if wanted:
            allowed[row] = 0
            allowed[row, [known.number[text] for text in wanted if text in known.number]] = 1
    begun, ended = [0, NEVER], [0, NEVER]
    if query.at is not None:
        moment = int(query.at.timestamp())
        begun[1], ended[0] = min(begun[1], moment), max(ended[0], moment + 1)
    if query.since is not None:
        ended[0] = max(ended[0], int(query.since.timestamp()))
    if query.until is not None:
        begun[1] = min(begun[1], int(query.until.timestamp()))
    if query.begun_since is not None:
        begun[0] = max(begun[0], int(query.begun_since.timestamp()))
    if query.begun_until is not None:
        begun[1] = min(begun[1], int(query.begun_until.timestamp()))
    if query.where.get("open") == ("yes",):
        ended[0] = NEVER
    elif query.where.get("open") == ("no",):
        ended[1] = NEVER - 1
    return Narrowing(allowed, (begun[0], begun[1]), (ended[0], ended[1]))


def merged(parts: Sequence[Cells]) -> Cells:
    """Cells of several sets of points added up; ``one`` is the place of a cell among those of all parts."""
    every = [np.concatenate([getattr(part, name) for part in parts]) for name in Cells.__slots__[:-1]]
    cell, count, lasting, sum_x, sum_y, common, highest = every
    cells, first, which = np.unique(cell, return_index=True, return_inverse=True)
    total = np.bincount(which, count, minlength=len(cells)).astype(np.int64)
    gravest = np.zeros(len(cells), np.uint8)
    np.maximum.at(gravest, which, highest)
    mixed = common[first].copy()
    mixed[which[common != mixed[which]]] = MIXED
    return Cells(
        cells,
        total,
        np.bincount(which, lasting, minlength=len(cells)).astype(np.int64),
        np.bincount(which, sum_x, minlength=len(cells)).astype(np.float64),
        np.bincount(which, sum_y, minlength=len(cells)).astype(np.float64),
        mixed,
        gravest,
        first.astype(np.int64),
    )
