"""Homes and firms at an address; the terms as this place has set them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.kept import Kept
from linli.kernel.scope import Actor
from linli.places.homes.models import Home, RegisterTerm
from linli.places.homes.rules import TERMS, Term


def _terms() -> dict[str, Term]:
    held = {row.code: row for row in RegisterTerm.objects.all()}
    return {
        code: Term(held[code].days, held[code].working_days, plain.words, plain.meaning) if code in held else plain
        for code, plain in TERMS.items()
    }


_TERMS = Kept(_terms, changed_by=("term.", "demo."))


def terms() -> dict[str, Term]:
    """Every term in force, by its code."""
    return _TERMS.get()


def term(code: str) -> Term:
    """One term in force."""
    return terms()[code]


def homes_of(actor: Actor, *, use: str = "", grid: str = "", address: str = "") -> QuerySet[Home]:
    """Homes that the actor may see, with how many live there now."""
    rows = Home.objects.visible_to(actor).filter(active=True)
    for name, value in (("use", use), ("grid_code", grid), ("address__code", address)):
        if value:
            rows = rows.filter(**{name: value})
    living = Count("residences", filter=Q(residences__until__isnull=True))
    return rows.select_related("address").annotate(living=living)


def home_by_code(actor: Actor, code: str) -> Home:
    """One home; hidden and absent look the same (NotFound)."""
    found = Home.objects.visible_to(actor).filter(code=code).select_related("address").first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def uses_counted(homes: Iterable[Home]) -> dict[str, int]:
    """How many homes stand in each use; uses that none has are left out."""
    counted: dict[str, int] = {}
    for home in homes:
        counted[home.use] = counted.get(home.use, 0) + 1
    return counted
