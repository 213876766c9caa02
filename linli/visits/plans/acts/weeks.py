"""Somebody takes over a proposed week, and changes it."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Max

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.visits.plans.models import Stop, Week
from linli.visits.plans.queries.weeks import Proposal

declare("week.not_yours", zh="走访计划由本人安排。", en="Everybody plans his own week.")
declare("week.day", zh="只能改到这一周的某一天。", en="Only a day of this week.")
declare("week.stop_done", zh="这一户已经走过，不再改动。", en="This door is done; it is not changed any more.")


@act("visit.make_week", zh="排本周走访", en="plan a week of visits", keeps=("walk_s",), about="return")
def make_week(actor: Actor, *, plan: Proposal, walk_s: int = 0) -> Week:
    """Store a proposal as the actor's own week; what he has been to this week stays, the rest is planned anew."""
    week, made = Week.objects.get_or_create(
        person_id=actor.id,
        monday=plan.monday,
        defaults={"id": new_id(), "agency": plan.agency, "made_at": clock.now()},
    )
    Week.objects.filter(pk=week.pk).update(
        agency=plan.agency,
        made_at=clock.now(),
        walk_s=plan.walk_s,
        by_road=plan.by_road,
        left_over=plan.left_over,
        away=[day.isoformat() for day in plan.away],
        version=F("version") + (0 if made else 1),
    )
    Stop.objects.filter(week=week, state="planned").delete()
    last = _last_turns(week)
    rows = []
    for stop in plan.stops:
        last[stop.day] = last.get(stop.day, 0) + 1
        rows.append(
            Stop(
                week=week,
                due=stop.due,
                day=stop.day,
                turn=last[stop.day],
                walk_s=stop.walk_s,
                why_zh=stop.why.zh,
                why_en=stop.why.en,
            )
        )
    Stop.objects.bulk_create(rows)
    week.refresh_from_db()
    return week


def _last_turns(week: Week) -> dict[date, int]:
    rows = Stop.objects.filter(week=week).values_list("day").annotate(last=Max("turn"))
    return dict(rows)


@act("visit.change_stop", zh="调整走访安排", en="change a stop", keeps=("day", "leave_out"), about="stop")
def change_stop(actor: Actor, *, stop: Stop, day: date | None = None, leave_out: bool = False) -> Stop:
    """Move a door of one's own week to another of its days, leave it out, or (with neither) take it in again.

    The door stays due: what is left out this week comes again. Raises NotAllowed for another's week, Conflict when the
    door was visited meanwhile.
    """
    if stop.week.person_id != actor.id:
        raise NotAllowed("week.not_yours")
    if day is not None and not 0 <= (day - stop.week.monday).days < 7:
        raise Invalid("week.day", field="day")
    changes: dict[str, object] = {"state": "left_out" if leave_out else "planned", "version": F("version") + 1}
    if day is not None and day != stop.day:
        # The walk to a door that was moved by hand is not known; the next proposal reckons it again.
        changes |= {"day": day, "turn": _last_turns(stop.week).get(day, 0) + 1, "walk_s": None}
    changed = Stop.objects.filter(pk=stop.pk, state__in=("planned", "left_out")).update(**changes)
    if not changed:
        raise Conflict("week.stop_done")
    stop.refresh_from_db()
    return stop
