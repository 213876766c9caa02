"""What a recommendation is told: the call, the units, the limits. Plain values, no database, no clock.

Times are aware UTC datetimes, durations seconds, positions WGS-84 degrees. A unit's ``home`` is where it stands when
it has nothing else to do (its room); it is the fallback when the position is unknown or too old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

AVAILABLE = "available"
CONDITIONAL = "conditional"
UNAVAILABLE = "unavailable"
AVAILABILITIES = (AVAILABLE, CONDITIONAL, UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One responder as the desk knows it. ``fix_at`` None: no position was ever reported.

    ``node`` and ``home_node`` place the unit on a junction of the network by index, for networks without coordinates;
    where they are given they win over the coordinates.
    """

    id: UUID
    call_sign: str
    kind: str  # car, motorcycle, foot
    agency_id: UUID | None
    lon: float | None
    lat: float | None
    fix_at: datetime | None
    availability: str  # available, conditional, unavailable
    activity: str = ""  # visiting, mediating, school_gate, patrol …
    skills: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()
    home_lon: float | None = None
    home_lat: float | None = None
    calls_this_shift: int = 0
    idle_since: datetime | None = None
    node: int | None = None
    home_node: int | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """A call that needs a unit. ``needs`` names skills or equipment; ``agency_id`` is the room responsible for the
    place.

    ``agencies``: only units of these may take it (a category that rooms may not take); None: all may.
    """

    lon: float | None
    lat: float | None
    category: str = ""
    priority: int = 2
    needs: frozenset[str] = frozenset()
    agency_id: UUID | None = None
    id: str = ""
    node: int | None = None
    agencies: frozenset[UUID] | None = None


def _turnout() -> Mapping[str, float]:
    return MappingProxyType(
        {
            "available:car": 30.0,
            "available:motorcycle": 20.0,
            "available:foot": 10.0,
            "conditional:car": 45.0,
            "conditional:motorcycle": 35.0,
            "conditional:foot": 25.0,
        }
    )


def _interrupt() -> Mapping[str, float]:
    return MappingProxyType(
        {"patrol": 0.0, "paperwork": 15.0, "visiting": 45.0, "training": 60.0, "mediating": 120.0, "school_gate": 180.0}
    )


@dataclass(frozen=True, eq=False)
class Limits:
    """The declared numbers of the rule; configuration by category and zone replaces them. Each is an assumption until
    fitted.

    ``fix_weight``: share of the fix's age that counts as time the unit may have moved away. ``margin_s``: another
    room's unit is ranked before the responsible room's only when it is on scene more than this earlier. ``spread*``:
    standard deviation of the logarithm of the time on scene: a base, plus a part per 120 s of fix age, plus a part
    per 600 s of road.
    """

    target_s: float = 300.0
    signing_s: float = 15.0
    turnout_s: Mapping[str, float] = field(default_factory=_turnout)
    interrupt_s: Mapping[str, float] = field(default_factory=_interrupt)
    interrupt_unknown_s: float = 120.0
    fix_fresh_s: float = 120.0
    fix_ahead_s: float = 30.0
    fix_weight: float = 0.5
    stale_allowance_s: float = 60.0
    margin_s: float = 60.0
    spread: float = 0.20
    spread_fix: float = 0.15
    spread_road: float = 0.15
    kerb_m: float = 30.0
    walk_mps: float = 1.4
    snap_warn_m: float = 250.0
    priority_weight: Mapping[int, float] = field(
        default_factory=lambda: MappingProxyType({1: 8.0, 2: 4.0, 3: 2.0, 4: 1.0})
    )
    unserved_s: float = 3600.0
