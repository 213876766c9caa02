"""A room's telephone: who answers it now, a call to it, and sending the room's own team with one tap."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named, room_named
from linli.api.idempotency import answered, body_of, once
from linli.api.incidents import Taken, taken_shown
from linli.api.reading import lenient
from linli.api.shown import Shown, agency_ref, order_shown
from linli.kernel import clock
from linli.matters.ledger.queries import matter_by_number
from linli.matters.routing.acts import take_call
from linli.operations.team.acts import send_team
from linli.org.rooms.queries import open_now
from linli.org.roster.queries import who_answers

router = Router(tags=["rooms"])


class Team(Schema):
    """The room whose team goes (id or code); empty: the room that the call belongs to."""

    room: str = Field("", max_length=64)


@router.get("/rooms/{code}/answers", summary="Who answers a room's telephone now")
def answers(request: ApiRequest, code: str, at: datetime | None = None) -> HttpResponse:
    """The room's own people by the roster; when nobody is on duty there, its central room, its station, the bureau."""
    room = room_named(request.auth, code)
    moment = at if at is not None and at.tzinfo is not None else clock.now()
    found = who_answers(room, moment)
    return answered(
        {
            "room": agency_ref(room),
            "phone": room.phone,
            "open": open_now(room),
            "at": moment,
            "answers_at": agency_ref(found.agency),
            "passed_up": found.passed_up,
            "person": {"id": found.person.pk, "name": found.person.name} if found.person else None,
        }
    )


@router.post("/rooms/{code}/calls", response={201: Taken}, summary="A call to a room's telephone")
def called(request: ApiRequest, code: str) -> HttpResponse:
    """A call to the room is a call here too: stored like one of the 110 centre, with the same leniency."""
    room = room_named(request.auth, code)
    sent = lenient(body_of(request))

    def deed() -> Shown:
        matter = take_call(request.auth, sent=sent, source="room_phone")
        return taken_shown(matter) | {"answered_by": agency_ref(who_answers(room, clock.now()).agency)}

    return once(request.ticket, 201, deed)


@router.post("/matters/{number}/team", response={201: dict[str, Any]}, summary="Send the room's own team")
def team(request: ApiRequest, number: str, sent: Team) -> HttpResponse:
    """One tap: every unit of the room that can go is sent."""
    actor = request.auth
    matter = matter_by_number(actor, number)
    room = agency_named(actor, sent.room) if sent.room else matter.agency

    def deed() -> Shown:
        orders = send_team(actor, matter=matter, room=room)
        return {"orders": [order_shown(order) for order in orders]}

    return once(request.ticket, 201, deed)
