"""Tickets of a matter, and tickets that wait for an agency."""

from __future__ import annotations

from django.db.models import QuerySet

from linli.kernel.scope import Actor
from linli.matters.handovers.models import Handover
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import category
from linli.org.agencies.models import Agency


def handovers_of(actor: Actor, *, matter: Matter) -> QuerySet[Handover]:
    """All tickets of a matter, newest first."""
    rows = Handover.objects.visible_to(actor).filter(matter=matter)
    return rows.select_related("to_agency", "from_agency").order_by("-sent_at")


def waiting_handovers(actor: Actor) -> QuerySet[Handover]:
    """Open tickets that the actor may see, the most overdue first."""
    rows = Handover.objects.visible_to(actor).filter(state__in=("sent", "accepted"))
    return rows.select_related("to_agency", "matter").order_by("due_at")


def suggested_along(matter: Matter) -> list[Agency]:
    """The partners that the category table says to ask along (120, 119, 122 …), in the table's order."""
    listed = category(matter.category)
    if listed is None or not listed.ask_along:
        return []
    known = {row.partner_service: row for row in Agency.objects.at_work().filter(partner_service__in=listed.ask_along)}
    return [known[service] for service in listed.ask_along if service in known]
