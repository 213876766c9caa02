"""Gathering what leaves the house about an incident, and whom a ticket can be told."""

from __future__ import annotations

import uuid
from typing import Any

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.handovers.models import Handover
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.ledger.queries import matter_by_number
from linli.matters.routing.queries import bureau, category
from linli.operations.dispatch.models import ORDER_LIFE, Order
from linli.operations.exchange.rules.eido import eido
from linli.operations.exchange.rules.facts import AgencyFacts, IncidentFacts, OrderFacts
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post

_ORDER_TIMES = {
    "orderedAt": "ordered_at",
    "deliveredAt": "delivered_at",
    "signedAt": "signed_at",
    "declinedAt": "declined_at",
    "underWayAt": "under_way_at",
    "arrivedAt": "arrived_at",
    "arrivedProvenAt": "arrived_proven_at",
    "doneAt": "done_at",
    "recalledAt": "recalled_at",
}


def facts_of(matter: Matter) -> IncidentFacts:
    """An incident that the caller has already found, without anything about persons."""
    stamps: dict[str, Any] = {}
    for name, at in Stamp.objects.filter(matter=matter).order_by("server_at").values_list("milestone", "server_at"):
        stamps.setdefault(name, at)
    orders = Order.objects.filter(matter=matter).select_related("unit__agency").order_by("ordered_at", "id")
    listed = category(matter.category)
    return IncidentFacts(
        id=str(matter.pk),
        shared_id=shared_id_of(matter),
        number=matter.number,
        external_number=matter.external_number,
        version=matter.version,
        state=matter.state,
        words=matter.workflow.state(matter.state).words,
        category=matter.category,
        category_words=Words(listed.zh, listed.en) if listed else Words("无法归类", "cannot be placed"),
        priority=matter.priority,
        received_at=matter.received_at,
        updated_at=clock.now(),
        lon=matter.lon,
        lat=matter.lat,
        address=matter.address,
        outcome=str(matter.details.get("outcome", "")),
        agency=_agency(matter.agency),
        station=_agency(matter.station),
        handled_by=_agency(matter.handled_by),
        stamps=stamps,
        orders=tuple(_order(order) for order in orders),
    )


def shared_id_of(matter: Matter) -> str:
    """The key under which both sides know an incident: the sender's when it was a UUID, else ours."""
    try:
        return str(uuid.UUID(matter.external_number))
    except ValueError:
        return str(matter.pk)


def _agency(agency: Agency | None) -> AgencyFacts | None:
    return AgencyFacts(agency.code, agency.name, agency.kind, agency.partner_service) if agency else None


def _order(order: Order) -> OrderFacts:
    agency = order.unit.agency
    return OrderFacts(
        id=str(order.pk),
        call_sign=order.unit.call_sign,
        kind=order.unit.kind,
        agency=AgencyFacts(agency.code, agency.name, agency.kind),
        state=order.state,
        words=ORDER_LIFE.state(order.state).words,
        times={name: getattr(order, column) for name, column in _ORDER_TIMES.items()},
    )


def eido_of(actor: Actor, number: str) -> dict[str, Any]:
    """The incident with this number as a NENA EIDO, or NotFound for whoever may not see it."""
    root = bureau()
    return eido(facts_of(matter_by_number(actor, number)), issuer=f"linli.{root.code.lower()}" if root else "linli")


def people_of_partner(handover: Handover) -> list[Person]:
    """Who answers for a partner agency today."""
    today = clock.shanghai(clock.now()).date()
    rows = Post.objects.held_on(today).filter(agency_id=handover.to_agency_id, code="partner_officer")
    return [row.person for row in rows.select_related("person").order_by("person__staff_no")]
