"""Inspections as they are found again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.visits.inspections.models import INSPECTION_LIFE, Inspection
from linli.visits.inspections.rules import OUTCOMES


def inspections_of(
    actor: Actor, *, state: str = "", outcome: str = "", trade: str = "", premises: str = ""
) -> QuerySet[Inspection]:
    """The inspections that the actor may see, the latest first, narrowed by state, outcome, kind and place's code."""
    rows = Inspection.objects.visible_to(actor).select_related("agency", "premises", "visit", "rechecks")
    filters = {"state": state, "outcome": outcome, "trade": trade, "premises__code": premises}
    return rows.filter(**{name: value for name, value in filters.items() if value})


def inspection_by_id(actor: Actor, key: uuid.UUID) -> Inspection:
    """One inspection; hidden and absent look the same (NotFound)."""
    found = inspections_of(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def to_check_again(actor: Actor, until: date) -> QuerySet[Inspection]:
    """What is to be put right by a day up to ``until``, the soonest first."""
    rows = inspections_of(actor, state="to_put_right").filter(put_right_by__lte=until)
    return rows.order_by("put_right_by", "pk")


def _waiting(actor: Actor) -> QuerySet[Inspection]:
    return inspections_of(actor, state="to_put_right").order_by("put_right_by", "pk")


def _due(actor: Actor) -> Sequence[tuple[Any, Any]]:
    return list(_waiting(actor).values_list("pk", "version")[:100])


def _shown(actor: Actor, keys: Sequence[Any]) -> Mapping[Any, Shown]:
    """A place that is to be checked again, as a phone shows it."""
    today = clock.today()
    return {
        row.pk: Shown(
            group="today" if row.put_right_by and row.put_right_by <= today else "along",
            title=row.place,
            lines=[{"zh": f"限期整改：{row.note[:80]}", "en": f"to be put right: {row.note[:80]}"}],
            kind=row.trade,
            state=row.state,
            state_words=INSPECTION_LIFE.state(row.state).words.as_json(),
            due_at=datetime.combine(row.put_right_by or today, time(18), tzinfo=clock.SHANGHAI),
            lon=row.visit.lon,
            lat=row.visit.lat,
            address=row.place,
        )
        for row in _waiting(actor).filter(pk__in=keys)
    }


part(
    Part(
        type="visits.inspection",
        model=Inspection,
        words=Words("待复查", "to be checked again"),
        order=40,
        due=_due,
        shown=_shown,
        most=100,
    )
)

__all__ = ["OUTCOMES", "inspection_by_id", "inspections_of", "to_check_again"]
