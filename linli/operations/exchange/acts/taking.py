"""What peers send in bundles: calls to be taken, answers to tickets."""

from __future__ import annotations

from typing import Any

from linli.kernel.errors import Invalid, NotFound
from linli.kernel.scope import Actor, HeldPost
from linli.matters.handovers.acts import move_handover
from linli.matters.handovers.models import TICKET, Handover
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import take_call
from linli.works.exchange.acts.reading import Known, takes
from linli.works.exchange.models import Peer
from linli.works.exchange.rules.mapping import as_ours, read_field_map

_MOVES = {
    "accepted": "accept",
    "completed": "answer",
    "rejected": "decline",
    "accept": "accept",
    "answer": "answer",
    "decline": "decline",
}
"""UCRI2's three answers, and our own words for them."""


@takes("incident")
def take_incident(actor: Actor, peer: Peer, item: dict[str, Any]) -> str:
    """A call of the peer becomes a call here, under our names and codes. Sent again under another item, it is known."""
    told = item.get("incident")
    if not isinstance(told, dict):
        raise Invalid("exchange.field", field="incident")
    sent = as_ours(told, read_field_map(peer.field_map))
    number = str(sent.get("external_number") or item.get("sharedIncidentId") or "")[:64].replace("\x00", "")
    before = Matter.objects.filter(external_source=peer.name, external_number=number).first() if number else None
    if before is not None:
        raise Known(before.number)
    facts = {**sent, "source": peer.name, "external_number": number}
    return take_call(actor, sent=facts, source=peer.name[:24]).number


@takes("handover_answer")
def take_answer(actor: Actor, peer: Peer, item: dict[str, Any]) -> str:
    """The partner accepts, declines or completes a ticket: only of the agency that this peer speaks for."""
    told = item.get("handover_answer")
    if not isinstance(told, dict) or str(told.get("status")) not in _MOVES:
        raise Invalid("exchange.field", field="handover_answer.status")
    rows = Handover.objects.select_related("matter__agency", "matter__station", "to_agency", "from_agency")
    key = str(told.get("handover", ""))
    try:
        ticket = rows.filter(pk=key, to_agency__code=peer.agency_code).first() if peer.agency_code else None
    except (ValueError, TypeError) as wrong:
        raise Invalid("exchange.field", field="handover_answer.handover") from wrong
    if ticket is None:
        raise NotFound("row.unknown", what=key[:64])
    move = _MOVES[str(told["status"])]
    if ticket.state == TICKET.move(move).target:
        raise Known(str(ticket.pk))
    held = HeldPost("partner_officer", ticket.to_agency_id, ticket.to_agency.path)
    partner = Actor(id=actor.id, name=actor.name, kind="partner", posts=(held,), door=actor.door)
    move_handover(partner, handover=ticket, move=move, answer=str(told.get("text", ""))[:4000])
    return str(ticket.pk)
