"""Grading by the table in force: the house proposes with reasons, a person decides, every decision stays."""

from __future__ import annotations

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import count_facts
from linli.matters.ledger.models import Matter
from linli.mediation.cases.acts.standing import LONGEST_TEXT, must_run, standing_of
from linli.mediation.cases.acts.telling import tell_of_colour
from linli.mediation.cases.models import ColourDecision, MediationCase
from linli.mediation.cases.queries.signs import signs_of
from linli.mediation.clocks.rules import Clock, last_day
from linli.mediation.schemes.queries import in_force
from linli.mediation.schemes.rules import Row, propose
from linli.mediation.sessions.models import MediationSession

declare(
    "mediation.say_why",
    zh="与系统建议（{proposed}）不同，请说明理由。",
    en="The table proposes {proposed}: say why you decide otherwise.",
)
_GRADES = ("lead", "mediator", "officer")


@act("mediation.grade", zh="纠纷定级", en="grade a dispute", keeps=("colour",), about="case")
def grade_case(actor: Actor, *, case: MediationCase, version: int, colour: str, why: str = "") -> ColourDecision:
    """Decide the colour. What the table in force proposes and its reasons are kept beside the decision; whoever decides
    otherwise says why. Raises Conflict while a session runs, or when the case has changed since it was shown.
    """
    standing = standing_of(actor, case)
    must_run(case)
    if standing.part not in _GRADES:
        raise Conflict("mediation.not_lead")
    if MediationSession.objects.filter(case=case, state="running").exists():
        raise Conflict("mediation.session_running")
    table = in_force()
    row, proposal = table.row(colour), propose(table, signs_of(case))
    if row.code != proposal.row.code and not why.strip():
        raise Invalid("mediation.say_why", proposed=proposal.row.words.zh, field="why")
    _put_colour(case, version, table.code, row)
    made = ColourDecision(
        case=case,
        scheme=table.code,
        proposed=proposal.row.code,
        colour=row.code,
        tone=row.tone,
        reasons=[[words.zh, words.en] for words in proposal.reasons],
        by_id=actor.id,
        at=clock.now(),
    )
    made.put_why(why[:LONGEST_TEXT])
    made.save(force_insert=True)
    _show_on_matter(case, row)
    tell_of_colour(actor, case, row, made.pk)
    return made


def _put_colour(case: MediationCase, version: int, scheme: str, row: Row) -> None:
    due = clock.shanghai(case.opened_at).date()
    days = Clock("colour", row.words, "", "", row.deadline_days, "days", False, due)
    changed = MediationCase.objects.filter(pk=case.pk, version=version).update(
        scheme=scheme,
        colour=row.code,
        tone=row.tone,
        colour_due_on=last_day(days, due),
        version=F("version") + 1,
    )
    if not changed:
        raise Conflict("mediation.changed")
    case.refresh_from_db()


def _show_on_matter(case: MediationCase, row: Row) -> None:
    """Whoever is sent to the door sees the colour on the matter, and the map by grid counts it."""
    matter = Matter.objects.get(pk=case.matter_id)
    matter.details = {**matter.details, "colour": row.tone}
    Matter.objects.filter(pk=matter.pk).update(details=matter.details, version=F("version") + 1)
    count_facts(matter, KINDS[matter.kind])
