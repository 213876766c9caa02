"""Who covers what at a moment: units as they stand, or rooms by their hours."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.operations.coverage.queries.ground import GROUND
from linli.operations.coverage.queries.starts import Standing, bases_of, drives, rooms_open, units_now
from linli.operations.coverage.rules import Ground, Step, reached, restoring, shares_of
from linli.operations.coverage.rules.reach import Shares
from linli.operations.coverage.rules.restore import Reached
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency
from linli.places.roads.queries import active_roads
from linli.places.roads.rules.open_roads import OpenRoads

_KEPT_S = 4.0
_MOST_KEPT = 32
_PRESENT = timedelta(minutes=1)
_BEYOND = 3
"""Cells are told how soon they are reached up to this many times the promise."""


@dataclass(frozen=True, slots=True)
class GridShare:
    """A grid: its road and doors, and the shares of both that are reached in time (None where it has none)."""

    id: uuid.UUID
    code: str
    name: str
    road_m: float
    road_share: float | None
    addresses: int
    address_share: float | None


@dataclass(frozen=True, slots=True)
class Restoring:
    """One step and the words of its ends."""

    step: Step
    unit: Unit | None
    base: Agency
    own: tuple[str, ...] = ()
    """Call signs of the base's units that could be called in."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Coverage at ``at``. ``basis``: units or rooms. ``why``: empty, or why there is nothing to say (no_roads,
    no_units). Shares are fractions, None where there is nothing to cover. ``agencies``: (road, addresses) over the
    grids that an agency answers for.
    """

    at: datetime
    basis: str
    why: str
    took_ms: float
    target_s: float
    share_road: float | None = None
    share_addresses: float | None = None
    road_m: tuple[float, float] = (0.0, 0.0)
    addresses: tuple[int, int] = (0, 0)
    grids: tuple[GridShare, ...] = ()
    agencies: dict[uuid.UUID, tuple[float | None, float | None]] | None = None
    standing: tuple[Standing, ...] = ()
    restore: tuple[Restoring, ...] = ()
    cells: tuple[dict[str, Any], ...] = ()


_lock = threading.Lock()
_last: dict[tuple[object, ...], tuple[float, Coverage]] = {}
_reached: list[Any] = [None, None, {}]


def coverage(actor: Actor, *, at: datetime | None = None, basis: str = "") -> Coverage:
    """The coverage of the county, kept for some seconds. Who may see no unit sees none of it (``why``: not_yours)."""
    now = clock.now()
    present = at is None or abs(at - now) <= _PRESENT
    basis = basis or ("units" if present else "rooms")
    moment = now if present or at is None else at
    seen = frozenset(Unit.objects.visible_to(actor).values_list("pk", flat=True))
    if not seen:
        return Coverage(moment, basis, "not_yours", 0.0, 0.0)
    return _seen_by(_kept(moment, basis, present), seen)


def _kept(moment: datetime, basis: str, present: bool) -> Coverage:
    key = (basis, None if present else moment)
    with _lock:
        until, held = _last.get(key, (0.0, None))
        if held is not None and time.monotonic() < until:
            return held
        made = _made(moment, basis)
        if len(_last) > _MOST_KEPT:
            _last.clear()
        _last[key] = (time.monotonic() + _KEPT_S * min(1.0, settings.LINLI_KEPT_S), made)
        return made


def _seen_by(found: Coverage, seen: frozenset[uuid.UUID]) -> Coverage:
    """The shares are the county's; where a unit stands is told to those who may see that unit."""
    standing = tuple(item for item in found.standing if item.what != "unit" or item.id in seen)
    restore = tuple(item for item in found.restore if item.unit is None or item.unit.pk in seen)
    return replace(found, standing=standing, restore=restore)


def _made(at: datetime, basis: str) -> Coverage:
    began = time.perf_counter()
    roads, ground = active_roads(), GROUND.get()
    if roads is None or ground is None:
        return Coverage(at, basis, "no_roads", 0.0, 300.0)
    standing = units_now(roads, at) if basis == "units" else rooms_open(roads, at)
    target_ms = int(max(ground.edge_target_ms.max(initial=0.0), ground.door_target_ms.max(initial=0.0)))
    node_ms = reached(roads, [item.start for item in standing], _BEYOND * target_ms)
    shares = shares_of(ground, roads, node_ms)
    restore = _restore(ground, roads, standing, node_ms, at) if basis == "units" else ()
    return _told(ground, shares, at, basis, standing, restore, began)


def _known(ground: Ground, roads: OpenRoads) -> Reached:
    """What is reached from rooms does not change while ground and roads stay: kept for these two."""
    if _reached[0] is not ground or _reached[1] is not roads:
        _reached[:] = [ground, roads, {}]
    known: Reached = _reached[2]
    return known


def _restore(
    ground: Ground, roads: OpenRoads, standing: Sequence[Standing], node_ms: Any, at: datetime
) -> tuple[Restoring, ...]:
    """The steps with their units and rooms."""
    bases = bases_of(roads)
    drive_ms = drives(roads, standing, bases)
    free = [item.start for item in standing]
    steps = restoring(ground, roads, free, node_ms, [base.rule for base in bases], drive_ms, _known(ground, roads))
    units = Unit.objects.in_bulk([standing[step.unit].id for step in steps if step.unit >= 0])
    return tuple(
        Restoring(
            step,
            units.get(standing[step.unit].id) if step.unit >= 0 else None,
            bases[step.base].agency,
            bases[step.base].own if step.unit < 0 else (),
        )
        for step in steps
    )


def _told(
    ground: Ground, shares: Shares, at: datetime, basis: str, standing: Sequence[Standing],
    restore: tuple[Restoring, ...], began: float,
) -> Coverage:  # fmt: skip
    count = len(ground.grids)
    inside, here = ground.edge_grid >= 0, ground.door_grid >= 0
    own = inside & (ground.edge_m > 0)
    door = here & (ground.door_edge >= 0)
    road_all = np.bincount(ground.edge_grid[own], ground.edge_m[own], minlength=count)
    road_in = np.bincount(ground.edge_grid[own], (ground.edge_m * shares.road)[own], minlength=count)
    door_all = np.bincount(ground.door_grid[door], minlength=count)
    door_in = np.bincount(ground.door_grid[door], shares.door[door], minlength=count)
    grids = [
        GridShare(
            grid.id, grid.code, grid.name, round(float(road_all[i]), 1), _share(road_in[i], road_all[i]),
            int(door_all[i]), _share(door_in[i], door_all[i]),
        )
        for i, grid in enumerate(ground.grids)
    ]  # fmt: skip
    covered_m, covered = float((ground.edge_m * shares.road).sum()), int(shares.door.sum())
    return Coverage(
        at=at,
        basis=basis,
        why="" if standing else "no_units",
        took_ms=(time.perf_counter() - began) * 1000,
        target_s=float(ground.edge_target_ms.max(initial=0.0)) / 1000,
        share_road=_share(covered_m, ground.road_m),
        share_addresses=_share(covered, ground.doors),
        road_m=(round(covered_m, 1), round(ground.road_m, 1)),
        addresses=(covered, ground.doors),
        grids=tuple(sorted(grids, key=lambda row: (1.0 if row.road_share is None else row.road_share, row.code))),
        agencies=_by_agency(ground, road_in, road_all, door_in, door_all),
        standing=tuple(standing),
        restore=restore,
        cells=_cells(ground, shares),
    )


def _share(part: float, whole: float) -> float | None:
    return round(float(part) / float(whole), 4) if whole else None


def _by_agency(
    ground: Ground, road_in: Any, road_all: Any, door_in: Any, door_all: Any
) -> dict[uuid.UUID, tuple[float | None, float | None]]:
    sums: dict[uuid.UUID, list[float]] = {}
    for i, grid in enumerate(ground.grids):
        for agency in grid.agencies:
            held = sums.setdefault(agency, [0.0, 0.0, 0.0, 0.0])
            for place, column in enumerate((road_in, road_all, door_in, door_all)):
                held[place] += float(column[i])
    return {key: (_share(found[0], found[1]), _share(found[2], found[3])) for key, found in sums.items()}


def _cells(ground: Ground, shares: Shares) -> tuple[dict[str, Any], ...]:
    """Each cell with roads: the share reached in time, and how soon the soonest of its roads is (None: beyond)."""
    count = len(ground.cells)
    counted = ground.edge_m > 0
    cell = ground.edge_cell[counted]
    whole = np.bincount(cell, ground.edge_m[counted], minlength=count)
    within = np.bincount(cell, (ground.edge_m * shares.road)[counted], minlength=count)
    soonest = np.full(count, np.iinfo(np.int32).max, np.int64)
    np.minimum.at(soonest, cell, shares.soonest_ms[counted])
    return tuple(
        {
            "id": ground.cells[i],
            "share": round(float(within[i] / whole[i]), 3),
            "seconds": round(int(soonest[i]) / 1000) if soonest[i] < np.iinfo(np.int32).max else None,
        }
        for i in np.flatnonzero(whole > 0).tolist()
    )
