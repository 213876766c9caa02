"""Visits as they are found again: of a door, of somebody, waiting for a sign; and what a phone takes along."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.visits.plans.models import Stop
from linli.visits.plans.rules import monday_of
from linli.visits.reasons.queries import reasons_on
from linli.visits.records.models import Visit
from linli.visits.records.rules import OUTCOMES

_STATES = {
    "planned": Words("待走访", "to visit"),
    "met": Words("已走访", "visited"),
    "missed": Words("无人，再去", "nobody at home"),
    "left_out": Words("本周不去", "left out"),
}


def visits_of(
    actor: Actor, *, door: str = "", person: uuid.UUID | None = None, state: str = "", reason: str = ""
) -> QuerySet[Visit]:
    """The visits that the actor may see, the latest first, narrowed by door, author, state and reason."""
    rows = Visit.objects.visible_to(actor).select_related("agency", "premises", "address", "signed_by")
    for name, value in (("door", door), ("by_id", person), ("state", state), ("reason", reason)):
        if value:
            rows = rows.filter(**{name: value})
    return rows


def visit_by_id(actor: Actor, key: uuid.UUID) -> Visit:
    """One visit; hidden and absent look the same (NotFound)."""
    found = visits_of(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def to_sign(actor: Actor) -> QuerySet[Visit]:
    """What waits for the actor's sign: records of others within his reach, the oldest first."""
    return visits_of(actor, state="waiting").exclude(by_id=actor.id).order_by("recorded_at")


def reason_words(code: str) -> Words:
    """What a reason is called today; one that is out of use by its code."""
    found = reasons_on(clock.today()).get(code)
    return found.words if found else Words(code, code)


def _this_week(actor: Actor) -> QuerySet[Stop]:
    monday = monday_of(clock.today())
    rows = Stop.objects.visible_to(actor).filter(week__person_id=actor.id, week__monday__gte=monday)
    return rows.filter(state__in=("planned", "missed")).order_by("day", "turn")


def _due(actor: Actor) -> Sequence[tuple[Any, Any]]:
    return list(_this_week(actor).values_list("pk", "version"))


def _shown(actor: Actor, keys: Sequence[Any]) -> Mapping[Any, Shown]:
    """A door of the week as a phone shows it: where, why, how far from the one before. No name of anybody."""
    today = clock.today()
    found: dict[Any, Shown] = {}
    for stop in _this_week(actor).filter(pk__in=keys).select_related("due"):
        walk = {"zh": f"步行约{_minutes(stop.walk_s)}分钟", "en": f"about {_minutes(stop.walk_s)} min on foot"}
        found[stop.pk] = Shown(
            group="today" if stop.day <= today else "along",
            title=stop.due.place,
            lines=[{"zh": stop.why_zh, "en": stop.why_en}, *([walk] if stop.walk_s is not None else [])],
            kind=stop.due.reason,
            state=stop.state,
            state_words=_STATES[stop.state].as_json(),
            due_at=datetime.combine(stop.day, time(18), tzinfo=clock.SHANGHAI),
            lon=stop.due.lon,
            lat=stop.due.lat,
            address=stop.due.place,
            rank=stop.turn if stop.day == today else None,
        )
    return found


def _minutes(seconds: int | None) -> int:
    return max(1, round((seconds or 0) / 60))


part(
    Part(
        type="visits.stop",
        model=Stop,
        words=Words("本周走访", "visits of the week"),
        order=20,
        due=_due,
        shown=_shown,
    )
)

__all__ = ["OUTCOMES", "reason_words", "to_sign", "visit_by_id", "visits_of"]
