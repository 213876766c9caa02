"""Which units for one call, best first, and why. A pure function: the same facts give the same answer, to the last bit.

    time on scene = allowance for the age of the fix + signing + turnout + breaking off + road (+ last metres on foot)

The responsible room's units are ranked as if ``margin_s`` earlier; so they come first unless another is clearly sooner.
Travel is by road for every unit that could be among the best; there is no preselection by straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from linli.operations.dispatch.rules import chance, soonest
from linli.operations.dispatch.rules.fleet import NEVER, Fleet, ms_of
from linli.operations.dispatch.rules.given import CONDITIONAL, Incident, Limits, UnitRow
from linli.operations.dispatch.rules.reasons import SHORTFALLS, Reason, activity_words, aged, needs_words
from linli.operations.dispatch.rules.soonest import (
    LACKS_NEEDS,
    NO_POSITION,
    OF_ROOM,
    OTHER_AGENCY,
    UNAVAILABLE,
    Readiness,
)
from linli.places.roads.rules.network import I64, KINDS
from linli.places.roads.rules.open_roads import OpenRoads, Ways

_UNTRUSTED_FIX_S = 240.0  # age that stands for "position not known" in the spread


@dataclass(frozen=True, slots=True)
class Cover:
    """Who can be at the unit's room soonest once it has left, and after how many seconds."""

    unit: UnitRow
    eta_s: float

    def as_json(self) -> dict[str, object]:
        return {"unit": {"id": str(self.unit.id), "call_sign": self.unit.call_sign}, "eta_s": self.eta_s}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the reasons of all suggestions share."""

    incident: Incident
    limits: Limits
    at: datetime
    room_has_units: bool
    relaxed: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One unit for the call. All times in seconds from now; ``start_s`` is what passes before it moves."""

    unit: UnitRow
    eta_s: float
    travel_s: float
    allowance_s: float
    penalty_s: float
    start_s: float
    walk_s: float
    from_home: bool
    fix_age_s: float | None
    within_target: float
    covers_hole: Cover | None
    situation: Situation

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it stands here, most telling first; made when asked for."""
        return (self._room(), *self._readiness(), self._position(), *self._way(), self._hole())

    def as_json(self) -> dict[str, object]:
        return {
            "unit": {"id": str(self.unit.id), "call_sign": self.unit.call_sign},
            "eta_s": self.eta_s,
            "travel_s": self.travel_s,
            "within_300_s": round(self.within_target, 4),
            "target_s": self.situation.limits.target_s,
            "reasons": [reason.as_json() for reason in self.reasons],
            "availability": self.unit.availability,
            "agency": None if self.unit.agency_id is None else str(self.unit.agency_id),
            "covers_hole": self.covers_hole.as_json() if self.covers_hole else None,
        }

    def _room(self) -> Reason:
        here = self.situation
        if here.incident.agency_id is None:
            return Reason("no_room_named", {})
        if self.unit.agency_id == here.incident.agency_id:
            return Reason("responsible_room", {})
        if not here.room_has_units:
            return Reason("room_has_none", {})
        return Reason("next_room", {})

    def _readiness(self) -> tuple[Reason, ...]:
        first = Reason("free", {})
        if self.unit.availability == CONDITIONAL:
            doing = activity_words(self.unit.activity)
            facts = {"activity_zh": doing.zh, "activity_en": doing.en, "penalty_s": round(self.penalty_s)}
            first = Reason("interrupt", facts)
        needs = self.situation.incident.needs
        if not needs:
            return (first,)
        missing = needs - self.unit.skills - self.unit.equipment
        return first, Reason("lacks_needs" if missing else "has_needs", needs_words(missing or needs))

    def _position(self) -> Reason:
        allowance_s = round(self.allowance_s)
        age_s = self.fix_age_s
        if age_s is None:
            return Reason("fix_unknown", {"allowance_s": allowance_s})
        if not self.from_home:
            return Reason("fix_fresh", {"age_s": round(max(age_s, 0.0)), "allowance_s": allowance_s})
        if age_s < 0:
            return Reason("fix_ahead", {"ahead_s": round(-age_s), "allowance_s": allowance_s})
        return Reason("fix_stale", {**aged(age_s), "allowance_s": allowance_s})

    def _way(self) -> tuple[Reason, ...]:
        found = [
            Reason("turnout", {"start_s": round(self.start_s)}),
            Reason("road", {"travel_s": round(self.travel_s)}),
        ]
        if self.walk_s >= 1:
            found.append(Reason("walk", {"walk_s": round(self.walk_s)}))
        return tuple(found)

    def _hole(self) -> Reason:
        cover = self.covers_hole
        if cover is None:
            return Reason("uncovered", {})
        return Reason("covered", {"call_sign": cover.unit.call_sign, "eta_s": round(cover.eta_s)})


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The answer for one call. ``shortfall``: how many units were left out, by why; ``unreachable`` have no way
    there.
    """

    suggestions: tuple[Suggestion, ...]
    shortfall: dict[str, int]
    warnings: tuple[Reason, ...]
    situation: Situation
    closed: tuple[tuple[tuple[int, ...], int], ...] = ()
    network: str = ""
    hours: tuple[int, ...] = ()
    """Which of the network's rules by the hour held."""

    def as_json(self) -> dict[str, object]:
        return {"units": [suggestion.as_json() for suggestion in self.suggestions], **self.around_as_json()}

    def around_as_json(self) -> dict[str, object]:
        """What is said beside the units: how many were left out and why, and the warnings."""
        return {
            "shortfall": [
                {"code": code, "count": count, **SHORTFALLS[code].as_json()}
                for code, count in self.shortfall.items()
                if count
            ],
            "warnings": [warning.as_json() for warning in self.warnings],
        }


def recommend(
    incident: Incident, fleet: Fleet, roads: OpenRoads, limits: Limits, at: datetime, k: int = 5
) -> Recommendation:
    """The ``k`` units that are best for ``incident`` at ``at``, with reasons, counts of who was left out, and
    warnings.

    When nobody has what the call needs, the needs are dropped and each suggestion says what is missing: an emergency
    is never refused. A call without a place gets no suggestion, and says so.
    """
    with fleet.lock:
        fleet.rebind(roads)
        return _Asked(incident, fleet, roads, limits, at).answer(k)


class _Asked:
    """One question being answered; holds what its steps share."""

    def __init__(self, incident: Incident, fleet: Fleet, roads: OpenRoads, limits: Limits, at: datetime) -> None:
        self.incident, self.fleet, self.roads, self.limits, self.at = incident, fleet, roads, limits, at
        self.at_ms = ms_of(at)
        self.arrive_ms = np.zeros(len(KINDS), np.int64)
        self.warnings: list[Reason] = []
        self.room = fleet.agencies.known(incident.agency_id) if incident.agency_id is not None else -1

    def answer(self, k: int) -> Recommendation:
        ways = self.fleet.ways_to(self.incident.lon, self.incident.lat, self.incident.node)
        if ways is None:
            return self._nothing("not_located")
        if not ways:
            return self._nothing("no_roads")
        self._measure(ways)
        need, unknown = self.fleet.mask(self.incident.needs)
        ready, cover = self._readiness(need)
        relaxed, lacking = False, int(ready.counts[LACKS_NEEDS]) + (ready.eligible if unknown else 0)
        found = self._soonest(ready, ways, k)
        if self.incident.needs and (unknown or not found.unit):
            # Nobody has it, or nobody who has it can get there: everybody who may be sent, and each says what it lacks.
            ready, cover = self._readiness(np.zeros_like(need))
            ready.counts[LACKS_NEEDS] = lacking
            found, relaxed = self._soonest(ready, ways, k), True
        if not found.unit:
            code = "unreachable" if ready.eligible else "nobody"
            self.warnings.append(Reason(code, {"count": ready.eligible} if ready.eligible else {}))
        situation = Situation(self.incident, self.limits, self.at, bool(ready.counts[OF_ROOM]), relaxed)
        suggestions = tuple(
            self._suggestion(unit, key_ms, ready, self._cover(unit, cover), situation)
            for unit, key_ms in zip(found.unit, found.key_ms, strict=True)
        )
        return self._recommendation(suggestions, _left_out(ready), situation)

    def _recommendation(
        self, suggestions: tuple[Suggestion, ...], shortfall: dict[str, int], situation: Situation
    ) -> Recommendation:
        closed = tuple((one.arcs, one.kinds) for one in self.roads.closed)
        warnings, roads = tuple(self.warnings), self.roads
        return Recommendation(suggestions, shortfall, warnings, situation, closed, roads.name, roads.hours)

    def _nothing(self, code: str) -> Recommendation:
        self.warnings.append(Reason(code, {}))
        return self._recommendation((), {}, Situation(self.incident, self.limits, self.at, False, False))

    def _measure(self, ways: Ways) -> None:
        """How far the call lies from the roads: walking for each kind, and a warning when it is far."""
        off_m = ways.off_m.tolist()
        self.arrive_ms[:] = [soonest.walk_ms(metres, self.limits) for metres in off_m]
        if self.limits.snap_warn_m < min(off_m) < np.inf:
            self.warnings.append(Reason("snapped_far", {"off_m": round(min(off_m))}))

    def _readiness(self, need: I64) -> tuple[Readiness, Readiness]:
        return soonest.readiness(
            self.fleet,
            self.limits,
            self.at_ms,
            need=need,
            agency=self.room,
            arrive_ms=self.arrive_ms,
            only=self.incident.agencies,
        )

    def _soonest(self, ready: Readiness, ways: Ways, k: int) -> soonest.Soonest:
        return soonest.soonest(self.fleet, self.roads, ready, ways, max(min(k, ready.eligible), 1))

    def _cover(self, unit: int, ready: Readiness) -> Cover | None:
        """Who could be at the unit's home soonest if it left."""
        ways = self.fleet.ways_home(unit)
        if not ways:
            return None
        found = soonest.soonest(self.fleet, self.roads, ready, ways, 1, but=unit)
        return Cover(self.fleet.rows[found.unit[0]], found.key_ms[0] / 1000) if found.unit else None

    def _suggestion(
        self, unit: int, key_ms: int, ready: Readiness, cover: Cover | None, situation: Situation
    ) -> Suggestion:
        c, limits = self.fleet.columns, self.limits
        row = self.fleet.rows[unit]
        delay_ms = int(ready.delay[unit])
        margin_ms = round(limits.margin_s * 1000) if self.room >= 0 and c.agency[unit] != self.room else 0
        travel_ms, from_home = key_ms - delay_ms, bool(ready.at_home[unit])
        fix_ms = int(c.fix_ms[unit])
        age_ms = None if fix_ms == NEVER else self.at_ms - fix_ms
        walk = soonest.walk_ms(float(c.off_m[unit, int(from_home)]), limits) + int(self.arrive_ms[c.kind[unit]])
        if from_home or age_ms is None:
            allowance = round(limits.stale_allowance_s * 1000)
        else:
            allowance = max(age_ms, 0) * round(limits.fix_weight * 1000) // 1000
        start = soonest.start_ms(self.fleet, limits, unit)
        eta_s = (key_ms - margin_ms) / 1000
        age_s = _UNTRUSTED_FIX_S if from_home or age_ms is None else max(age_ms, 0) / 1000
        return Suggestion(
            unit=row,
            eta_s=eta_s,
            travel_s=travel_ms / 1000,
            allowance_s=allowance / 1000,
            penalty_s=soonest.penalty_ms(self.fleet, limits, unit) / 1000,
            start_s=start / 1000,
            walk_s=walk / 1000,
            from_home=from_home,
            fix_age_s=None if age_ms is None else age_ms / 1000,
            within_target=chance.within(eta_s, travel_ms / 1000, age_s, limits),
            covers_hole=cover,
            situation=situation,
        )


def _left_out(ready: Readiness) -> dict[str, int]:
    """How many units were not considered, by why."""
    places = {
        "unavailable": UNAVAILABLE,
        "lacks_needs": LACKS_NEEDS,
        "no_position": NO_POSITION,
        "other_agency": OTHER_AGENCY,
    }
    return {code: int(ready.counts[place]) for code, place in places.items()}
