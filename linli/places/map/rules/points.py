"""Very many points held as columns, in the order of their Morton codes, so that a tile is one run of neighbours.

A pass over a run filters and adds up by cells without making anything else: measured, 4 ns a point, so that a tile of
a million takes a few milliseconds whatever is filtered (ADR 0055).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from linli.kernel.geo import Box
from linli.places.map.rules.tiles import BITS, F64, U32, U64, Tile, grid_of, morton
from linli.places.roads.rules.compiled import compiled

NEVER = 2**32 - 1
"""The end, in seconds, of what has not ended."""
MIXED = 255

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """n points. ``keys`` are the halves of their UUIDs, ``codes`` one column for each property that is filtered,
    ``begun`` and ``ended`` seconds since 1970, ``scope`` whatever decides who may see them, ``alive`` whether they
    still hold (a point that changed stands anew elsewhere).
    """

    code: U64  # [n] Morton, ascending
    x: U32
    y: U32
    keys: U64  # [n, 2]
    by_key: I32  # [n] the order of the keys
    codes: U8  # [n, c]
    begun: U32
    ended: U32
    scope: I32  # [n, s]
    alive: Flags

    def __len__(self) -> int:
        return len(self.code)

    @classmethod
    def made(
        cls, *, keys: U64, lon: F64, lat: F64, codes: U8, begun: U32, ended: U32, scope: I32
    ) -> Points:  # fmt: skip
        """Points from columns in any order."""
        x, y = grid_of(lon, lat)
        code = morton(x, y)
        order = np.argsort(code, kind="stable")
        kept = keys[order]
        return cls(
            code[order],
            x[order],
            y[order],
            kept,
            np.lexsort((kept[:, 1], kept[:, 0])).astype(np.int32),
            np.ascontiguousarray(codes[order]),
            begun[order],
            ended[order],
            np.ascontiguousarray(scope[order]),
            np.ones(len(order), np.bool_),
        )

    def places_of(self, keys: U64) -> I64:
        """Where points with these keys stand; those that are not here are left out."""
        if not len(self) or not len(keys):
            return np.zeros(0, np.int64)
        high = self.keys[self.by_key, 0]
        found = []
        for first, second in keys.tolist():
            at = int(np.searchsorted(high, np.uint64(first)))
            while at < len(high) and int(high[at]) == first:
                place = int(self.by_key[at])
                if int(self.keys[place, 1]) == second:
                    found.append(place)
                at += 1
        return np.array(found, np.int64)

    def without(self, places: I64) -> Points:
        """The same points, those at ``places`` no longer alive."""
        if not len(places):
            return self
        alive = self.alive.copy()
        alive[places] = False
        return replace(self, alive=alive)

    def joined(self, other: Points) -> Points:
        """The living points of both."""
        mine, theirs = self.alive, other.alive
        code = np.concatenate([self.code[mine], other.code[theirs]])
        order = np.argsort(code, kind="stable")

        def both(name: str) -> Any:
            column = np.concatenate([getattr(self, name)[mine], getattr(other, name)[theirs]])[order]
            return np.ascontiguousarray(column)

        keys = np.concatenate([self.keys[mine], other.keys[theirs]])[order]
        names = ("x", "y", "codes", "begun", "ended", "scope")
        return replace(
            self,
            code=code[order],
            keys=keys,
            by_key=np.lexsort((keys[:, 1], keys[:, 0])).astype(np.int32),
            alive=np.ones(len(order), np.bool_),
            **{name: both(name) for name in names},
        )

    def run(self, first: int, behind: int) -> tuple[int, int]:
        """The run of points with codes from ``first`` to before ``behind``."""
        ends = np.searchsorted(self.code, np.array([first, min(behind, 2 ** (2 * BITS))], np.uint64))
        return int(ends[0]), int(ends[1])


@dataclass(frozen=True, slots=True, eq=False)
class Narrowing:
    """What passes: ``allowed`` [c, 256] by code, begun and ended within closed intervals of seconds."""

    allowed: U8
    begun: tuple[int, int] = (0, NEVER)
    ended: tuple[int, int] = (0, NEVER)

    @property
    def bounds(self) -> I64:
        return np.array([*self.begun, *self.ended], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Points added up by cell: how many, how many not ended, the sums of their positions, the common value of the
    first property (``MIXED`` when they differ), the highest of the last, and one of the points.
    """

    cell: U64
    count: I64
    lasting: I64
    sum_x: F64
    sum_y: F64
    common: U8
    highest: U8
    one: I64


def cells_of(points: Points, seen: Flags, narrowing: Narrowing, tile: Tile, level: int) -> Cells:
    """The living points of a tile that may be ``seen`` and pass, by cells of zoom ``level``."""
    places = _picked(points, seen, narrowing, *points.run(*tile.codes))
    most = min(len(places), 1 << (2 * min(level - tile.z, 15)))
    made = Cells(
        np.empty(most, np.uint64), np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros(most), np.zeros(most),
        np.empty(most, np.uint8), np.zeros(most, np.uint8), np.empty(most, np.int64),
    )  # fmt: skip
    shift = np.uint64(2 * (BITS - level))
    count = _add_up(
        points.code, points.x, points.y, points.codes, points.ended, places, shift, made.cell, made.count,
        made.lasting, made.sum_x, made.sum_y, made.common, made.highest, made.one,
    )  # fmt: skip
    return Cells(*(getattr(made, name)[:count] for name in Cells.__slots__))


@compiled
def _add_up(
    code: U64, x: U32, y: U32, codes: U8, ended: U32, places: I64, shift: np.uint64, cell: U64, count: I64,
    lasting: I64, sum_x: F64, sum_y: F64, common: U8, highest: U8, one: I64,
) -> int:  # fmt: skip
    """Add up points whose cells come one after the other; returns how many cells there are.

    Sums are kept in locals and written behind each point, which is quicker than reading them back.
    """
    at = -1
    last = codes.shape[1] - 1
    own, n, open_n, east, south, top = np.uint64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for i in places:
        here = code[i] >> shift
        if at < 0 or here != own:
            at += 1
            own, n, open_n, top = here, np.int64(0), np.int64(0), np.int64(0)
            east, south = np.int64(0), np.int64(0)
            cell[at], common[at], one[at] = here, codes[i, 0], i
        elif common[at] != codes[i, 0]:
            common[at] = MIXED
        n += 1
        open_n += ended[i] == NEVER
        east += np.int64(x[i])
        south += np.int64(y[i])
        if codes[i, last] > top:
            top = np.int64(codes[i, last])
        count[at], lasting[at], sum_x[at], sum_y[at], highest[at] = n, open_n, east, south, top
    return at + 1


@compiled
def _pick(
    codes: U8, begun: U32, ended: U32, flags: Flags, allowed: U8, bounds: I64, out: I64
) -> int:  # fmt: skip
    """The places in a run that pass; returns how many."""
    at = 0
    b0, b1, e0, e1 = bounds[0], bounds[1], bounds[2], bounds[3]
    for i in range(len(flags)):
        if not flags[i]:
            continue
        first, end = np.int64(begun[i]), np.int64(ended[i])
        passes = b0 <= first and first <= b1 and e0 <= end and end <= e1
        for column in range(codes.shape[1]):
            passes = passes and allowed[column, codes[i, column]] != 0
        if passes:
            out[at] = i
            at += 1
    return at


def picked(points: Points, seen: Flags, narrowing: Narrowing, box: Box | None) -> I64:
    """Places of the living points that may be seen and pass, within a box."""
    if box is None:
        return _picked(points, seen, narrowing, 0, len(points))
    parts = [_picked(points, seen, narrowing, *points.run(*tile.codes)) for tile in covering(box)]
    places = np.concatenate(parts)
    x, y = grid_of(np.array([box.west, box.east]), np.array([box.north, box.south]))
    own_x, own_y = points.x[places], points.y[places]
    inside: I64 = places[(own_x >= x[0]) & (own_x <= x[1]) & (own_y >= y[0]) & (own_y <= y[1])]
    return inside


def _picked(points: Points, seen: Flags, narrowing: Narrowing, start: int, stop: int) -> I64:
    run = slice(start, stop)
    out = np.empty(stop - start, np.int64)
    count = _pick(
        points.codes[run], points.begun[run], points.ended[run], seen[run] & points.alive[run], narrowing.allowed,
        narrowing.bounds, out,
    )  # fmt: skip
    return out[:count] + start


def covering(box: Box, most: int = 16) -> Sequence[Tile]:
    """The tiles over a box, as deep as ``most`` of them suffice."""
    x, y = grid_of(np.array([box.west, box.east]), np.array([box.north, box.south]))
    deepest = [Tile(0, 0, 0)]
    for z in range(1, 20):
        columns = range(int(x[0]) >> (BITS - z), (int(x[1]) >> (BITS - z)) + 1)
        rows = range(int(y[0]) >> (BITS - z), (int(y[1]) >> (BITS - z)) + 1)
        if len(columns) * len(rows) > most:
            break
        deepest = [Tile(z, column, row) for column in columns for row in rows]
    return deepest
