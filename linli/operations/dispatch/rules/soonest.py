"""The bridge between units and roads: who may be sent, after what delay, and the k soonest of them.

Two searches give the same answer; which one is faster is decided beforehand from the number of eligible units
(measured).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
import numpy.typing as npt

from linli.operations.dispatch.rules.fleet import Fleet, Names
from linli.operations.dispatch.rules.given import AVAILABILITIES, AVAILABLE, CONDITIONAL, Limits
from linli.places.roads.rules.compiled import compiled
from linli.places.roads.rules.network import F64, FAR, I32, I64, KINDS, U8
from linli.places.roads.rules.open_roads import OpenRoads, Ways
from linli.places.roads.rules.search import k_soonest

Bits = npt.NDArray[np.bool_]

# Costs in µs, measured on Edmonton and New York; half as much again on the search, whose far calls cost more than its
# median.
SEARCH_US_PER_VERTEX = 0.12
HIERARCHY_US = 60.0
HIERARCHY_US_PER_UNIT = 3.0

UNAVAILABLE, LACKS_NEEDS, NO_POSITION, OTHER_AGENCY, OF_ROOM, BY_KIND = range(6)


@dataclass(slots=True, eq=False)
class Readiness:
    """For one call: milliseconds before each unit drives (FAR: not to be sent), whether it is reckoned from home,
    counts.
    """

    delay: I32
    at_home: I32
    counts: I64  # see the constants above; eligible by kind from BY_KIND on
    least_ms: I64  # [kinds]

    @property
    def eligible(self) -> int:
        return sum(self.counts[BY_KIND:].tolist())  # of three numbers, quicker than asking numpy


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """Limits as integers of milliseconds."""

    turnout: I32  # [2, 3]
    basic: npt.NDArray[np.int64]  # signing, fresh, ahead, fix weight in 1/1000, stale, margin
    walk: F64  # kerb_m, ms per metre


@dataclass(slots=True)
class Soonest:
    """Units (indices into the fleet) with their keys in milliseconds, best first."""

    unit: list[int]
    key_ms: list[int]
    settled: int


@lru_cache(maxsize=64)
def _numbers(limits: Limits) -> _Numbers:
    turnout = [[round(limits.turnout_s.get(f"{a}:{k}", 30.0) * 1000) for k in KINDS] for a in (AVAILABLE, CONDITIONAL)]
    basic = [
        round(limits.signing_s * 1000),
        round(limits.fix_fresh_s * 1000),
        round(limits.fix_ahead_s * 1000),
        round(limits.fix_weight * 1000),
        round(limits.stale_allowance_s * 1000),
        round(limits.margin_s * 1000),
    ]
    walk = np.array([limits.kerb_m, 1000.0 / limits.walk_mps])
    return _Numbers(np.array(turnout, np.int32), np.array(basic, np.int64), walk)


@lru_cache(maxsize=64)
def _interrupts(limits: Limits, names: Names, count: int) -> I32:
    seconds = [limits.interrupt_s.get(str(text), limits.interrupt_unknown_s) for text in names.text[:count]]
    return np.array([round(s * 1000) for s in seconds], np.int32)


def walk_ms(off_m: float, limits: Limits) -> int:
    """Milliseconds on foot between the road and a place ``off_m`` from it; the first metres belong to the road.

    0 where there is no road at all (infinite): nobody gets there that way anyhow.
    """
    if off_m == np.inf:
        return 0
    return int(max(off_m - limits.kerb_m, 0.0) * (1000.0 / limits.walk_mps))


def readiness(
    fleet: Fleet,
    limits: Limits,
    at_ms: int,
    *,
    need: I64,
    agency: int,
    arrive_ms: I64,
    only: frozenset[UUID] | None = None,
) -> tuple[Readiness, Readiness]:
    """Who may be sent to the call and how soon it drives; and the same for covering a hole, where anybody free will do.

    ``need``: abilities as bits; ``agency``: number of the responsible room, whose units are ranked ``margin_s`` ahead
    (−1: no such room); ``arrive_ms`` [3]: walking at the call for each kind of vehicle; ``only``: units of these
    agencies.
    """
    c = fleet.columns
    numbers = _numbers(limits)
    interrupt = _interrupts(limits, fleet.activities, len(fleet.activities.text))
    may = np.full(len(fleet.agencies.text), only is None)
    if only is not None:
        may[[number for name in only if (number := fleet.agencies.known(name)) >= 0]] = True
    columns = np.empty((3, len(fleet)), np.int32)
    counts, counts_cover = np.zeros((2, BY_KIND + len(KINDS)), np.int64)
    least = np.full((2, len(KINDS)), FAR, np.int64)
    able = np.ones(len(fleet), np.bool_)
    asked = _can(able, c.has, need)
    _ready(
        c.kind, c.availability, c.activity, c.agency, c.fix_ms, c.off_m, able, asked, may, at_ms, agency,
        numbers.turnout, interrupt, numbers.basic, numbers.walk, arrive_ms, columns, counts, counts_cover, least,
    )  # fmt: skip
    cover = Readiness(columns[2], columns[1], counts_cover, least[1])
    return Readiness(columns[0], columns[1], counts, least[0]), cover


def start_ms(fleet: Fleet, limits: Limits, unit: int) -> int:
    """Signing and turnout of a unit that may be sent."""
    c, numbers = fleet.columns, _numbers(limits)
    return int(numbers.basic[0] + numbers.turnout[c.availability[unit], c.kind[unit]])


def penalty_ms(fleet: Fleet, limits: Limits, unit: int) -> int:
    """What breaking off its task costs a conditionally available unit."""
    c = fleet.columns
    if c.availability[unit] != AVAILABILITIES.index(CONDITIONAL):
        return 0
    return int(_interrupts(limits, fleet.activities, len(fleet.activities.text))[c.activity[unit]])


@compiled
def _delay(start: int, pause: int, off: float, kerb: float, ms_per_m: float) -> int:
    """Milliseconds before a unit drives: ``start``, breaking off its task, on foot to its vehicle's road."""
    ms = start + pause
    if off > kerb:
        ms += int((off - kerb) * ms_per_m)
    return ms if ms < FAR else FAR - 1


@compiled
def _can(able: npt.NDArray[np.bool_], has: npt.NDArray[np.int64], need: I64) -> bool:
    """Fill ``able``: who has all that is needed. False when nothing is needed, and everybody is able."""
    asked = False
    for word in range(len(need)):
        asked = asked or need[word] != 0
    for u in range(len(able) if asked else 0):
        for word in range(len(need)):
            able[u] = able[u] and has[u, word] & need[word] == need[word]
    return asked


@compiled
def _ready(
    kind: U8, availability: U8, activity: I32, agency: I32, fix_ms: I64, off_m: F64, able: Bits, asked: bool,
    may: Bits, at_ms: int, room: int, turnout: I32, interrupt: I32, basic: I64, walk: F64, arrive_ms: I64,
    columns: I32, counts: I64, counts_cover: I64, least: I64,
) -> None:  # fmt: skip
    """Fill ``columns`` (delay, at home, delay for covering), the counts, and the least of either delay by kind.

    ``basic`` as in ``_Numbers``. Ten thousand units a call, so no array is handed on from here (that counts
    references) and plain comparisons stand for min and max: a quarter of the time.
    """
    signing, fresh, ahead, weight, stale, margin = basic[0], basic[1], basic[2], basic[3], basic[4], basic[5]
    for u in range(len(kind)):
        columns[0, u], columns[1, u], columns[2, u] = FAR, 0, FAR
        free, k, here = availability[u], kind[u], agency[u]
        if free > 1:
            counts[UNAVAILABLE] += 1
            continue
        age, off, ms = at_ms - fix_ms[u], off_m[u, 0], signing + turnout[free, k]
        if -ahead <= age and age <= fresh and off < np.inf:
            ms += max(0, age) * weight // 1000
        else:
            columns[1, u], off, ms = 1, off_m[u, 1], ms + stale
        if off < np.inf:
            ms = _delay(ms, interrupt[activity[u]] if free == 1 else 0, off, walk[0], walk[1])
            columns[2, u] = ms
            counts_cover[BY_KIND + k] += 1
            if ms < least[1, k]:
                least[1, k] = ms
        if not may[here] or (asked and not able[u]) or off == np.inf:
            counts[OTHER_AGENCY if not may[here] else LACKS_NEEDS if asked and not able[u] else NO_POSITION] += 1
            continue
        counts[OF_ROOM] += here == room
        ms += arrive_ms[k] + (margin if room >= 0 and here != room else 0)
        columns[0, u] = ms if ms < FAR else FAR - 1
        counts[BY_KIND + k] += 1
        if ms < least[0, k]:
            least[0, k] = ms


def soonest(fleet: Fleet, roads: OpenRoads, ready: Readiness, ways: Ways, k: int, *, but: int = -1) -> Soonest:
    """The ``k`` units with the least delay plus road, exactly, ties by the units.

    ``ways``: how the place is entered; ``but``: a unit left out.
    """
    eligible = max(ready.eligible, 1)
    search_us = SEARCH_US_PER_VERTEX * k * roads.network.vertices / eligible
    if search_us > HIERARCHY_US + HIERARCHY_US_PER_UNIT * eligible:
        return _by_hierarchy(fleet, roads, ready, ways, k, but)
    return _by_search(fleet, roads, ready, ways, k, but)


def _by_search(fleet: Fleet, roads: OpenRoads, ready: Readiness, ways: Ways, k: int, but: int) -> Soonest:
    c = fleet.columns
    labels, graph = roads.labels(), roads.back()
    best = np.empty((k, 2), np.int64)
    found, settled = k_soonest(
        graph.first, graph.pack, labels.label, labels.heap, labels.next_search(len(KINDS)),
        ways.seed, ways.seed_first, ways.road, ways.road_first,
        fleet.chain_head, c.slot, ready.at_home, ready.delay, ready.least_ms, roads.first_like, but, k, best, c.tie,
    )  # fmt: skip
    units, keys = best[:found].T.tolist()
    return Soonest(units, keys, settled)


def _by_hierarchy(fleet: Fleet, roads: OpenRoads, ready: Readiness, ways: Ways, k: int, but: int) -> Soonest:
    keys: dict[int, int] = {}
    units = np.flatnonzero(ready.delay < FAR)
    for kind in range(len(KINDS)):
        if ready.counts[BY_KIND + kind]:
            mine = units[fleet.columns.kind[units] == kind]
            _keys_of_kind(keys, fleet, roads, ready, mine, kind, ways)
    keys.pop(but, None)
    tie = fleet.columns.tie
    ranked = sorted(keys, key=lambda unit: (keys[unit], *tie[unit].tolist()))[:k]
    return Soonest(ranked, [keys[unit] for unit in ranked], 0)


def _keys_of_kind(
    keys: dict[int, int], fleet: Fleet, roads: OpenRoads, ready: Readiness, units: npt.NDArray[np.intp], kind: int,
    ways: Ways,
) -> None:  # fmt: skip
    c = fleet.columns
    seeds, road = ways.of_kind(kind)
    first = 4 * units + 2 * ready.at_home[units]
    slots = np.concatenate([first, first + 1])
    slots = slots[c.slot_vertex[slots] >= 0]
    if not len(slots) or not len(seeds):
        return
    road_ms = roads.hierarchy().many_to_one(kind, roads.weights(kind), c.slot_vertex[slots], seeds)
    for slot, ms, (_, rest, arc) in zip(slots.tolist(), road_ms.tolist(), c.slot[slots].tolist(), strict=True):
        unit = slot >> 2
        best = ms + rest if ms < FAR else FAR
        for own, _, behind in road.tolist():
            if arc == own and rest >= behind:
                best = min(best, rest - behind)
        if best < FAR:
            key = best + int(ready.delay[unit])
            keys[unit] = min(keys.get(unit, key), key)
