"""Taking a dispute over from the court, prolonging it when both agree, and giving it back with the paper."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.scope import Actor
from linli.mediation.cases.acts.standing import must_lead, must_run
from linli.mediation.cases.models import MediationCase
from linli.mediation.clocks.rules import clock_on, last_day
from linli.mediation.courts.models import CourtCase
from linli.mediation.courts.rules import LONGEST_DAYS, outcome_of
from linli.mediation.parties.rules import SIDES


@act("court_case.take_over", zh="登记法院诉前委派", en="take a dispute over from the court", about="case")
def take_over(
    actor: Actor,
    *,
    case: MediationCase,
    court: str,
    number: str,
    received_on: date | None = None,
    due_on: date | None = None,
) -> CourtCase:
    """The court sent it before the suit. ``due_on`` as the court's letter says it, else thirty days after it came.
    Raises Invalid naming what is missing or wrong, Conflict when it is written down already.
    """
    must_lead(actor, case)
    must_run(case)
    today = clock.today()
    received = received_on or today
    for field, text in (("court", court), ("number", number)):
        if not text.strip():
            raise Invalid("fact.missing", field=field)
    if received > today:
        raise Invalid("fact.wrong", field="received_on", why=received.isoformat())
    period = clock_on("court_sent", received)
    due = due_on or last_day(period, received)
    if not received <= due <= received + timedelta(days=LONGEST_DAYS):
        raise Invalid("fact.wrong", field="due_on", why=due.isoformat())
    row = CourtCase(case=case, court=court.strip()[:80], received_on=received, due_on=due)
    row.clock = "" if due_on else period.cited
    row.put_number(number[:60])
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise Conflict("court.sent_already") from twice
    MediationCase.objects.filter(pk=case.pk).update(source="court", version=F("version") + 1)
    case.refresh_from_db()
    return row


@act("court_case.prolong", zh="延长诉前委派期限", en="prolong what a court sent", about="case")
def prolong(actor: Actor, *, case: MediationCase, sides: tuple[str, ...], due_on: date) -> CourtCase:
    """Both parties agree to more time (art. 27). Raises Invalid for one side alone or a day that is not later."""
    must_lead(actor, case)
    must_run(case)
    row = _open_of(case)
    if set(sides) != set(SIDES):
        raise Invalid("court.longer_jointly", field="sides")
    if not row.due_on < due_on <= row.received_on + timedelta(days=LONGEST_DAYS):
        raise Invalid("fact.wrong", field="due_on", why=due_on.isoformat())
    rows = CourtCase.objects.filter(pk=row.pk, version=row.version, returned_on__isnull=True)
    if not rows.update(due_on=due_on, prolonged=True, version=F("version") + 1):
        raise Conflict("mediation.changed")
    row.refresh_from_db()
    return row


@act("court_case.give_back", zh="回复委派法院", en="answer the court that sent it", about="case")
def give_back(actor: Actor, *, case: MediationCase) -> CourtCase:
    """The result goes back to the court with its paper (委派调解结果函), whatever it is: agreed, or ended and the suit
    is the court's. Raises Conflict while there is no result, or when it went back already.
    """
    must_lead(actor, case)
    row = _open_of(case)
    outcome = outcome_of(case.state, case.end_reason)
    if not outcome:
        raise Conflict("court.not_ended")
    rows = CourtCase.objects.filter(pk=row.pk, returned_on__isnull=True)
    if not rows.update(outcome=outcome, returned_on=clock.today(), version=F("version") + 1):
        raise Conflict("court.none")
    row.refresh_from_db()
    return row


def _open_of(case: MediationCase) -> CourtCase:
    row = CourtCase.objects.filter(case=case, returned_on__isnull=True).first()
    if row is None:
        raise Conflict("court.none")
    return row
