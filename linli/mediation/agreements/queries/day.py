"""What mediation asks of the day of whoever works in a case: the law's periods, what is owed, and looking again.

A claim names the dispute's number and never a party: the page 今日 is looked at over shoulders.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Line, OwnSource, Waiting, Weight, waiting
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.agreements.rules import REMIND_BEFORE_DAYS
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.rules import LIFE, TAKES_PART

_AHEAD = timedelta(days=max(REMIND_BEFORE_DAYS))
_SOON = timedelta(days=3)
MOST = 8


def _claim(key: str, case: MediationCase, why: Words, due_on: date | None) -> Claim:
    by_at = datetime.combine(due_on, datetime.max.time(), clock.SHANGHAI) if due_on else None
    number = case.matter.number
    return Claim(key=key, title=case.matter.title, url=f"/mediation/{case.pk}", why=why, by_at=by_at, number=number)


def _periods(actor: Actor, at: datetime, most: int) -> Waiting:
    """Periods of the procedure that end soon or have ended."""
    until = clock.shanghai(at).date() + _SOON
    rows = MediationCase.objects.visible_to(actor).filter(state="mediating", mediate_by__lte=until)
    return waiting(rows.select_related("matter").order_by("mediate_by"), most, _period)


def _period(case: MediationCase) -> Claim:
    cited = case.clock
    return _claim(f"period:{case.pk}", case, Words(f"调解期限（{cited}）", f"period ({cited})"), case.mediate_by)


def _confirmations(actor: Actor, at: datetime, most: int) -> Waiting:
    """Agreements whose thirty days for the joint request are running out."""
    today = clock.shanghai(at).date()
    rows = Agreement.objects.visible_to(actor).filter(
        state__in=("in_effect", "performed"), confirmation="none", confirm_by__range=(today, today + _AHEAD)
    )
    return waiting(rows.select_related("case__matter").order_by("confirm_by"), most, _confirmation)


def _confirmation(one: Agreement) -> Claim:
    why = Words(f"可共同申请司法确认（{one.clock}）", f"joint request to the court ({one.clock})")
    return _claim(f"confirm:{one.pk}", one.case, why, one.confirm_by)


def _owed(actor: Actor, at: datetime, most: int) -> Waiting:
    """Instalments that are due within days, or overdue."""
    until = clock.shanghai(at).date() + _SOON
    rows: Any = Instalment.objects.visible_to(actor).filter(
        done_on__isnull=True, due_on__lte=until, agreement__state="in_effect"
    )
    return waiting(rows.select_related("agreement__case__matter").order_by("due_on"), most, _instalment)


def _instalment(one: Instalment) -> Claim:
    return _claim(f"owed:{one.pk}", one.agreement.case, Words("协议到期履行", "an instalment is due"), one.due_on)


def _looks(actor: Actor, at: datetime, most: int) -> Waiting:
    """Follow-ups that are due."""
    rows = FollowUp.objects.visible_to(actor).filter(done_on__isnull=True, due_on__lte=clock.shanghai(at).date())
    return waiting(rows.select_related("case__matter").order_by("due_on"), most, _look)


def _look(one: FollowUp) -> Claim:
    return _claim(f"look:{one.pk}", one.case, Words("调解回访", "follow-up of a mediation"), one.due_on)


def _source(code: str, words: Words, weight: Weight, find: Any) -> ClaimSource:
    # Nobody sees one but who is named in the case, police or not.
    posts = tuple(TAKES_PART)
    return ClaimSource(code=code, words=words, weight=weight, posts=posts, find=find, rest="/mediation", police=False)


def _mine(actor: Actor, at: datetime) -> Sequence[Line]:
    """The running cases that name whoever asks, the latest first."""
    rows = MediationCase.objects.visible_to(actor).running().select_related("matter")[:MOST]
    return [Line(case.matter.number, LIFE.state(case.state).words, f"/mediation/{case.pk}") for case in rows]


CLAIM_SOURCES = (
    _source("mediation.periods", Words("调解期限", "periods of mediation"), Weight.LAW, _periods),
    _source("mediation.confirmations", Words("司法确认期限", "judicial confirmation"), Weight.LAW, _confirmations),
    _source("mediation.owed", Words("协议履行", "instalments of agreements"), Weight.PROMISE, _owed),
    _source("mediation.looks", Words("调解回访", "follow-ups of mediation"), Weight.TASK, _looks),
)
OWN_SOURCES = (
    OwnSource(
        code="mediation.mine",
        words=Words("我经办的调解", "mediation cases that name me"),
        icon="users",
        posts=("mediator", "lawyer"),
        find=_mine,
        rest="/mediation",
        police=False,
    ),
)
