"""Which checklists hold: the bureau's editions before what ships."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Max, Q

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.kept import Kept
from linli.kernel.words import Words
from linli.visits.checklists.models import Checklist
from linli.visits.checklists.rules import SHIPPED, ChecklistFacts, Item

_SHIPPED = {one.code: one for one in SHIPPED}


def facts_of(row: Checklist) -> ChecklistFacts:
    """A stored edition as the rules take it."""
    return ChecklistFacts(
        code=row.code,
        edition=row.edition,
        words=Words(row.zh, row.en or row.zh),
        basis=row.basis,
        items=tuple(Item(code, Words(zh, en or zh), article) for code, zh, en, article in row.items),
        premises_kinds=tuple(row.premises_kinds),
    )


def checklists_on(day: date) -> dict[str, ChecklistFacts]:
    """Every checklist in force on a day, by code; today's are kept."""
    return _TODAY.get() if day == clock.today() else _on(day)


def _on(day: date) -> dict[str, ChecklistFacts]:
    rows = Checklist.objects.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day))
    return _SHIPPED | {row.code: facts_of(row) for row in rows}


def _version() -> tuple[object, ...]:
    row = Checklist.objects.aggregate(n=Count("pk"), last=Max("edition"), ended=Count("until"))
    return (clock.today(), *row.values())


_TODAY = Kept(lambda: _on(clock.today()), changed_by=("checklist.", "demo."), version=_version)


def checklist_on(code: str, day: date) -> ChecklistFacts:
    """One checklist; raises Invalid ``checklist.unknown``."""
    found = checklists_on(day).get(code)
    if found is None:
        raise Invalid("checklist.unknown", code=code, field="checklist")
    return found


def edition_of(code: str, edition: int) -> ChecklistFacts | None:
    """An edition as it was when an inspection used it."""
    row = Checklist.objects.filter(code=code, edition=edition).first()
    if row is not None:
        return facts_of(row)
    shipped = _SHIPPED.get(code)
    return shipped if shipped is not None and shipped.edition == edition else None
