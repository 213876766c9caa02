"""What would restore the promise most cheaply: one step after the other, each the best that can be done then.

Greedy on purpose: a duty officer takes one step, looks, and takes the next. A unit that moves leaves a hole behind it,
and that is subtracted. Nobody is called in where moving somebody who is on duty does almost as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from linli.operations.coverage.rules.ground import Ground
from linli.operations.coverage.rules.reach import Shares, Start, reached_by, shares_of
from linli.places.roads.rules.network import FAR, I32
from linli.places.roads.rules.open_roads import OpenRoads

STEPS = 3
_BASES_TRIED = 3
_UNITS_TRIED = 4
_ALMOST = 0.8
"""Moving somebody on duty is preferred when it gains at least this share of what calling somebody in would."""
_LEAST = 0.002
"""A step that gains less than this share of everything is not worth a drive."""


@dataclass(frozen=True, slots=True)
class Base:
    """A place where a unit can stand by. ``starts``: as if one stood there, by kind of vehicle (None: no road).
    ``off_duty``: kinds of vehicle of its own units that could be called in.
    """

    index: int
    starts: tuple[Start | None, ...]
    off_duty: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Move the start ``unit`` (index) to ``base``, or call in its own team (``unit`` −1)."""

    unit: int
    base: int
    drive_ms: int
    gain_m: float
    gain_doors: int
    after_m: float
    after_doors: int


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    starts: tuple[Start | None, ...]
    node_ms: I32
    shares: Shares
    worth: float


DriveMs = Callable[[int, int], int]
"""(unit, base) → milliseconds of driving, FAR when there is no way."""


def worth_of(ground: Ground, shares: Shares) -> tuple[float, float, int]:
    """(share of everything, metres, doors) in time. Doors count where they are known, else roads by their length."""
    metres = float((shares.road * ground.edge_m).sum())
    doors = int(shares.door.sum())
    whole = ground.doors
    return (doors / whole if whole else metres / max(ground.road_m, 1.0)), metres, doors


def restoring(
    ground: Ground, roads: OpenRoads, starts: Sequence[Start], node_ms: I32, bases: Sequence[Base], drive_ms: DriveMs
) -> list[Step]:
    """At most ``STEPS`` steps, best first; each reckons with those before it."""
    within_ms = int(max(ground.edge_target_ms.max(initial=0.0), ground.door_target_ms.max(initial=0.0)))
    search = _Search(ground, roads, bases, drive_ms, within_ms)
    shares = shares_of(ground, roads, node_ms)
    state = _State(tuple(starts), node_ms, shares, worth_of(ground, shares)[0])
    steps: list[Step] = []
    while len(steps) < STEPS:
        found = search.best(state)
        if found is None:
            break
        step, state = found
        steps.append(step)
        search.taken.add(step.base)
        search.moved.add(step.unit)
    return steps


class _Search:
    """The tries of one step after the other, and what they share: the reach from each base by each kind."""

    def __init__(
        self, ground: Ground, roads: OpenRoads, bases: Sequence[Base], drive_ms: DriveMs, within_ms: int
    ) -> None:
        self.ground, self.roads, self.bases, self.drive_ms, self.within_ms = ground, roads, bases, drive_ms, within_ms
        self.taken: set[int] = set()
        self.moved: set[int] = {-1}
        self._reach: dict[tuple[int, int], I32] = {}

    def best(self, state: _State) -> tuple[Step, _State] | None:
        """The best step from here; None when nothing is worth it."""
        gains = [(self._gain(state, base, 0), base) for base in self.bases if base.index not in self.taken]
        promising = sorted((pair for pair in gains if pair[0] > _LEAST), key=lambda pair: -pair[0])[:_BASES_TRIED]
        tries = [found for _, base in promising for found in self._tries(state, base)]
        worth_it = [found for found in tries if found[1].worth - state.worth > _LEAST]
        if not worth_it:
            return None
        most = max(found[1].worth for found in worth_it) - state.worth
        moves = [f for f in worth_it if f[0].unit >= 0 and f[1].worth - state.worth >= _ALMOST * most]
        if moves:
            return min(moves, key=lambda found: (found[0].drive_ms, -found[1].worth))
        return max(worth_it, key=lambda found: found[1].worth)

    def _gain(self, state: _State, base: Base, kind: int) -> float:
        """What somebody more at a base would add."""
        reach = self._reach_of(base, kind)
        if reach is None:
            return 0.0
        return self._after(state, state.node_ms, reach, kind)[1].worth - state.worth

    def _tries(self, state: _State, base: Base) -> list[tuple[Step, _State]]:
        tries: list[tuple[Step, _State]] = []
        near = [
            (self.drive_ms(unit, base.index), unit, start)
            for unit, start in enumerate(state.starts)
            if start is not None and unit not in self.moved
        ]
        for drive, unit, start in sorted((item for item in near if item[0] < FAR), key=lambda item: item[:2]):
            if len(tries) == _UNITS_TRIED:
                break
            reach = self._reach_of(base, start.kind)
            if reach is not None:
                tries.append(self._moved(state, base, unit, start, reach, drive))
        for kind in base.off_duty[:1]:
            reach = self._reach_of(base, kind)
            if reach is not None:
                tries.append(self._told(state, *self._after(state, state.node_ms, reach, kind), -1, base, 0))
        return tries

    def _moved(
        self, state: _State, base: Base, unit: int, start: Start, reach: I32, drive: int
    ) -> tuple[Step, _State]:  # fmt: skip
        """The unit stands at the base instead of where it is."""
        others = [s for i, s in enumerate(state.starts) if s is not None and i != unit and s.kind == start.kind]
        without = state.node_ms.copy()
        without[start.kind] = reached_by(self.roads, others, start.kind, self.within_ms)
        node_ms, after = self._after(state, without, reach, start.kind)
        moved = self.bases[self._place(base)].starts[start.kind]
        starts = tuple(moved if i == unit else s for i, s in enumerate(state.starts))
        return self._told(state, node_ms, replace(after, starts=starts), unit, base, drive)

    def _place(self, base: Base) -> int:
        return next(place for place, own in enumerate(self.bases) if own.index == base.index)

    def _after(self, state: _State, node_ms: I32, reach: I32, kind: int) -> tuple[I32, _State]:
        """With one more who reaches this far."""
        joined = node_ms.copy()
        joined[kind] = np.minimum(joined[kind], reach)
        shares = shares_of(self.ground, self.roads, joined)
        return joined, _State(state.starts, joined, shares, worth_of(self.ground, shares)[0])

    def _told(
        self, before: _State, node_ms: I32, after: _State, unit: int, base: Base, drive: int
    ) -> tuple[Step, _State]:  # fmt: skip
        _, old_m, old_doors = worth_of(self.ground, before.shares)
        _, new_m, new_doors = worth_of(self.ground, after.shares)
        step = Step(unit, base.index, drive, new_m - old_m, new_doors - old_doors, new_m, new_doors)
        return step, replace(after, node_ms=node_ms)

    def _reach_of(self, base: Base, kind: int) -> I32 | None:
        start = base.starts[kind]
        if start is None:
            return None
        if (base.index, kind) not in self._reach:
            self._reach[base.index, kind] = reached_by(self.roads, [start], kind, self.within_ms)
        return self._reach[base.index, kind]
