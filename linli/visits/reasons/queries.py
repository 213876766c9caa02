"""Which reasons hold on a day: the bureau's where it has set them, else as shipped."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Max, Q

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.kept import Kept
from linli.kernel.words import Words
from linli.visits.reasons.models import ReasonVersion
from linli.visits.reasons.rules import SHIPPED, ReasonFacts

_PLAIN = Words("{day}前应到", "due by {day}")
_SHIPPED = {one.code: one for one in SHIPPED}


def facts_of(row: ReasonVersion) -> ReasonFacts:
    """A stored version as the rules take it; a reason of the bureau's own has the plain sentence."""
    shipped = _SHIPPED.get(row.code)
    return ReasonFacts(
        code=row.code,
        words=Words(row.zh, row.en or row.zh),
        why=shipped.why if shipped else _PLAIN,
        every_days=row.every_days,
        first_within_days=row.first_within_days,
        retry_days=row.retry_days,
        lasts_days=row.lasts_days,
        ground=row.ground,
        premises_kinds=tuple(row.premises_kinds),
        categories=tuple(row.categories),
        moved_in=shipped.moved_in if shipped else (),
        helpers=row.helpers,
        in_use=row.in_use,
    )


def reasons_on(day: date) -> dict[str, ReasonFacts]:
    """Every reason in use on a day, by code, in the order in which they were declared; today's are kept."""
    return _TODAY.get() if day == clock.today() else _on(day)


def _on(day: date) -> dict[str, ReasonFacts]:
    rows = ReasonVersion.objects.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day))
    merged = _SHIPPED | {row.code: facts_of(row) for row in rows}
    return {code: one for code, one in merged.items() if one.in_use}


def _version() -> tuple[object, ...]:
    row = ReasonVersion.objects.aggregate(n=Count("pk"), last=Max("since"), ended=Count("until"))
    return (clock.today(), *row.values())


_TODAY = Kept(lambda: _on(clock.today()), changed_by=("visit.set_reason", "demo."), version=_version)


def reason(code: str, day: date) -> ReasonFacts:
    """One reason on a day; raises Invalid ``reason.unknown``."""
    found = reasons_on(day).get(code)
    if found is None:
        raise Invalid("reason.unknown", code=code, field="reason")
    return found
