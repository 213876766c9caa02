"""What was decided and is still to be done."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Q

from linli.insight.meetings.models import Decision
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency


def followed_up(actor: Actor, *, place: Agency, day: date) -> list[Decision]:
    """Decisions of earlier meetings of a place that are open, and those that were settled since the last one."""
    rows = Decision.objects.visible_to(actor).filter(place=place, met_on__lt=day).select_related("matter")
    last = rows.order_by("-met_on").values_list("met_on", flat=True).first()
    fresh = Q(settled_at__date__gte=last) if last else Q(pk__in=[])
    return list(rows.filter(Q(state="open") | fresh).order_by("state", "due_on", "met_on"))


def decided_on(actor: Actor, *, place: Agency, day: date) -> list[Decision]:
    """The minutes of a day, in their order."""
    rows = Decision.objects.visible_to(actor).filter(place=place, met_on=day)
    return list(rows.select_related("matter").order_by("id"))


def decision_by_id(actor: Actor, key: uuid.UUID) -> Decision:
    """One of them, or NotFound."""
    found = Decision.objects.visible_to(actor).filter(pk=key).select_related("place").first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found
