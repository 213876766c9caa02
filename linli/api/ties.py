"""What ties matters to each other and to other agencies: likenesses, links, tickets."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpResponse
from ninja import Body, Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named, handover_by_id, link_by_id
from linli.api.idempotency import answered, once
from linli.api.matter_detail import ticket_moves
from linli.api.shown import Shown, bilingual, handover_shown, link_shown, matters_shown
from linli.kernel.scope import Actor
from linli.matters.handovers.acts import move_handover, open_handover, record_answer, take_file
from linli.matters.handovers.models import TICKET, Handover
from linli.matters.handovers.queries import file_of, waiting_handovers
from linli.matters.ledger.queries import matter_by_number
from linli.matters.links.acts import link_matters, undo_link
from linli.matters.links.queries import similar_matters

router = Router(tags=["ties"])


class Tied(Schema):
    """The other matter by its number."""

    other: str = Field(max_length=32)
    relation: str = Field("same_incident", max_length=16)


class Ticketed(Schema):
    """Which agency (id or code), and whether it takes over (hand_over), comes too (ask_along) or is to know (share);
    by when an answer is asked for.
    """

    agency: str = Field(max_length=64)
    mode: str = Field("hand_over", max_length=10)
    text: str = Field("", max_length=4000)
    due_at: AwareDatetime | None = None


class CameBack(Schema):
    """What an agency without a login has said (accept, answer, decline), and how: on paper or by telephone."""

    move: str = Field(max_length=10)
    answer: str = Field("", max_length=4000)
    via: str = Field("paper", max_length=10)


class Answered(Schema):
    """What the other side says when it answers or declines."""

    answer: str = Field("", max_length=4000)


@router.get("/matters/{number}/similar", summary="What may be the same incident")
def similar(request: ApiRequest, number: str) -> HttpResponse:
    """Up to five calls that may be the same incident, the likeliest first; never linked by the house itself."""
    found = similar_matters(request.auth, matter=matter_by_number(request.auth, number))
    shown = matters_shown([item.matter for item in found])
    whys = [{"likeness": round(item.likeness, 3), "why": [bilingual(words) for words in item.why]} for item in found]
    return answered({"items": [one | why for one, why in zip(shown, whys, strict=True)]})


@router.post("/matters/{number}/links", response={201: dict[str, Any]}, summary="Tie two matters")
def tied(request: ApiRequest, number: str, sent: Tied) -> HttpResponse:
    """Tie another matter to this one; undone by one key as well."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    other = matter_by_number(actor, sent.other)
    relation = "same_incident" if sent.relation == "same" else sent.relation
    return once(
        request.ticket,
        201,
        lambda: link_shown(link_matters(actor, one=matter, other=other, relation=relation), matter),
    )


@router.post("/links/{link_id}/undo", summary="Untie")
def untied(request: ApiRequest, link_id: uuid.UUID) -> HttpResponse:
    """The tie is undone, its history stays."""
    link = link_by_id(request.auth, link_id)
    return once(request.ticket, 200, lambda: link_shown(undo_link(request.auth, link=link), link.one))


@router.post("/matters/{number}/handovers", response={201: dict[str, Any]}, summary="Hand over or ask along")
def ticketed(request: ApiRequest, number: str, sent: Ticketed) -> HttpResponse:
    """Send a ticket to another agency. The matter stays here until they accept; the ticket comes back or is chased."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    agency = agency_named(actor, sent.agency)
    return once(
        request.ticket,
        201,
        lambda: _shown(
            actor,
            open_handover(actor, matter=matter, to_agency=agency, mode=sent.mode, text=sent.text, due_at=sent.due_at),
        ),
    )


@router.get("/handovers", summary="Tickets that wait")
def waiting(request: ApiRequest) -> HttpResponse:
    """Open tickets that the actor may see, the most overdue first."""
    actor = request.auth
    rows = waiting_handovers(actor).select_related("from_agency", "matter__agency", "matter__station")[:200]
    return answered(
        {"items": [{**_shown(actor, row), "number": row.matter.number, "title": row.matter.title} for row in rows]}
    )


@router.post("/handovers/{handover_id}/moves/{move}", summary="Move a ticket")
def ticket_moved(request: ApiRequest, handover_id: uuid.UUID, move: str, sent: Answered) -> HttpResponse:
    """accept, answer, decline (the receiving side), withdraw (the sending side)."""
    actor, ticket = request.auth, handover_by_id(request.auth, handover_id)
    TICKET.move(move)
    return once(
        request.ticket, 200, lambda: _shown(actor, move_handover(actor, handover=ticket, move=move, answer=sent.answer))
    )


@router.post("/handovers/{handover_id}/answer", summary="Write down an answer that came back")
def came_back(request: ApiRequest, handover_id: uuid.UUID, sent: CameBack) -> HttpResponse:
    """The sending side writes down what an agency without a login said, on paper or by telephone."""
    actor, ticket = request.auth, handover_by_id(request.auth, handover_id)
    return once(
        request.ticket,
        200,
        lambda: _shown(actor, record_answer(actor, handover=ticket, move=sent.move, answer=sent.answer, via=sent.via)),
    )


@router.get("/handovers/{handover_id}/file", summary="A ticket as a signed file")
def as_file(request: ApiRequest, handover_id: uuid.UUID) -> HttpResponse:
    """For an agency that has neither a login nor a system: it comes back filled in."""
    ticket = handover_by_id(request.auth, handover_id)
    answer = HttpResponse(file_of(ticket), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{ticket.matter.number}-{str(ticket.pk)[:8]}.json"'
    return answer


@router.post("/handovers/{handover_id}/file", summary="Take a ticket's file back")
def file_back(request: ApiRequest, handover_id: uuid.UUID, sent: Body[dict[str, Any]]) -> HttpResponse:
    """The file of this ticket with its answer filled in, as it came back (JSON body)."""
    actor, ticket = request.auth, handover_by_id(request.auth, handover_id)
    raw = json.dumps(sent, ensure_ascii=False).encode()
    return once(request.ticket, 200, lambda: _shown(actor, take_file(actor, handover=ticket, raw=raw)))


def _shown(actor: Actor, ticket: Handover) -> Shown:
    return handover_shown(ticket, ticket_moves(actor, ticket))
