"""A dispute from the first sign to kept: coloured, accepted with consent, mediated, agreed, confirmed, performed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.ledger.models import Matter
from linli.mediation.agreements import acts as agreements
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.agreements.queries import signers_of
from linli.mediation.agreements.rules import AgreementFacts, InstalmentFacts
from linli.mediation.cases import acts as cases
from linli.mediation.cases.models import ColourDecision, MediationCase
from linli.mediation.cases.rules import CaseFacts
from linli.mediation.parties import acts as parties
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import PartyFacts
from linli.mediation.sessions import acts as sessions
from linli.org.agencies.acts import open_agency
from linli.works.files.acts import keep_file
from linli.works.files.models import StoredFile
from tests.town import SETUP, Town, build_town, person

pytestmark = pytest.mark.django_db
DAY_ONE = datetime(2026, 3, 2, 9, tzinfo=clock.SHANGHAI)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def mediation_town() -> Town:
    """The town with a justice office: a mediator and a lawyer."""
    town = build_town()
    office = open_agency(SETUP, code="SFS", name="溪东司法所", kind="partner", parent=town.bureau)
    for post in ("mediator", "lawyer"):
        town.people[post] = person(post, office)
    return town


def dispute(town: Town, who: str = "community_officer", title: str = "采光纠纷") -> Matter:
    """A dispute in the first room's grid."""
    lon, lat = town.spot()
    place = Placed(lon=lon, lat=lat, address="青石弄7号", agency=town.rooms[0], station=town.station)
    return open_matter(town.actor(who), kind="dispute", title=title, details={"cause": "新楼挡住采光"}, place=place)


def picture(actor: Actor) -> StoredFile:
    """A drawn signature."""
    return keep_file(actor, body=PNG, title="sign.png")


def two_parties(actor: Actor, case: MediationCase) -> list[Disputant]:
    """One on each side, rights read and consent given."""
    made = []
    for side, name, phone in (("a", "石甲", "13911110000"), ("b", "水乙", "13922220000")):
        row = parties.add_party(actor, case=case, facts=PartyFacts(side=side, name=name, phone=phone))
        parties.read_rights(actor, party=row, way="spoken")
        made.append(parties.note_consent(actor, party=row, consent="agreed"))
    return made


def accepted(
    town: Town, *, who: str = "mediator", procedure: str = "people", why: str = ""
) -> tuple[Actor, MediationCase]:
    """A dispute that an officer found, led by the mediator, accepted."""
    officer = town.actor("community_officer")
    case = cases.open_case(officer, matter=dispute(town), facts=CaseFacts(cause="daylight", source="visit"))
    cases.grade_case(officer, case=case, version=case.version, colour="blue", why=why)
    if who != "community_officer":
        cases.name_member(officer, case=case, person=town.people[who], part="lead")
    lead = town.actor(who)
    two_parties(lead, case)
    case.refresh_from_db()
    cases.accept_case(lead, case=case, procedure=procedure)
    return lead, case


def agreement_facts(perform_by: date, *, instalments: tuple[InstalmentFacts, ...] = ()) -> AgreementFacts:
    """All that the law asks an agreement to say."""
    return AgreementFacts(
        facts="新楼高出图纸一层",
        points="采光不足两小时",
        responsibility="开发商负责",
        agreed="补偿八千元，四层改为露台",
        manner="转账",
        perform_by=perform_by,
        instalments=instalments,
    )


def signed(actor: Actor, agreement: Agreement) -> Agreement:
    """Everybody signs whom the procedure asks for."""
    for key in signers_of(agreement):
        role, _, party = key.partition(":")
        agreements.sign_agreement(
            actor,
            agreement=agreement,
            role=role,
            way="screen" if role != "seal" else "seal",
            digest=agreement.digest,
            party=Disputant.objects.get(pk=party) if party else None,
            file=picture(actor),
        )
    return agreement


def test_neighbours_and_a_developer_over_daylight() -> None:
    """P9: found while visiting, graded, both sides together, agreed before it broke out; kept and looked after."""
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        lead, case = accepted(town)
        assert case.state == "mediating" and case.mediate_by == date(2026, 4, 2)
        session = sessions.plan_session(lead, case=case, begins_at=DAY_ONE + timedelta(days=1), room=town.rooms[0])
    with clock.fixed(DAY_ONE + timedelta(days=1)):
        sessions.move_session(lead, session=session, move="begin")
        with pytest.raises(Conflict, match="session_running"):
            cases.grade_case(lead, case=case, version=case.version, colour="yellow", why="人多")
        sessions.write_record(lead, session=session, words="双方谈了采光时间")
        sessions.move_session(lead, session=session, move="finish")
        first, last = date(2026, 3, 20), date(2026, 4, 20)
        halves = (InstalmentFacts(first, "四千元"), InstalmentFacts(last, "四千元"))
        agreement = agreements.draft_agreement(lead, case=case, facts=agreement_facts(last, instalments=halves))
        signed(lead, agreement)
        assert agreement.state == "in_effect" and agreement.confirm_by == date(2026, 4, 2)
        case.refresh_from_db()
        case.matter.refresh_from_db()
        assert (case.state, case.matter.state) == ("agreed", "settled")
        assert_fixed(lead, agreement)
        for one in Instalment.objects.filter(agreement=agreement):
            agreements.perform(lead, instalment=one)
        case.refresh_from_db()
        assert case.state == "performed"
        with pytest.raises(Conflict, match="follow_up_first"):
            cases.close_case(lead, case=case)
        for look in FollowUp.objects.filter(case=case):
            agreements.follow_up(lead, look=look, holds=True, words="两家都说好")
        cases.close_case(lead, case=case)
        case.matter.refresh_from_db()
        assert (case.state, case.matter.state) == ("closed", "closed")


def assert_fixed(lead: Actor, agreement: Agreement) -> None:
    """What is in effect is neither signed again nor changed: a supplement instead."""
    one = Disputant.objects.filter(case=agreement.case_id).first()
    paper = picture(lead)
    with pytest.raises(Conflict, match="in_effect"):
        agreements.sign_agreement(
            lead, agreement=agreement, role="party", way="paper", digest=agreement.digest, party=one, file=paper
        )
    other = agreement_facts(agreement.perform_by)
    with pytest.raises(Conflict, match="fixed"):
        agreements.change_draft(lead, agreement=agreement, version=agreement.version, facts=other)
    more = agreements.draft_agreement(lead, case=MediationCase.objects.get(pk=agreement.case_id), facts=other)
    assert more.supplements_id == agreement.pk and more.number == 2
    agreements.sign_agreement(lead, agreement=more, role="mediator", way="paper", digest=more.digest, file=paper)
    with pytest.raises(Conflict, match="fixed"):
        agreements.change_draft(lead, agreement=more, version=more.version, facts=other)
    with pytest.raises(Conflict, match="altered"):
        agreements.sign_agreement(lead, agreement=more, role="seal", way="seal", digest="0" * 64, file=paper)
    agreements.drop_draft(lead, agreement=more)


def test_unpaid_wages_from_yellow_to_red_confirmed_on_day_29_and_not_on_day_31() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        officer = town.actor("community_officer")
        facts = CaseFacts(cause="wages", source="party", amount_yuan=36_000, signs=("wages",))
        case = cases.open_case(officer, matter=dispute(town, title="拖欠工资"), facts=facts)
        yellow = cases.grade_case(officer, case=case, version=case.version, colour="yellow")
        assert (yellow.proposed, case.colour_due_on) == ("yellow", date(2026, 3, 17))
        stale, changed = case.version, CaseFacts(cause="wages", amount_yuan=260_000, signs=("wages", "threat"))
        cases.change_case(officer, case=case, version=case.version, facts=changed)
        with pytest.raises(Conflict, match="changed"):
            cases.grade_case(officer, case=case, version=stale, colour="red")
        with pytest.raises(Invalid, match="say_why"):
            cases.grade_case(officer, case=case, version=case.version, colour="blue")
        red = cases.grade_case(officer, case=case, version=case.version, colour="red")
        assert (red.proposed, red.tone, len(red.reasons)) == ("red", "red", 2)
        assert ColourDecision.objects.filter(case=case).count() == 2
        case.matter.refresh_from_db()
        assert case.matter.details["colour"] == "red"
        cases.name_member(officer, case=case, person=town.people["mediator"], part="lead")
        lead = town.actor("mediator")
        two_parties(lead, case)
        case.refresh_from_db()
        cases.accept_case(lead, case=case, procedure="people")
        agreement = agreements.draft_agreement(lead, case=case, facts=agreement_facts(date(2026, 12, 1)))
        signed(lead, agreement)
    assert agreement.confirm_by == date(2026, 4, 1)
    with clock.fixed(DAY_ONE + timedelta(days=31)), pytest.raises(Conflict, match="late"):
        agreements.ask_confirmation(lead, agreement=agreement, sides=("a", "b"))
    with clock.fixed(DAY_ONE + timedelta(days=29)):
        with pytest.raises(Invalid, match="jointly"):
            agreements.ask_confirmation(lead, agreement=agreement, sides=("a",))
        agreements.ask_confirmation(lead, agreement=agreement, sides=("a", "b"))
        agreements.note_ruling(lead, agreement=agreement, ruling="confirmed", court="临溪县人民法院（2026）第12号")
        assert agreement.confirmation == "confirmed" and "第12号" in agreement.court


def test_a_family_quarrel_settled_by_cadre_and_officer_under_public_order() -> None:
    """P10: cadre and officer together, both sides sign; three working days, no confirmation by a court."""
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        town.people["liaison_cadre"] = person("liaison_cadre", town.rooms[0])
        lead, case = accepted(town, who="community_officer", procedure="public_order")
        assert case.mediate_by == date(2026, 3, 5)
        cases.name_member(lead, case=case, person=town.people["liaison_cadre"], part="helper")
        cadre = town.actor("liaison_cadre")
        with pytest.raises(Conflict, match="not_lead"):
            agreements.draft_agreement(cadre, case=case, facts=agreement_facts(date(2026, 3, 9)))
        agreement = agreements.draft_agreement(lead, case=case, facts=agreement_facts(date(2026, 3, 9)))
        signed(lead, agreement)
        assert agreement.state == "in_effect" and agreement.confirm_by is None
        with pytest.raises(Invalid, match="not_this"):
            agreements.ask_confirmation(lead, agreement=agreement, sides=("a", "b"))
        agreements.fail_agreement(lead, agreement=agreement)
        case.refresh_from_db()
        case.matter.refresh_from_db()
        assert (case.state, case.end_reason, case.matter.state) == ("ended", "not_performed", "open")
