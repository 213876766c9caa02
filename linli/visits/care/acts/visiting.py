"""Promising, saying what came of it, being there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.visits.care.acts.standing import LONGEST_TEXT, must_run, standing_of
from linli.visits.care.models import PROMISE_LIFE, CarePlan, CareVisit, Promise
from linli.visits.care.rules import VISIT_KINDS


@act("care.promise", zh="作出承诺", en="promise something", keeps=("due_on",))
def make_promise(actor: Actor, *, plan: CarePlan, what: str, due_on: date, row_id: Any = None) -> Promise:
    """Write down what the actor promised, and until when."""
    standing_of(actor, plan)
    must_run(plan)
    if not what.strip():
        raise Invalid("fact.missing", field="what")
    if due_on < clock.today():
        raise Invalid("fact.wrong", field="due_on", why=due_on.isoformat())
    row = Promise(id=row_id or new_id(), plan=plan, by_id=actor.id, promised_on=clock.today(), due_on=due_on)
    row.put("what", what[:LONGEST_TEXT])
    row.save(force_insert=True)
    return row


@act("care.settle_promise", zh="回告承诺", en="say what came of a promise", keeps=("move",), about="promise")
def settle_promise(actor: Actor, *, promise: Promise, move: str, outcome: str = "") -> Promise:
    """Kept, or no longer wanted; the outcome in words. Any carer may: what counts is that it was done."""
    standing_of(actor, promise.plan)
    if move == "keep" and not outcome.strip():
        raise Invalid("fact.missing", field="outcome")
    sealed = promise.put("outcome", outcome[:LONGEST_TEXT])
    take(promise, PROMISE_LIFE, move, done_on=clock.today(), outcome_sealed=sealed)
    return promise


@act("care.visit", zh="关爱走访", en="visit for care", keeps=("kind",))
def visit_for_care(
    actor: Actor,
    *,
    plan: CarePlan,
    kind: str,
    note: str = "",
    minutes: int | None = None,
    at: datetime | None = None,
    device_at: datetime | None = None,
    row_id: Any = None,
) -> CareVisit:
    """Write down that the actor was there or called. ``at`` is when (now if not given), never in the future."""
    standing_of(actor, plan)
    must_run(plan)
    if kind not in VISIT_KINDS:
        raise Invalid("fact.wrong", field="kind", why=kind)
    now = clock.now()
    row = CareVisit(
        id=row_id or new_id(),
        plan=plan,
        by_id=actor.id,
        kind=kind,
        minutes=minutes,
        at=min(at or device_at or now, now),
        recorded_at=now,
    )
    row.put_note(note[:LONGEST_TEXT])
    row.save(force_insert=True)
    return row
