"""What would restore the promise most cheaply: one step after the other, each the best that can be done then.

Greedy on purpose: a duty officer takes one step, looks, and takes the next. A unit that moves leaves a hole behind it,
and that is subtracted. Nobody is called in where moving somebody who is on duty does almost as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


Reached = dict[Start, tuple[I32, Shares]]
"""From a start: milliseconds to each junction, and the shares that it reaches alone. May be kept while roads stay open
as they are."""


def restoring(
    ground: Ground,
    roads: OpenRoads,
    starts: Sequence[Start],
    node_ms: I32,
    bases: Sequence[Base],
    drive_ms: DriveMs,
    known: Reached,
) -> list[Step]:
    """At most ``STEPS`` steps, best first; each reckons with those before it. ``known`` is filled."""
    search = _Search(ground, roads, bases, drive_ms, known)
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
    """The tries of one step after the other."""

    def __init__(
        self, ground: Ground, roads: OpenRoads, bases: Sequence[Base], drive_ms: DriveMs, known: Reached
    ) -> None:
        self.ground, self.roads, self.drive_ms, self.known = ground, roads, drive_ms, known
        self.bases = {base.index: base for base in bases}
        self.within_ms = int(max(ground.edge_target_ms.max(initial=0.0), ground.door_target_ms.max(initial=0.0)))
        self.taken: set[int] = set()
        self.moved: set[int] = {-1}

    def best(self, state: _State) -> tuple[Step, _State] | None:
        """The best step from here; None when nothing is worth it."""
        gains = [(self._gain(state, base), base) for base in self.bases.values() if base.index not in self.taken]
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

    def _gain(self, state: _State, base: Base) -> float:
        """What a car more at a base would add at least: roads that it and others reach from two ends count once."""
        reach = self._reach_of(base, 0)
        if reach is None:
            return 0.0
        doors = self.ground.doors
        if doors:
            return float((reach[1].door & ~state.shares.door).sum()) / doors
        more = np.maximum(reach[1].road - state.shares.road, 0.0) * self.ground.edge_m
        return float(more.sum()) / max(self.ground.road_m, 1.0)

    def _tries(self, state: _State, base: Base) -> list[tuple[Step, _State]]:
        """The nearest units moved there, and its own team called in."""
        tries: list[tuple[Step, _State]] = []
        near = [
            (self.drive_ms(unit, base.index), unit, start)
            for unit, start in enumerate(state.starts)
            if start is not None and unit not in self.moved
        ]
        for drive, unit, start in sorted((item for item in near if item[0] < FAR), key=lambda item: item[:2]):
            if len(tries) == _UNITS_TRIED:
                break
            if base.starts[start.kind] is not None:
                tries.append(self._moved(state, base, unit, start, drive))
        own = [kind for kind in base.off_duty[:1] if base.starts[kind] is not None]
        return tries + [self._after(state, state.node_ms, state.starts, (-1, base, kind, 0)) for kind in own]

    def _moved(self, state: _State, base: Base, unit: int, start: Start, drive: int) -> tuple[Step, _State]:
        """The unit stands at the base instead of where it is."""
        others = [s for i, s in enumerate(state.starts) if s is not None and i != unit and s.kind == start.kind]
        without = state.node_ms.copy()
        without[start.kind] = reached_by(self.roads, others, start.kind, self.within_ms)
        starts = tuple(base.starts[start.kind] if i == unit else s for i, s in enumerate(state.starts))
        return self._after(state, without, starts, (unit, base, start.kind, drive))

    def _after(
        self, state: _State, node_ms: I32, starts: tuple[Start | None, ...], step: tuple[int, Base, int, int]
    ) -> tuple[Step, _State]:
        """With one more at the base, by that kind of vehicle."""
        unit, base, kind, drive = step
        reach = self._reach_of(base, kind)
        joined = node_ms.copy()
        if reach is not None:
            joined[kind] = np.minimum(joined[kind], reach[0])
        shares = shares_of(self.ground, self.roads, joined)
        _, old_m, old_doors = worth_of(self.ground, state.shares)
        worth, new_m, new_doors = worth_of(self.ground, shares)
        told = Step(unit, base.index, drive, new_m - old_m, new_doors - old_doors, new_m, new_doors)
        return told, _State(starts, joined, shares, worth)

    def _reach_of(self, base: Base, kind: int) -> tuple[I32, Shares] | None:
        start = base.starts[kind]
        if start is None:
            return None
        if start not in self.known:
            alone = np.full((len(base.starts), self.roads.network.nodes), FAR, np.int32)
            alone[kind] = reached_by(self.roads, [start], kind, self.within_ms)
            self.known[start] = alone[kind], shares_of(self.ground, self.roads, alone)
        return self.known[start]
