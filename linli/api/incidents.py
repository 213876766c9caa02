"""The 110 centre's door: a call is stored whatever is wrong with it, and the answer says where it belongs and who is
nearest.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from linli.api.auth import ApiRequest
from linli.api.idempotency import body_of, once
from linli.api.reading import lenient
from linli.api.shown import Shown, agency_ref
from linli.kernel.ids import new_id
from linli.kernel.prepared import foreseen
from linli.matters.ledger.acts import NUMBER
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import row_to_be, take_call, understand
from linli.operations.dispatch.queries import LIVE
from linli.operations.recommendation.queries import stored_for, thought_ahead
from linli.works.exchange.queries import in_our_words

router = Router(tags=["incidents"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "What can be parsed is stored, doubts come back in `warnings`; nothing is required.",
                    "properties": {
                        "received_at": {"type": "string", "format": "date-time"},
                        "answered_at": {"type": "string", "format": "date-time"},
                        "category": {"type": "string", "description": "our code, or a name"},
                        "priority": {"type": "integer", "minimum": 1, "maximum": 4},
                        "narrative": {"type": "string"},
                        "caller": {
                            "type": "object",
                            "properties": {"name": {"type": "string"}, "phone": {"type": "string"}},
                        },
                        "lon": {"type": "number"},
                        "lat": {"type": "number"},
                        "datum": {"type": "string", "enum": ["WGS-84", "GCJ-02", "BD-09"]},
                        "address": {"type": "string"},
                        "source": {"type": "string", "description": "the sending system"},
                        "external_number": {"type": "string", "description": "its number there"},
                    },
                }
            }
        },
    }
}


class Warned(Schema):
    """A doubt: its code, its facts, and the sentence that the desk reads."""

    code: str
    zh: str
    en: str
    facts: dict[str, Any]


class Taken(Schema):
    """A call as it was stored."""

    number: str
    state: str
    grid: dict[str, Any] | None
    room: dict[str, Any] | None
    station: dict[str, Any] | None
    recommended: list[dict[str, Any]]
    warnings: list[Warned]
    received_at: datetime
    priority: int | None
    category: str


def taken_shown(matter: Matter) -> Shown:
    """The answer of the contract."""
    stored = stored_for(matter)
    agency = matter.agency
    return {
        "number": matter.number,
        "id": matter.pk,
        "state": matter.state,
        "version": matter.version,
        "category": matter.category,
        "priority": matter.priority,
        "received_at": matter.received_at,
        "grid": {"code": matter.grid.code, "name": matter.grid.name} if matter.grid else None,
        "room": agency_ref(agency) if agency and agency.is_room else None,
        "agency": agency_ref(agency),
        "station": agency_ref(matter.station),
        "lon": matter.lon,
        "lat": matter.lat,
        "recommended": stored.units if stored else [],
        "warnings": matter.warnings,
    }


def moment(sent: Any) -> datetime | None:
    """A time with offset as it was sent; None when there is none that can be read: a missing stamp is no stamp."""
    try:
        at = datetime.fromisoformat(str(sent))
    except ValueError:
        return None
    return at if at.tzinfo is not None and 1970 < at.year < 2100 else None


@router.post("/incidents", response={201: Taken}, openapi_extra=_BODY, summary="Take a call")
def take(request: ApiRequest) -> HttpResponse:
    """Store a call. Unknown category, impossible time, swapped or foreign coordinates, no place: stored, with
    warnings.
    """
    actor, sent = request.auth, lenient(body_of(request))
    source = "desk" if actor.kind == "person" else actor.name[:24]
    if actor.kind == "partner":
        # A registered peer sends in its own words; under its own name it is told what becomes of the call.
        sent = {**in_our_words(actor.name, sent), "source": actor.name}
    # Before the write lock: an address is looked for, and a unit, longer than a call is stored.
    understood = understand(sent)
    answered_at = moment(sent.get("answered_at"))
    row_id = new_id()
    with thought_ahead(row_to_be(understood, row_id)), foreseen(NUMBER, *LIVE.question()):
        return once(
            request.ticket,
            201,
            lambda: taken_shown(
                take_call(
                    actor, sent=sent, source=source, answered_at=answered_at, understood=understood, row_id=row_id
                )
            ),
        )
