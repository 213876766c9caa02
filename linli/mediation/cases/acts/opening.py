"""From a dispute in the ledger to a case, and from a case to mediation under a procedure."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.ledger.models import Matter
from linli.mediation.cases.acts.following import give_matter
from linli.mediation.cases.acts.standing import must_lead, must_run
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.rules import LIFE, CaseFacts
from linli.mediation.clocks.rules import clock_on, last_day
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import PARENTS_PRESENT, SIDES
from linli.mediation.procedures.rules import Procedure, check_bars, check_lead, procedure_of
from linli.mediation.sessions.models import MediationSession
from linli.org.agencies.models import Agency
from linli.org.posts.models import Post


@act(
    "mediation.open",
    zh="开始调解",
    en="open a case of mediation",
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def open_case(
    actor: Actor, *, matter: Matter, facts: CaseFacts, agency: Agency | None = None, row_id: Any = None
) -> MediationCase:
    """Begin to mediate a dispute; whoever opens it leads it until another is named. Raises Conflict when it is being
    mediated already, Invalid naming the first field that is wrong.
    """
    if matter.kind != "dispute":
        raise Invalid("mediation.not_a_dispute", field="matter")
    if MediationCase.objects.filter(matter=matter).exists():
        raise Conflict("mediation.begun")
    facts.check(clock.today())
    body = agency or matter.agency or Agency.objects.get(pk=actor.posts[0].agency_id)
    now = clock.now()
    case = MediationCase(
        matter=matter,
        agency=body,
        cause=facts.cause,
        source=facts.source,
        households=facts.households,
        answer_by=facts.answer_by,
        amount_yuan=facts.amount_yuan,
        language=facts.language.strip()[:16],
        signs=sorted(set(facts.signs)),
        opened_at=now,
        **({"id": row_id} if row_id is not None else {}),
    )
    case.save(force_insert=True)
    CaseMember.objects.create(case=case, person_id=actor.id, part="lead", since=now)
    give_matter(case, actor.id)
    return case


@act("mediation.change", zh="修改案情", en="change the facts of a case", about="case")
def change_case(actor: Actor, *, case: MediationCase, version: int, facts: CaseFacts) -> MediationCase:
    """What is known of the dispute itself. Raises Conflict when it has changed since it was shown."""
    must_lead(actor, case)
    must_run(case)
    facts.check(clock.today())
    values: dict[str, Any] = {
        "cause": facts.cause,
        "source": facts.source,
        "households": facts.households,
        "answer_by": facts.answer_by,
        "amount_yuan": facts.amount_yuan,
        "language": facts.language.strip()[:16],
        "signs": sorted(set(facts.signs)),
    }
    same = MediationCase.objects.filter(pk=case.pk, version=version)
    if not same.update(version=F("version") + 1, **values):
        raise Conflict("mediation.changed")
    case.refresh_from_db()
    return case


@act("mediation.accept", zh="受理调解", en="accept a case under a procedure", keeps=("procedure",), about="case")
def accept_case(actor: Actor, *, case: MediationCase, procedure: str, bars: tuple[str, ...] = ()) -> MediationCase:
    """Accept under a procedure: parties on both sides, rights read, consent given, and its period begins. Raises
    Invalid with what is missing; Conflict when somebody was first.
    """
    must_lead(actor, case)
    chosen, today = procedure_of(procedure), clock.today()
    check_lead(chosen, _posts_held(actor))
    check_bars(chosen, bars)
    _check_parties(case, chosen)
    values: dict[str, Any] = {"procedure": procedure, "accepted_on": today, "tries": 1, "bars": sorted(bars)}
    if chosen.clocks:
        period = clock_on(chosen.clocks[0], today)
        values |= {"mediate_by": last_day(period, today), "clock": period.cited}
    take(case, LIFE, "accept", **values)
    return case


@act("mediation.try_again", zh="再次调解", en="try again under the same procedure", about="case")
def try_again(actor: Actor, *, case: MediationCase) -> MediationCase:
    """The first try has failed and the law knows another: its period counts from the day of the first try (Rules of
    the police of 2007, art. 9: one more within seven working days, no third). Raises Conflict when a try is still to
    be made or there is none left.
    """
    must_lead(actor, case)
    must_run(case)
    procedure = procedure_of(case.procedure or "people")
    tries = len(procedure.clocks)
    if case.state != "mediating" or case.tries >= tries or tries == 1:
        words = procedure.words
        raise Conflict("mediation.no_more_tries", procedure_zh=words.zh, procedure_en=words.en, tries=max(tries, 1))
    held = MediationSession.objects.filter(case=case, state__in=("held", "broken_off")).order_by("-ended_at").first()
    if held is None or held.ended_at is None:
        raise Conflict("mediation.not_tried")
    first = clock.shanghai(held.ended_at).date()
    period = clock_on(procedure.clocks[case.tries], first)
    same = MediationCase.objects.filter(pk=case.pk, tries=case.tries, state="mediating")
    by = last_day(period, first)
    if not same.update(tries=F("tries") + 1, mediate_by=by, clock=period.cited, version=F("version") + 1):
        raise Conflict("mediation.changed")
    case.refresh_from_db()
    return case


def _posts_held(actor: Actor) -> list[str]:
    held = Post.objects.held_on(clock.today()).filter(person_id=actor.id)
    return list(held.values_list("code", flat=True))


def _check_parties(case: MediationCase, chosen: Procedure) -> None:
    parties = list(Disputant.objects.filter(case=case))
    if {one.side for one in parties} != set(SIDES):
        raise Invalid("mediation.no_parties")
    if not chosen.consent:
        return
    today = clock.today()
    for one in parties:
        if one.rights_at is None:
            raise Invalid("mediation.no_rights", who=one.told("name"))
        if one.consent != "agreed":
            raise Invalid("mediation.no_consent", who=one.told("name"))
        if one.age(today) < PARENTS_PRESENT and not one.told("guardian"):
            raise Invalid("party.child_alone", field="guardian")
