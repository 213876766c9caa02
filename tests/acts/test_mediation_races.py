"""Races of mediation with real threads: two signatures at once, two graders, two who write one record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.kernel import clock
from linli.kernel.errors import Conflict
from linli.mediation.agreements import acts as agreements
from linli.mediation.agreements.models import Agreement, FollowUp, Signature
from linli.mediation.agreements.queries import signers_of
from linli.mediation.cases import acts as cases
from linli.mediation.cases.models import ColourDecision, MediationCase
from linli.mediation.hours import acts as hours
from linli.mediation.hours.models import LawyerBooking
from linli.mediation.hours.queries import in_residence
from linli.mediation.parties.models import Disputant
from linli.mediation.sessions import acts as sessions
from linli.mediation.sessions.models import MediationSession, SessionRecord
from tests.journeys.test_mediation import accepted, agreement_facts, mediation_town, picture
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_signature_puts_it_in_effect_once_whoever_comes_first() -> None:
    """All four sign at once, and each twice: four signatures, one effect, one set of looks."""
    town = mediation_town()
    lead, case = accepted(town)
    facts = agreement_facts(clock.today() + timedelta(days=9))
    agreement = agreements.draft_agreement(lead, case=case, facts=facts)
    keys, paper = signers_of(agreement) * 2, picture(lead)

    def sign(n: int) -> Agreement:
        role, _, party = keys[n].partition(":")
        return agreements.sign_agreement(
            lead,
            agreement=Agreement.objects.select_related("case__matter").get(pk=agreement.pk),
            role=role,
            way="paper",
            digest=agreement.digest,
            party=Disputant.objects.get(pk=party) if party else None,
            file=paper,
        )

    answers = race(len(keys), sign)
    lost = {one.code for one in answers if isinstance(one, Conflict)}
    agreement.refresh_from_db()
    case.refresh_from_db()
    assert lost <= {"agreement.signed", "agreement.in_effect"} and len(answers) == 8
    assert sum(isinstance(one, Agreement) for one in answers) == 4
    assert (agreement.state, case.state, Signature.objects.count()) == ("in_effect", "agreed", 4)
    assert FollowUp.objects.filter(case=case).count() == 1

    _two_grade_at_once_and_two_write(town.actor("community_officer"), case)


def _two_grade_at_once_and_two_write(officer: object, _done: MediationCase) -> None:
    """In the same town: one decision wins and the other sees why; both texts of one record stay."""
    town_actor = officer
    case = MediationCase.objects.get(pk=_done.pk)
    version = case.version

    def grade(n: int) -> ColourDecision:
        return cases.grade_case(
            town_actor,  # type: ignore[arg-type]  # an actor
            case=MediationCase.objects.select_related("matter").get(pk=case.pk),
            version=version,
            colour=("yellow", "red")[n],
            why="看法不同",
        )

    answers = race(2, grade)
    assert sorted(type(one).__name__ for one in answers) == ["ColourDecision", "Conflict"]
    assert ColourDecision.objects.filter(case=case).count() == 2, "one of before, one of now"


def test_two_write_one_record_and_two_want_one_half_hour() -> None:
    town = mediation_town()
    lead, case = accepted(town)
    officer, lawyer = town.actor("community_officer"), town.actor("lawyer")
    session = sessions.plan_session(lead, case=case, begins_at=clock.now() + timedelta(hours=1), room=town.rooms[0])
    sessions.move_session(lead, session=session, move="begin")

    def write(n: int) -> SessionRecord:
        row = MediationSession.objects.select_related("case").get(pk=session.pk)
        return sessions.write_record((lead, officer)[n], session=row, words=f"第{n}人写的")

    written = race(2, write)
    assert sorted(row.number for row in written) == [1, 2]
    assert sorted(row.text for row in SessionRecord.objects.filter(session=session)) == ["第0人写的", "第1人写的"]
    assert [row.beside for row in SessionRecord.objects.filter(session=session)] == [False, True]

    room, person = town.rooms[0], town.people["lawyer"]
    for weekday in range(7):
        hours.write_hours(lawyer, person=person, room=room, weekday=weekday, from_minute=540, until_minute=1020)
    at = in_residence(room)[0].free[0]

    def book(n: int) -> LawyerBooking:
        return hours.book((officer, lawyer)[n], person=person, room=room, begins_at=at, name=f"来访{n}")

    booked = race(2, book)
    assert sorted(type(one).__name__ for one in booked) == ["Conflict", "LawyerBooking"]
    assert LawyerBooking.objects.count() == 1
