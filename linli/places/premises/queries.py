"""Finding premises."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.places.premises.models import Premises


def premises_of(
    actor: Actor, *, kind: str = "", grid: str = "", words: str = "", closed: bool = False
) -> QuerySet[Premises]:
    """What the actor may see, narrowed by kind, grid code and words of name, code, operator or address."""
    rows = Premises.objects.visible_to(actor)
    if not closed:
        rows = rows.in_use()
    if kind:
        rows = rows.filter(kind=kind)
    if grid:
        rows = rows.filter(grid_code=grid)
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(code__icontains=words)
            | Q(operator__icontains=words)
            | Q(address_text__icontains=words)
        )
    return rows.select_related("address")


def premises_by_code(actor: Actor, code: str) -> Premises:
    """One of them; hidden and absent look the same (NotFound)."""
    found = Premises.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found
