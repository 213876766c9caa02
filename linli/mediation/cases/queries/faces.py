"""What whoever is sent to the door may know of a dispute: that it is open, its colour, who leads it, what is dangerous.

Nothing of what was said, who the parties are or what was agreed is here. The chief's list is made of the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter, reach_q
from linli.mediation.agreements.models import Agreement, Instalment
from linli.mediation.cases.models import CaseMember, CaseQuery, MediationCase
from linli.mediation.cases.rules import LIFE

SOON = timedelta(days=3)
MOST = 200


@dataclass(frozen=True, slots=True)
class Face:
    """A dispute from outside. ``due_on`` is the nearest of its dates, ``why`` why it stands on the chief's list."""

    number: str
    title: str
    tone: str
    state: Words
    lead: str
    danger: str
    due_on: date | None
    late: bool
    why: tuple[Words, ...] = ()


def faces(actor: Actor) -> CaseQuery:
    """Cases whose matter the actor may see; only for making faces of them."""
    return MediationCase.objects.filter(reach_q(actor, "matter__line")).select_related("matter")


def face_of(actor: Actor, matter: Matter) -> Face | None:
    """The face of a matter's case; None where nobody mediates, or the actor may not see the matter."""
    case = faces(actor).filter(matter=matter).first()
    return _made([case], {})[0] if case else None


def attention(actor: Actor) -> list[Face]:
    """Open disputes that want the chief's eye: red, late, without a lead, or with an agreement that is not kept."""
    today = clock.today()
    unkept = set(
        Instalment.objects.filter(done_on__isnull=True, due_on__lt=today, agreement__state="in_effect").values_list(
            "agreement__case_id", flat=True
        )
    )
    ending = set(
        Agreement.objects.filter(
            state="in_effect", confirmation="none", confirm_by__range=(today, today + SOON)
        ).values_list("case_id", flat=True)
    )
    late = Q(colour_due_on__lt=today, state__in=("opened", "mediating")) | Q(mediate_by__lt=today, state="mediating")
    rows = faces(actor).running().filter(late | Q(tone="red") | Q(pk__in=unkept | ending) | Q(tone=""))
    reasons: dict[object, list[Words]] = {}
    found = list(rows.order_by("colour_due_on", "opened_at")[:MOST])
    for case in found:
        said = [
            (case.tone == "", Words("还没有定级", "not graded yet")),
            (case.tone == "red", Words("红色", "red")),
            (_is_late(case, today), Words("超过期限", "past its date")),
            (case.pk in unkept, Words("有分期到期没有履行", "an instalment is overdue")),
            (case.pk in ending, Words("司法确认期限将到", "the time for confirmation is ending")),
        ]
        reasons[case.pk] = [words for holds, words in said if holds]
    return _made(found, reasons)


def _is_late(case: MediationCase, today: date) -> bool:
    due = _due(case)
    return due is not None and due < today


def _due(case: MediationCase) -> date | None:
    days = [case.mediate_by if case.state == "mediating" else None]
    days += [case.colour_due_on if case.state in ("opened", "mediating") else None]
    return min((day for day in days if day), default=None)


def _made(cases: Iterable[MediationCase], reasons: dict[object, list[Words]]) -> list[Face]:
    rows, today = list(cases), clock.today()
    leads = dict(
        CaseMember.objects.now()
        .filter(case__in=[case.pk for case in rows], part="lead")
        .values_list("case_id", "person__name")
    )
    return [
        Face(
            number=case.matter.number,
            title=case.matter.title,
            tone=case.tone,
            state=LIFE.state(case.state).words,
            lead=leads.get(case.pk, ""),
            danger=str(case.matter.details.get("danger", "")),
            due_on=_due(case),
            late=_is_late(case, today),
            why=tuple(reasons.get(case.pk, ())),
        )
        for case in rows
    ]
