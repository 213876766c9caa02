"""What mediation asks of the day of whoever works in a case: the law's periods, what is owed, and looking again.

A claim names the dispute's number and never a party: the page 今日 is looked at over shoulders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value

from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Line, OwnSource, Waiting, Weight, waiting
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.agreements.rules import REMIND_BEFORE_DAYS
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.rules import LIFE, TAKES_PART
from linli.mediation.courts.models import CourtCase
from linli.mediation.hours.queries import booked_lines

_AHEAD = timedelta(days=max(REMIND_BEFORE_DAYS))
_SOON = timedelta(days=3)
MOST = 8


_WHY: dict[str, Callable[[str], Words]] = {
    "period": lambda cited: Words(f"调解期限（{cited}）", f"period ({cited})"),
    "court": lambda cited: Words(
        f"回复委派法院（{cited or '以法院函为准'}）", f"answer to the court ({cited or 'its own letter'})"
    ),
    "confirm": lambda cited: Words(f"可共同申请司法确认（{cited}）", f"joint request to the court ({cited})"),
    "owed": lambda cited: Words("协议到期履行", "an instalment is due"),
    "look": lambda cited: Words("调解回访", "follow-up of a mediation"),
}
_WEIGHTS = {
    "period": Weight.LAW,
    "court": Weight.LAW,
    "confirm": Weight.LAW,
    "owed": Weight.PROMISE,
    "look": Weight.TASK,
}


def _rows(rows: QuerySet[Any], sort: str, *, case: str, due: str, cited: str = "") -> QuerySet[Any, Any]:
    """One of the sorts in the columns that all have; ``case`` is the way to the case, empty for a case itself."""
    way = f"{case}__" if case else ""
    told = rows.order_by().annotate(
        claim_weight=Value(int(_WEIGHTS[sort]), IntegerField()),
        claim_sort=Value(sort, CharField()),
        claim_due=F(due),
        claim_cited=F(cited) if cited else Value("", CharField()),
    )
    columns = ("claim_weight", "claim_sort", "claim_due", "claim_cited")
    found: QuerySet[Any, Any] = told.values_list(
        *columns, "pk", f"{way}pk", f"{way}matter__number", f"{way}matter__title"
    )
    return found


def _dates(actor: Actor, at: datetime, most: int) -> Waiting:
    """What the law, an agreement or a colour's row asks of the days to come, heaviest and soonest first: periods of
    procedures, answers to courts, the joint request, instalments, looks. One question for all of them.
    """
    today = clock.shanghai(at).date()
    soon, own = today + _SOON, MediationCase.objects.visible_to(actor)
    periods = own.filter(state="mediating", mediate_by__lte=soon)
    asking = Agreement.objects.visible_to(actor).filter(
        state__in=("in_effect", "performed"), confirmation="none", confirm_by__range=(today, today + _AHEAD)
    )
    owed = Instalment.objects.visible_to(actor).filter(
        done_on__isnull=True, due_on__lte=soon, agreement__state="in_effect"
    )
    looks = FollowUp.objects.visible_to(actor).filter(done_on__isnull=True, due_on__lte=today)
    courts = CourtCase.objects.visible_to(actor).filter(returned_on__isnull=True, due_on__lte=soon)
    found = _rows(periods, "period", case="", due="mediate_by", cited="clock").union(
        _rows(courts, "court", case="case", due="due_on", cited="clock"),
        _rows(asking, "confirm", case="case", due="confirm_by", cited="clock"),
        _rows(owed, "owed", case="agreement__case", due="due_on"),
        _rows(looks, "look", case="case", due="due_on"),
        all=True,
    )
    return waiting(found.order_by("claim_weight", "claim_due"), most, _claim)


def _claim(row: tuple[Any, ...]) -> Claim:
    weight, sort, due_on, cited, key, case, number, title = row
    return Claim(
        key=f"{sort}:{key}",
        title=title,
        url=f"/mediation/{case}",
        why=_WHY[sort](cited),
        by_at=datetime.combine(due_on, datetime.max.time(), clock.SHANGHAI),
        number=number,
        weight=Weight(weight),
    )


def _mine(actor: Actor, at: datetime) -> Sequence[Line]:
    """The running cases that name whoever asks, the latest first."""
    rows = MediationCase.objects.visible_to(actor).running().select_related("matter")[:MOST]
    return [Line(case.matter.number, LIFE.state(case.state).words, f"/mediation/{case.pk}") for case in rows]


CLAIM_SOURCES = (
    ClaimSource(
        code="mediation.dates",
        words=Words("调解期限、履行和回访", "periods, instalments and follow-ups of mediation"),
        weight=Weight.LAW,
        posts=tuple(TAKES_PART),
        find=_dates,
        rest="/mediation",
        # Nobody sees one but who is named in the case, police or not.
        police=False,
    ),
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
    OwnSource(
        code="mediation.bookings",
        words=Words("约了我的咨询", "who has booked me"),
        icon="clock",
        posts=("lawyer",),
        find=booked_lines,
        rest="/mediation/lawyers",
        police=False,
    ),
)
