"""Bad input of mediation: each is refused with its own sentence, and nothing is changed by it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from linli.kernel import clock
from linli.kernel.acts import ACTS
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.kernel.inputs import Given, Spot
from linli.matters.ledger.models import Matter
from linli.mediation.agreements.acts import settle_on_spot
from linli.mediation.agreements.models import FollowUp
from linli.mediation.cases import acts as cases
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.queries import attention, case_seen, face_of
from linli.mediation.cases.rules import CaseFacts
from linli.mediation.papers.queries import case_file, paper_facts, printed
from linli.mediation.parties import acts as parties
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import PartyFacts
from linli.mediation.schemes.acts import choose_scheme, write_scheme
from linli.mediation.schemes.queries import in_force, shipped
from linli.mediation.schemes.rules import as_plain
from linli.mediation.sessions import acts as sessions
from linli.mediation.sessions.models import MediationSession, PrivateNote
from linli.mediation.sessions.queries import standing_records
from linli.trail.entries.models import Entry
from tests.journeys.test_mediation import DAY_ONE, accepted, dispute, mediation_town, two_parties

pytestmark = pytest.mark.django_db


def test_parties_that_cannot_be() -> None:
    town = mediation_town()
    officer = town.actor("community_officer")
    facts = CaseFacts(households=4, answer_by=clock.today())
    case = cases.open_case(officer, matter=dispute(town), facts=facts)

    def add(side: str, name: str, **more: object) -> Disputant:
        return parties.add_party(officer, case=case, facts=PartyFacts(side=side, name=name, **more))  # type: ignore[arg-type]  # told by the test

    child = clock.today() - timedelta(days=365 * 15)
    with pytest.raises(Invalid, match="child_alone"):
        add("a", "石小", born_on=child)
    with pytest.raises(Invalid, match="child_alone"):
        add("a", "石小", id_number=f"330000{child:%Y%m%d}0012")
    add("a", "石小", born_on=child, guardian="石大")
    with pytest.raises(Invalid, match="is_mediator"):
        add("a", officer.name)
    add("a", "石甲", phone="13911110000")
    with pytest.raises(Invalid, match="both_sides"):
        add("b", "石甲", phone="+86 139 1111 0000")
    with pytest.raises(Invalid, match="twice"):
        add("a", "石甲", phone="13911110000")
    for n in range(3):
        add("a", f"代表{n}", phone=f"1392222000{n}")
    with pytest.raises(Invalid, match="no_list"):
        add("a", "第六人")
    add("b", town.people["mediator"].name)
    with pytest.raises(Invalid, match="interest"):
        cases.name_member(officer, case=case, person=town.people["mediator"], part="mediator")
    with pytest.raises(Conflict, match="begun"):
        cases.open_case(officer, matter=case.matter, facts=CaseFacts())
    assert Disputant.objects.filter(case=case, side="a").count() == 5


def test_consent_is_asked_after_the_rights_and_a_refusal_ends_it() -> None:
    town = mediation_town()
    officer = town.actor("community_officer")
    case = cases.open_case(officer, matter=dispute(town), facts=CaseFacts())
    with pytest.raises(Invalid, match="no_parties"):
        cases.accept_case(officer, case=case, procedure="public_order")
    one = parties.add_party(officer, case=case, facts=PartyFacts(side="a", name="石甲"))
    parties.add_party(officer, case=case, facts=PartyFacts(side="b", name="水乙"))
    with pytest.raises(Invalid, match="rights_first"):
        parties.note_consent(officer, party=one, consent="agreed")
    with pytest.raises(Invalid, match="no_rights"):
        cases.accept_case(officer, case=case, procedure="public_order")
    with pytest.raises(Invalid, match="may_not_lead"):
        cases.accept_case(officer, case=case, procedure="people")
    with pytest.raises(Invalid, match="barred"):
        cases.accept_case(officer, case=case, procedure="public_order", bars=("gang",))
    parties.read_rights(officer, party=one, way="spoken")
    parties.note_consent(officer, party=one, consent="refused")
    case.refresh_from_db()
    case.matter.refresh_from_db()
    assert (case.state, case.end_reason, case.matter.state) == ("ended", "refused", "settled")
    with pytest.raises(Conflict, match="refused"):
        parties.note_consent(officer, party=one, consent="agreed")
    assert "法院" in str(paper_facts(case, "end_notice")["sections"])


def test_a_possible_offence_goes_to_the_police_at_once() -> None:
    town = mediation_town()
    lead, case = accepted(town)
    call = cases.report_crime(lead, case=case, what="一方带刀来调解室")
    case.refresh_from_db()
    assert (call.kind, call.agency, case.end_reason) == ("incident", town.rooms[0], "crime")
    assert Matter.objects.visible_to(town.actor("community_officer")).filter(pk=call.pk).exists()


def test_two_mediators_write_one_record_and_notes_are_the_writers_own() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        lead, case = accepted(town)
        officer = town.actor("community_officer")
        room, begins = town.rooms[0], DAY_ONE + timedelta(hours=3)
        session = sessions.plan_session(lead, case=case, begins_at=begins, room=room)
        with pytest.raises(Conflict, match="taken"):
            sessions.plan_session(officer, case=case, begins_at=begins + timedelta(minutes=30), room=room)
        with pytest.raises(Invalid, match="past"):
            sessions.plan_session(lead, case=case, begins_at=DAY_ONE, room=room)
        sessions.move_session(lead, session=session, move="begin")
        sessions.write_record(lead, session=session, words="第一稿")
        sessions.write_record(lead, session=session, words="甲的修改", upon=1)
        sessions.write_record(officer, session=session, words="乙的修改", upon=1)
        assert [row.text for row in standing_records(session)] == ["甲的修改", "乙的修改"]
        sessions.write_record(lead, session=session, words="合成一稿", upon=3)
        assert [row.text for row in standing_records(session)] == ["合成一稿"]
        sessions.keep_private_note(lead, case=case, words="对方其实怕邻居笑话")
    assert PrivateNote.objects.visible_to(lead).count() == 1
    assert not PrivateNote.objects.visible_to(officer).exists()
    with pytest.raises(Invalid, match="wrong_paper"):
        paper_facts(case, "public_order_agreement")


def test_who_is_not_named_sees_the_face_and_nothing_else() -> None:
    """Patrol, volunteer and bureau leader: colour, who leads it, what is dangerous; a mediator only her own cases."""
    town = mediation_town()
    _, case = accepted(town)
    Matter.objects.filter(pk=case.matter_id).update(details={**case.matter.details, "danger": "院里有狗"})
    for who in ("auxiliary", "station_chief", "bureau_leader", "dispatcher"):
        actor = town.actor(who)
        with pytest.raises(NotFound):
            case_seen(actor, case.pk)
        face = face_of(actor, case.matter)
        assert face is not None
        assert (face.tone, face.lead, face.danger) == ("blue", town.people["mediator"].name, "院里有狗")
        assert not any("石甲" in str(getattr(face, name)) for name in type(face).__slots__)
        assert not Disputant.objects.visible_to(actor).exists()
        assert not MediationSession.objects.visible_to(actor).exists()
        assert not Entry.objects.visible_to(actor).filter(act__startswith="dispute_party.").exists()
    for who in ("grid_worker", "other_officer", "lawyer"):
        assert face_of(town.actor(who), case.matter) is None
    assert not MediationCase.objects.visible_to(town.actor("lawyer")).exists()
    assert [face.number for face in attention(town.actor("station_chief"))] == []
    with clock.fixed(clock.now() + timedelta(days=40)):
        found = attention(town.actor("station_chief"))
    assert [(face.number, face.late) for face in found] == [(case.matter.number, True)]


def test_members_come_and_go_and_the_lead_stays_one() -> None:
    town = mediation_town()
    officer = town.actor("community_officer")
    case = cases.open_case(officer, matter=dispute(town), facts=CaseFacts())
    with pytest.raises(Invalid, match="wrong_member"):
        cases.name_member(officer, case=case, person=town.people["call_taker"], part="helper")
    cases.name_member(officer, case=case, person=town.people["lawyer"], part="lawyer")
    lawyer = town.actor("lawyer")
    with pytest.raises(NotAllowed):
        cases.name_member(lawyer, case=case, person=town.people["mediator"], part="lead")
    cases.release_member(lawyer, case=case, person=town.people["lawyer"])
    assert CaseMember.objects.now().filter(case=case).count() == 1
    with pytest.raises(Conflict, match="not_lead"):
        cases.release_member(officer, case=case, person=town.people["community_officer"])


def test_the_colour_table_is_the_bureaus_and_repeats_raise_a_dispute() -> None:
    town = mediation_town()
    officer, leader = town.actor("community_officer"), town.actor("bureau_leader")
    assert in_force().code == "three"
    choose_scheme(leader, code="leaders")
    assert in_force().code == "leaders"
    rows = [as_plain(row) for row in shipped()["three"].rows]
    rows[1]["criteria"] = [{"sign": "repeats", "at_least": 2}]
    write_scheme(leader, code="three", zh="蓝黄红", rows=rows)
    choose_scheme(leader, code="three")
    with pytest.raises(Invalid, match=r"scheme\.wrong"):
        write_scheme(leader, code="three", zh="蓝黄红", rows=[{**rows[0], "tone": "pink"}])
    with pytest.raises(NotAllowed):
        choose_scheme(officer, code="four")
    dispute(town)
    case = cases.open_case(officer, matter=dispute(town), facts=CaseFacts())
    made = cases.grade_case(officer, case=case, version=case.version, colour="yellow")
    assert made.proposed == "yellow" and "2" in made.reasons[0][0]
    assert case.colour_due_on == clock.today() + timedelta(days=15)


def test_a_child_of_fifteen_has_its_parent_there() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        lead = town.actor("community_officer")
        case = cases.open_case(lead, matter=dispute(town), facts=CaseFacts())
        two_parties(lead, case)
        child = PartyFacts(side="b", name="水小", born_on=date(2011, 5, 1), guardian="水乙")
        one = parties.add_party(lead, case=case, facts=child)
        parties.read_rights(lead, party=one, way="spoken")
        parties.note_consent(lead, party=one, consent="agreed")
        cases.accept_case(lead, case=case, procedure="public_order")
        assert one.age(clock.today()) == 14


def test_a_blue_dispute_on_the_spot_comes_from_a_phone_as_one_record() -> None:
    """An e-bike row: written down by the grid worker without a network, kept at once, printed as what it is."""
    town = mediation_town()
    grid_worker = town.actor("grid_worker", door="field")
    offline = ACTS["mediation.settle_on_spot"].offline
    assert offline is not None and offline.prepare is not None
    assert [one.name for one in offline.inputs if one.required] == ["what", "agreed"]
    lon, lat = town.spot()
    values = {"what": "电动车挡了楼道", "agreed": "今后停到车棚", "side_a": "石甲", "side_b": "水乙"}
    given = Given({**values, "cause": "neighbour", "place": Spot(lon, lat)}, record=new_id())
    facts = offline.prepare(grid_worker, given)
    case = settle_on_spot(grid_worker, row_id=given.record, device_at=clock.now(), **facts)
    assert (case.pk, case.state, case.tone, case.procedure) == (given.record, "performed", "blue", "on_spot")
    matter = Matter.objects.get(pk=case.matter_id)
    assert (matter.agency, matter.state) == (town.rooms[0], "settled")
    assert "楼道" not in f"{matter.title} {matter.details}", "what was said is nowhere in the ledger"
    assert FollowUp.objects.filter(case=case, due_on=clock.today() + timedelta(days=7)).exists()
    assert "今后停到车棚" in str(paper_facts(case, "spot_record"))
    with pytest.raises(Invalid, match="wrong_paper"):
        paper_facts(case, "public_order_agreement")
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert printed(case_file(case), kind).startswith(begins)
        assert printed(paper_facts(case, "spot_record"), kind).startswith(begins)
