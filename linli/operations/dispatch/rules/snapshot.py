"""What a recommendation knew, as JSON, and the same answer from it again.

Kept are the call, the limits, the moment, the network's hash and closures, the rows of the suggested units and of
those that cover for them, and how many others were left out and why. Because every search is exact and in whole
milliseconds, ranking these units again gives the same numbers to the last bit; a unit that was not among the best
cannot have changed them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from linli.operations.dispatch.rules.fleet import Fleet
from linli.operations.dispatch.rules.given import Incident, Limits, UnitRow
from linli.operations.dispatch.rules.ranking import Recommendation, recommend
from linli.operations.dispatch.rules.reasons import Reason
from linli.places.roads.rules.open_roads import Closed, OpenRoads

VERSION = 1
_TIMES = {"fix_at", "idle_since"}
_SETS = {"skills", "equipment", "needs"}


def snapshot_of(answer: Recommendation) -> dict[str, Any]:
    """Everything needed to give ``answer`` again, as plain JSON values."""
    here = answer.situation
    units = {item.unit.id: item.unit for item in answer.suggestions}
    for item in answer.suggestions:
        if item.covers_hole is not None:
            units.setdefault(item.covers_hole.unit.id, item.covers_hole.unit)
    return {
        "version": VERSION,
        "at": here.at.isoformat(),
        "k": len(answer.suggestions),
        "incident": _columns(here.incident),
        "limits": _limits(here.limits),
        "network": answer.network,
        "closed": [[list(arcs), kinds] for arcs, kinds in answer.closed],
        "hours": list(answer.hours),
        "units": [_columns(unit) for unit in units.values()],
        "left_out": answer.shortfall,
        "target_s": here.limits.target_s,
        **answer.around_as_json(),
        "room_has_units": here.room_has_units,
        "relaxed": here.relaxed,
        "suggested": [
            {"unit": str(item.unit.id), "eta_s": item.eta_s, "within": item.within_target}
            for item in answer.suggestions
        ],
    }


def recommend_again(snapshot: Mapping[str, Any], roads: OpenRoads) -> Recommendation:
    """The recommendation that a snapshot was taken of, on the same network (``roads`` without closures, or any
    state).
    """
    closed = [Closed(tuple(arcs), kinds) for arcs, kinds in snapshot["closed"]]
    roads = roads.closing(closed, snapshot.get("hours", ()))
    fleet = Fleet.from_rows([_unit(row) for row in snapshot["units"]], roads)
    again = recommend(
        _incident(snapshot["incident"]),
        fleet,
        roads,
        limits_from(snapshot["limits"]),
        datetime.fromisoformat(snapshot["at"]),
        snapshot["k"],
    )
    # How many others there were is part of what was known, and of the reasons.
    situation = replace(again.situation, room_has_units=snapshot["room_has_units"], relaxed=snapshot["relaxed"])
    suggestions = tuple(replace(item, situation=situation) for item in again.suggestions)
    warnings = tuple(Reason(warning["code"], warning["facts"]) for warning in snapshot["warnings"])
    left_out = dict(snapshot["left_out"])
    return replace(again, suggestions=suggestions, situation=situation, shortfall=left_out, warnings=warnings)


def limits_from(values: Mapping[str, Any]) -> Limits:
    """Limits as stored in a snapshot or in a bureau's configuration; what is not named keeps its declared value."""
    known = {item.name for item in fields(Limits)}
    given = {name: value for name, value in values.items() if name in known}
    for name in ("turnout_s", "interrupt_s"):
        if name in given:
            given[name] = MappingProxyType({key: float(value) for key, value in given[name].items()})
    if "priority_weight" in given:
        weights = {int(key): float(value) for key, value in given["priority_weight"].items()}
        given["priority_weight"] = MappingProxyType(weights)
    return Limits(**given)


def _incident(values: Mapping[str, Any]) -> Incident:
    given = {name: _value(name, value) for name, value in values.items()}
    if given.get("agencies") is not None:
        given["agencies"] = frozenset(UUID(text) for text in given["agencies"])
    if given["id"] is None:
        given["id"] = ""
    return Incident(**given)


def _unit(values: Mapping[str, Any]) -> UnitRow:
    given: dict[str, Any] = {name: _value(name, value) for name, value in values.items()}
    return UnitRow(**{**given, "id": UUID(values["id"])})


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "agency_id":
        return UUID(value)
    if name in _TIMES:
        return datetime.fromisoformat(value)
    return frozenset(value) if name in _SETS else value


@functools.lru_cache(maxsize=64)
def _limits(limits: Limits) -> dict[str, Any]:
    """The same few limits hold for every call."""
    return _columns(limits)


def _columns(row: Incident | Limits | UnitRow) -> dict[str, Any]:
    """The values of a row as JSON keeps them; ``asdict`` would copy each of them deeply first."""
    return {item.name: _plain(getattr(row, item.name)) for item in fields(row)}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, float, int)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(one) for one in value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
