"""Finding devices, and what share of them works."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.places.devices.models import Device


def devices_of(
    actor: Actor, *, kind: str = "", state: str = "", owner_kind: str = "", words: str = ""
) -> QuerySet[Device]:
    """What the actor may see and still stands, narrowed by kind, state, owner and words of name, code, owner, place."""
    rows = Device.objects.visible_to(actor)
    rows = rows.filter(state=state) if state else rows.standing()
    if kind:
        rows = rows.filter(kind=kind)
    if owner_kind:
        rows = rows.filter(owner_kind=owner_kind)
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(code__icontains=words)
            | Q(owner__icontains=words)
            | Q(address_text__icontains=words)
        )
    return rows


def device_by_code(actor: Actor, code: str) -> Device:
    """One of them; hidden and absent look the same (NotFound)."""
    found = Device.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found
