"""Tickets of a matter, and tickets that wait for an agency."""

from __future__ import annotations

from django.db.models import QuerySet

from linli.kernel.scope import Actor
from linli.matters.handovers.models import Handover
from linli.matters.ledger.models import Matter


def handovers_of(actor: Actor, *, matter: Matter) -> QuerySet[Handover]:
    """All tickets of a matter, newest first."""
    rows = Handover.objects.visible_to(actor).filter(matter=matter)
    return rows.select_related("to_agency", "from_agency").order_by("-sent_at")


def waiting_handovers(actor: Actor) -> QuerySet[Handover]:
    """Open tickets that the actor may see, the most overdue first."""
    rows = Handover.objects.visible_to(actor).filter(state__in=("sent", "accepted"))
    return rows.select_related("to_agency", "matter").order_by("due_at")
