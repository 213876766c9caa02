"""Who calls for help."""

from __future__ import annotations

import uuid

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.operations.distress.models import Distress


def distress_running(actor: Actor) -> list[Distress]:
    """Those that are not over, the oldest unanswered first."""
    rows = Distress.objects.visible_to(actor).running().select_related("person", "agency", "unit", "answered_by")
    return sorted(rows, key=lambda one: (one.state != "calling", one.raised_at))


def distress_by_id(actor: Actor, key: uuid.UUID) -> Distress:
    """One of them, or NotFound."""
    rows = Distress.objects.visible_to(actor).select_related("person", "agency", "unit", "answered_by")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found
