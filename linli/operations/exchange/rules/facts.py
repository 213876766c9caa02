"""What leaves the house about an incident: gathered once, told in several shapes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.kernel.words import Words
from linli.works.exchange.rules.envelope import utc


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """An agency by its code, name and kind."""

    code: str
    name: str
    kind: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One unit's part in an incident."""

    id: str
    call_sign: str
    kind: str
    agency: AgencyFacts
    state: str
    words: Words
    times: dict[str, datetime | None]


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """An incident without anything about persons. Times are aware; ``stamps`` holds the first of each milestone."""

    id: str
    shared_id: str
    number: str
    external_number: str
    version: int
    state: str
    words: Words
    category: str
    category_words: Words
    priority: int | None
    received_at: datetime
    updated_at: datetime
    lon: float | None
    lat: float | None
    address: str
    outcome: str
    agency: AgencyFacts | None
    station: AgencyFacts | None
    handled_by: AgencyFacts | None
    stamps: dict[str, datetime] = field(default_factory=dict)
    orders: tuple[OrderFacts, ...] = ()


def status_of(facts: IncidentFacts, what: str) -> dict[str, Any]:
    """The body of a status: where the incident stands, its clock, its units. ``what`` names the step that caused it.

    ``version`` grows with every change: a receiver may drop one that is older than what it has. A missing stamp is
    missing.
    """
    return {
        "number": facts.number,
        "externalNumber": facts.external_number,
        "what": what,
        "version": facts.version,
        "state": facts.state,
        "stateWords": facts.words.as_json(),
        "category": facts.category,
        "priority": facts.priority,
        "stamps": {name: utc(at) for name, at in facts.stamps.items()},
        "units": [
            {
                "callSign": order.call_sign,
                "agency": order.agency.code,
                "state": order.state,
                **{name: utc(at) for name, at in order.times.items() if at},
            }
            for order in facts.orders
        ],
        "agency": _named(facts.agency),
        "station": _named(facts.station),
        "handledBy": _named(facts.handled_by),
        "outcome": facts.outcome,
    }


def _named(agency: AgencyFacts | None) -> dict[str, str] | None:
    return {"code": agency.code, "name": agency.name} if agency else None
