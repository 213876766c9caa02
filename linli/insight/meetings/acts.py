"""Writing down what a meeting decided, and what became of it."""

from __future__ import annotations

from datetime import date

from linli.insight.meetings.models import DECISION, Decision
from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency


@act(
    "meeting.decide",
    zh="记下例会议定",
    en="write down a decision",
    keeps=("point", "due_on"),
    within=lambda facts: facts["place"].path,
)
def decide(
    actor: Actor,
    *,
    place: Agency,
    point: str,
    text: str,
    owner: str,
    due_on: date | None = None,
    matter: Matter | None = None,
    met_on: date | None = None,
) -> Decision:
    """One line of the minutes. Raises Invalid without words or owner, or for a date before the meeting."""
    day = met_on or clock.today()
    for name, value in (("议定事项", text), ("责任人", owner)):
        if not value.strip():
            raise Invalid("fact.missing", field=name)
    if due_on is not None and due_on < day:
        raise Invalid("fact.wrong", field="完成期限", why=due_on.isoformat())
    return Decision.objects.create(
        place=place,
        met_on=day,
        point=point[:20],
        matter=matter,
        text=text.strip()[:300],
        owner=owner.strip()[:40],
        due_on=due_on,
    )


@act(
    "meeting.follow_up",
    zh="例会议定落实情况",
    en="follow a decision up",
    keeps=("move",),
    about="decision",
    within=lambda facts: facts["decision"].place.path,
)
def follow_up(actor: Actor, *, decision: Decision, move: str, result: str) -> Decision:
    """``carry_out`` or ``drop``, each with what became of it; the second of two is told what the first said."""
    take(decision, DECISION, move, result=result.strip()[:300], settled_at=clock.now())
    return decision
