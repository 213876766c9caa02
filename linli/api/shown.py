"""Rows as the API shows them. One function a row; the caller has found it by ``visible_to``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from linli.kernel.words import Words
from linli.matters.handovers.models import TICKET, Handover
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.links.models import Link
from linli.matters.routing.queries import category
from linli.operations.dispatch.models import ORDER_LIFE, Order
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency

Shown = dict[str, Any]


def bilingual(words: Words) -> Shown:
    """Both languages of a term."""
    return {"zh": words.zh, "en": words.en}


def agency_ref(agency: Agency | None) -> Shown | None:
    """An agency in a few words."""
    return {"id": agency.pk, "code": agency.code, "name": agency.name} if agency else None


def order_shown(order: Order) -> Shown:
    """O of the contract: one unit sent to one call, with its clock; what nobody said is null."""
    return {
        "id": order.pk,
        "unit": {"id": order.unit_id, "call_sign": order.unit.call_sign},
        "state": order.state,
        "state_words": bilingual(ORDER_LIFE.state(order.state).words),
        "version": order.version,
        "ordered_at": order.ordered_at,
        "target_at": order.target_at,
        "delivered_at": order.delivered_at,
        "signed_at": order.signed_at,
        "declined_at": order.declined_at,
        "under_way_at": order.under_way_at,
        "arrived_at": order.arrived_at,
        "arrived_proven_at": order.arrived_proven_at,
        "done_at": order.done_at,
        "recalled_at": order.recalled_at,
        "eta_s": order.eta_s,
        "via": order.via,
        "by_radio": order.by_radio,
        "reason": order.reason,
        "result": order.result,
    }


def with_orders(matters: Sequence[Matter]) -> Sequence[Matter]:
    """Fetch the orders of many matters with two queries."""
    orders = Order.objects.select_related("unit").order_by("ordered_at", "id")
    prefetch_related_objects(list(matters), Prefetch("orders", queryset=orders))
    return matters


def matter_shown(matter: Matter) -> Shown:
    """M of the contract. Orders are those prefetched by :func:`with_orders`."""
    listed = category(matter.category) if matter.category else None
    grid = matter.grid
    return {
        "id": matter.pk,
        "number": matter.number,
        "kind": matter.kind,
        "state": matter.state,
        "state_words": bilingual(matter.workflow.state(matter.state).words),
        "title": matter.title,
        "category": {"code": listed.code, "zh": listed.zh, "en": listed.en} if listed else None,
        "priority": matter.priority,
        "agency": agency_ref(matter.agency),
        "grid": {"code": grid.code, "name": grid.name} if grid else None,
        "lon": matter.lon,
        "lat": matter.lat,
        "address": matter.address,
        "source": matter.source,
        "received_at": matter.received_at,
        "opened_at": matter.opened_at,
        "due_at": matter.due_at,
        "closed_at": matter.closed_at,
        "late": matter.late_since is not None,
        "version": matter.version,
        "warnings": matter.warnings,
        "orders": [order_shown(order) for order in matter.orders.all()],
    }


def matters_shown(matters: Sequence[Matter]) -> list[Shown]:
    """Many matters with their orders."""
    return [matter_shown(matter) for matter in with_orders(matters)]


def stamp_shown(stamp: Stamp, units: dict[Any, str]) -> Shown:
    """One milestone; ``units`` names the call sign of each order."""
    return {
        "milestone": stamp.milestone,
        "source": stamp.source,
        "claimed_by": stamp.claimed_by or None,
        "device_at": stamp.device_at,
        "server_at": stamp.server_at,
        "proof": stamp.proof,
        "unit": units.get(stamp.order_id),
    }


def link_shown(link: Link, seen_from: Matter) -> Shown:
    """A tie as it looks from one of its ends."""
    other = link.other if link.one_id == seen_from.pk else link.one
    return {
        "id": link.pk,
        "relation": link.relation,
        "relation_words": dict(zip(("zh", "en"), Link.RELATIONS[link.relation], strict=True)),
        "number": other.number,
        "title": other.title,
        "state_words": bilingual(other.workflow.state(other.state).words),
        "made_at": link.made_at,
        "made_by": link.made_by,
        "undone": link.undone_at is not None,
    }


def handover_shown(ticket: Handover, moves: Iterable[Shown] = ()) -> Shown:
    """A ticket with its answer and the moves that the actor has."""
    return {
        "id": ticket.pk,
        "agency": agency_ref(ticket.to_agency),
        "from": agency_ref(ticket.from_agency),
        "mode": ticket.mode,
        "state": ticket.state,
        "state_words": bilingual(TICKET.state(ticket.state).words),
        "text": ticket.text,
        "answer": ticket.answer or None,
        "answer_via": ticket.answer_via or None,
        "at": ticket.sent_at,
        "due_at": ticket.due_at,
        "accepted_at": ticket.accepted_at,
        "ended_at": ticket.ended_at,
        "chased": ticket.chased,
        "version": ticket.version,
        "moves": list(moves),
    }


def unit_shown(unit: Unit) -> Shown:
    """A unit with where it was last seen; crew as prefetched."""
    fix = getattr(unit, "position", None)
    return {
        "id": unit.pk,
        "call_sign": unit.call_sign,
        "kind": unit.kind,
        "agency": agency_ref(unit.agency),
        "availability": unit.availability,
        "activity": unit.activity,
        "lon": fix.lon if fix else None,
        "lat": fix.lat if fix else None,
        "accuracy_m": fix.accuracy_m if fix else None,
        "fix_at": fix.at if fix else None,
        "order": unit.order_id,
        "version": unit.version,
        "crew": [ride.person.name for ride in unit.crew.all()],
    }
