"""The units as the search wants them: columns, and linked lists of units at each vertex of the road network.

A unit has four slots: two ways to leave the spot where it was last seen, two to leave its home. Which pair counts is
decided for each call by the age of the fix, so a position goes stale by itself, without a write. Moving a unit
touches its slots only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from linli.operations.dispatch.rules.given import AVAILABILITIES, UnitRow
from linli.places.roads.rules.compiled import compiled
from linli.places.roads.rules.network import F64, I32, I64, KIND_INDEX, KINDS, U8
from linli.places.roads.rules.open_roads import Exits, OpenRoads, Ways
from linli.places.roads.rules.snap import Spot

NEVER = -(2**62)
_WORDS = 63  # names of skills in one word of the mask
_HALF = 1 << 63
_HOMES_KEPT = 20_000


@dataclass(slots=True, eq=False)
class Columns:
    """One row a unit. ``off_m``, ``node``, ``edge``, ``fraction`` hold position and home side by side [n, 2]."""

    kind: U8
    availability: U8
    activity: I32
    agency: I32
    fix_ms: I64
    has: npt.NDArray[np.int64]  # [n, words] skills and equipment as bits
    tie: I64  # [n, 4] calls this shift, idle since, the two halves of the id
    off_m: F64
    node: I32
    edge: I32
    fraction: F64
    slot_vertex: I32  # [4n]
    slot: I32  # [4n, 3] next in the list, milliseconds to the vertex, arc
    slot_prev: I32


def _columns(count: int, words: int) -> Columns:
    return Columns(
        kind=np.zeros(count, np.uint8),
        availability=np.zeros(count, np.uint8),
        activity=np.zeros(count, np.int32),
        agency=np.zeros(count, np.int32),
        fix_ms=np.full(count, NEVER, np.int64),
        has=np.zeros((count, words), np.int64),
        tie=np.zeros((count, 4), np.int64),
        off_m=np.full((count, 2), np.inf),
        node=np.full((count, 2), -1, np.int32),
        edge=np.full((count, 2), -1, np.int32),
        fraction=np.zeros((count, 2)),
        slot_vertex=np.full(4 * count, -1, np.int32),
        slot=np.full((4 * count, 3), -1, np.int32),
        slot_prev=np.full(4 * count, -1, np.int32),
    )


class Names:
    """Texts to small numbers; the empty text and None are 0."""

    def __init__(self) -> None:
        self.number: dict[object, int] = {None: 0, "": 0}
        self.text: list[object] = [None]

    def of(self, text: object) -> int:
        found = self.number.get(text)
        if found is None:
            found = self.number[text] = len(self.text)
            self.text.append(text)
        return found

    def known(self, text: object) -> int:
        """Its number, or −1 when it was never seen."""
        return self.number.get(text, -1)


class Fleet:
    """All units of a bureau on one network. Reads and writes take ``lock``; a search holds it for its fraction of a
    ms.
    """

    def __init__(self, roads: OpenRoads, rows: Sequence[UnitRow]) -> None:
        self.lock = threading.RLock()
        self.roads = roads
        self.rows = list(rows)
        self.index: dict[UUID, int] = {row.id: i for i, row in enumerate(self.rows)}
        if len(self.index) != len(self.rows):
            raise ValueError("a unit is in the fleet twice")
        self.activities, self.agencies, self.abilities = Names(), Names(), Names()
        for row in self.rows:
            for name in row.skills | row.equipment:
                self.abilities.of(name)
        words = 1 + len(self.abilities.text) // _WORDS
        self.columns = _columns(len(self.rows), words)
        self.chain_head: I32 = np.full((len(KINDS), roads.network.vertices), -1, np.int32)
        self._homes: dict[tuple[float | None, float | None, int | None], Ways | None] = {}
        for i, row in enumerate(self.rows):
            self._describe(i, row)
        self.kinds_present = np.bincount(self.columns.kind, minlength=len(KINDS))
        self._attach(np.arange(len(self.rows)), 0)
        self._attach(np.arange(len(self.rows)), 1)

    @classmethod
    def from_rows(cls, rows: Iterable[UnitRow], roads: OpenRoads) -> Fleet:
        """The fleet of these units on these roads."""
        return cls(roads, list(rows))

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, unit_id: UUID) -> UnitRow:
        return self.rows[self.index[unit_id]]

    def update_unit(self, unit_id: UUID, **changes: Any) -> UnitRow:
        """Change some fields of a unit; returns its row. Time does not depend on the number of units."""
        with self.lock:
            i = self.index[unit_id]
            old = self.rows[i]
            row = self.rows[i] = replace(old, **changes)
            abilities = row.skills | row.equipment
            if changes.keys() & {"skills", "equipment"}:
                for name in abilities:
                    self.abilities.of(name)
                self._widen()
            if changes.keys() - {"lon", "lat", "node", "fix_at"}:
                self._describe(i, row)
            else:
                self.columns.fix_ms[i] = NEVER if row.fix_at is None else ms_of(row.fix_at)
            if "kind" in changes:
                self.kinds_present = np.bincount(self.columns.kind, minlength=len(KINDS))
                self._homes.clear()
            one = np.array([i])
            if changes.keys() & {"lon", "lat", "node", "kind"}:
                self._attach(one, 0)
            if changes.keys() & {"home_lon", "home_lat", "home_node", "kind"}:
                self._attach(one, 1)
            return row

    def move(self, ids: Sequence[UUID], lon: F64, lat: F64, fix_at: Sequence[datetime]) -> None:
        """New positions for many units at once (a batch from the phones)."""
        with self.lock:
            units = np.array([self.index[unit_id] for unit_id in ids], np.intp)
            for i, x, y, at in zip(units.tolist(), lon.tolist(), lat.tolist(), fix_at, strict=True):
                self.rows[i] = replace(self.rows[i], lon=x, lat=y, fix_at=at, node=None)
                self.columns.fix_ms[i] = ms_of(at)
            self._attach(units, 0)

    def rebind(self, roads: OpenRoads) -> None:
        """Take over another state of the same network: only units on roads whose use changed are placed anew."""
        with self.lock:
            if roads is self.roads:
                return
            if roads.network is not self.roads.network:
                raise ValueError("a fleet belongs to one network; make another with Fleet.from_rows")
            changed = (roads.arc_ms != self.roads.arc_ms).any(axis=0).reshape(-1, 2).any(axis=1)
            # Where a road opened, units that had been moved off it lie on a neighbour: all are placed anew then.
            opened = bool((roads.edge_bits & ~self.roads.edge_bits).any())
            relinked = roads.like != self.roads.like
            self.roads = roads
            self._homes.clear()
            for side in (0, 1):
                edge = self.columns.edge[:, side]
                touched = (
                    np.arange(len(self))
                    if opened or relinked
                    else np.flatnonzero(np.where(edge >= 0, changed[edge], True))
                )
                self._attach(touched, side)

    def ways_to(self, lon: float | None, lat: float | None, node: int | None) -> Ways | None:
        """How a place is entered by each kind of vehicle that the fleet has; None for no place."""
        spots: list[Spot | None]
        if node is not None:
            spots = [self.roads.at_node(node)] * len(KINDS)
        elif lon is None or lat is None or not self.roads.network.has_points:
            return None
        else:
            spots = self.roads.places(lon, lat)
        return self.roads.ways([spot if self.kinds_present[kind] else None for kind, spot in enumerate(spots)])

    def ways_home(self, unit: int) -> Ways | None:
        """How the unit's home is entered; units of one room share the answer."""
        row = self.rows[unit]
        place = (row.home_lon, row.home_lat, row.home_node)
        if place not in self._homes:
            if len(self._homes) > _HOMES_KEPT:
                self._homes.clear()
            self._homes[place] = self.ways_to(*place)
        return self._homes[place]

    # -- filling the columns

    def _describe(self, i: int, row: UnitRow) -> None:
        c = self.columns
        c.kind[i] = KIND_INDEX[row.kind]
        c.availability[i] = AVAILABILITIES.index(row.availability)
        c.activity[i] = self.activities.of(row.activity)
        c.agency[i] = self.agencies.of(row.agency_id)
        c.fix_ms[i] = NEVER if row.fix_at is None else ms_of(row.fix_at)
        # signed words in the order of the unsigned ones
        idle = 2**62 if row.idle_since is None else ms_of(row.idle_since)
        c.tie[i] = row.calls_this_shift, idle, (row.id.int >> 64) - _HALF, (row.id.int & (2**64 - 1)) - _HALF
        c.has[i] = self.mask(row.skills | row.equipment)[0]

    def mask(self, names: Iterable[str]) -> tuple[I64, list[str]]:
        """Names as bits, and those that no unit has."""
        bits = np.zeros(self.columns.has.shape[1], np.int64)
        unknown = []
        for name in sorted(names):
            number = self.abilities.known(name)
            if number < 0:
                unknown.append(name)
            else:
                bits[number // _WORDS] |= np.int64(1 << number % _WORDS)
        return bits, unknown

    def _widen(self) -> None:
        words = 1 + len(self.abilities.text) // _WORDS
        have = self.columns.has.shape[1]
        if words > have:
            more = np.zeros((len(self.rows), words - have), np.int64)
            self.columns.has = np.ascontiguousarray(np.hstack([self.columns.has, more]))

    def _attach(self, units: npt.NDArray[np.intp], side: int) -> None:
        """Place units on the network by position (side 0) or home (side 1)."""
        c = self.columns
        lon, lat, node = (np.empty(len(units)), np.empty(len(units)), np.full(len(units), -1, np.int32))
        for j, i in enumerate(units.tolist()):
            row = self.rows[i]
            given = (row.lon, row.lat, row.node) if side == 0 else (row.home_lon, row.home_lat, row.home_node)
            lon[j] = np.nan if given[0] is None else given[0]
            lat[j] = np.nan if given[1] is None else given[1]
            node[j] = -1 if given[2] is None else given[2]
        kind = c.kind[units]
        exits = spots_of(self.roads, lon, lat, node, kind)
        c.node[units, side], c.edge[units, side] = exits.node, exits.edge
        c.fraction[units, side], c.off_m[units, side] = exits.fraction, exits.off_m
        _relink(
            units.astype(np.int64), 2 * side, self.roads.first_like[kind], exits.vertex, exits.ms, exits.arc,
            self.chain_head, c.slot_vertex, c.slot, c.slot_prev,
        )  # fmt: skip


def spots_of(roads: OpenRoads, lon: F64, lat: F64, node: I32, kind: U8) -> Exits:
    """Where units at these places start driving: given nodes as they are, the rest snapped to the nearest open road."""
    snapped_node, edge, fraction, off_m = roads.place_many(lon, lat, np.left_shift(1, kind).astype(np.uint8))
    snapped_node = np.where(node >= 0, node, snapped_node).astype(np.int32)
    edge = np.where(node >= 0, -1, edge).astype(np.int32)
    off_m = np.where(node >= 0, 0.0, off_m)
    return roads.exits(snapped_node, edge, fraction, off_m, kind)


def ms_of(at: datetime) -> int:
    """Milliseconds since 1970."""
    return round(at.timestamp() * 1000)


@compiled
def _relink(
    units: I64, first_slot: int, mover: U8, vertex: I32, ms: I32, arc: I32, chain_head: I32,
    slot_vertex: I32, slot: I32, slot_prev: I32,
) -> None:  # fmt: skip
    for j in range(len(units)):
        for way in range(2):
            this = 4 * units[j] + first_slot + way
            if slot_vertex[this] >= 0:
                before, after = slot_prev[this], slot[this, 0]
                if after >= 0:
                    slot_prev[after] = before
                if before >= 0:
                    slot[before, 0] = after
                else:
                    for k in range(chain_head.shape[0]):  # the unit may have changed its kind, or that its like
                        if chain_head[k, slot_vertex[this]] == this:
                            chain_head[k, slot_vertex[this]] = after
            slot_vertex[this] = vertex[j, way]
            slot_prev[this] = -1
            slot[this, 0] = -1
            slot[this, 1] = ms[j, way]
            slot[this, 2] = arc[j, way]
            if vertex[j, way] >= 0:
                head = chain_head[mover[j], vertex[j, way]]
                slot[this, 0] = head
                if head >= 0:
                    slot_prev[head] = this
                chain_head[mover[j], vertex[j, way]] = this
