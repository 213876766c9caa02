"""How a figure is read: now, a year before, its change, and what is uncertain about it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from linli.insight.measures.rules.declared import MEASURES, Measure
from linli.insight.measures.rules.intervals import change, share

SMALL = 10
"""Below ten cases a percentage says more than is known: the two counts stand alone."""
CHANCE = 1.96
"""Counts that differ by less than this many standard deviations of their sum may differ by chance (Poisson, 95 %)."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts of one place: today so far, in the period, in the same period last year; by code of measure."""

    today: Mapping[str, int]
    now: Mapping[str, int]
    before: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is uncertain beside a figure: how many of the counted rows lack something."""

    measure: Measure
    n: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one place. Counts are counts; of a share ``now`` and ``before`` are fractions or None.

    ``change``: of a count the fraction on last year, None when last year has none; of a share the difference in
    fractions. ``small``: fewer than ten cases on either side. ``by_chance``: the two may differ by chance alone.
    """

    measure: Measure
    today: float | None
    now: float | None
    before: float | None
    change: float | None
    small: bool
    by_chance: bool
    doubts: tuple[Doubt, ...]

    @property
    def is_share(self) -> bool:
        return bool(self.measure.over)


def figure_of(measure: Measure, sums: Sums) -> Figure:
    """Read one declared figure from a place's counts."""
    doubts = tuple(Doubt(MEASURES[code], sums.now[code]) for code in measure.doubts if sums.now.get(code))
    counted = measure.part or measure.code
    n_now, n_before = sums.now.get(counted, 0), sums.before.get(counted, 0)
    if not measure.over:
        small = min(n_now, n_before) < SMALL
        return Figure(
            measure,
            sums.today.get(counted, 0),
            n_now,
            n_before,
            change(n_now, n_before),
            small,
            abs(n_now - n_before) <= CHANCE * math.sqrt(n_now + n_before),
            doubts,
        )
    whole_now, whole_before = sums.now.get(measure.over, 0), sums.before.get(measure.over, 0)
    now, before = share(n_now, whole_now), share(n_before, whole_before)
    moved = now - before if now is not None and before is not None else None
    return Figure(
        measure,
        share(sums.today.get(counted, 0), sums.today.get(measure.over, 0)),
        now,
        before,
        moved,
        min(whole_now, whole_before) < SMALL,
        moved is not None and abs(moved) <= _chance_of_share(n_now + n_before, whole_now, whole_before),
        doubts,
    )


def _chance_of_share(part: int, one: int, other: int) -> float:
    """How far two shares of so many cases may lie apart by chance (pooled, 95 %)."""
    pooled = part / (one + other)
    return CHANCE * math.sqrt(pooled * (1 - pooled) * (1 / one + 1 / other))
