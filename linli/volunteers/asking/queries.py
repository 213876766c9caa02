"""Which applications wait for a call."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.volunteers.asking.models import Application


def waiting_for(actor: Actor) -> QuerySet[Application]:
    """Applications that nobody has decided, the oldest first."""
    return Application.objects.visible_to(actor).waiting().select_related("agency").order_by("received_at", "pk")


def application_by_id(actor: Actor, key: UUID) -> Application:
    """One application; hidden and absent look the same (NotFound)."""
    found = Application.objects.visible_to(actor).filter(pk=key).select_related("agency").first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found
