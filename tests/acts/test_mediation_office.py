"""Around the cases: who is told and when, courts, the panel, lawyers in residence, outcomes, the end of the term."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.kernel.scope import Actor
from linli.matters.keeping.acts import KEEPER, end_hold, hold_matter, thin_due
from linli.matters.ledger.models import Matter
from linli.mediation.agreements import acts as agreements
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment, Signature
from linli.mediation.agreements.queries.day import CLAIM_SOURCES
from linli.mediation.agreements.rules import InstalmentFacts
from linli.mediation.cases import acts as cases
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.queries.figures import colours_by_grid, figures
from linli.mediation.cases.rules import CaseFacts
from linli.mediation.courts import acts as courts
from linli.mediation.hours import acts as hours
from linli.mediation.hours.models import LawyerBooking
from linli.mediation.hours.queries import booked_lines, in_residence, own_bookings
from linli.mediation.map.queries import worst_of
from linli.mediation.notices.acts import remind_each_hour
from linli.mediation.notices.queries import invited
from linli.mediation.panel.acts import end_expert, write_expert
from linli.mediation.panel.queries import experts_for
from linli.mediation.papers.queries import paper_facts, papers_of
from linli.mediation.parties import acts as parties
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import PartyFacts
from linli.mediation.sessions import acts as sessions
from linli.places.grid.models import Grid
from linli.places.map.rules import LAYERS, LayerQuery
from linli.trail.entries.models import Entry
from linli.works.channels.acts.setting import set_channel
from linli.works.files.models import StoredFile
from linli.works.outbox.models import Message
from tests.journeys.test_mediation import (
    DAY_ONE,
    accepted,
    agreement_facts,
    dispute,
    mediation_town,
    picture,
    signed,
    two_parties,
)
from tests.town import SETUP, Town

pytestmark = pytest.mark.django_db


def channels() -> None:
    """Short messages and voice, both open."""
    for n, kind in enumerate(("sms", "voice"), start=1):
        set_channel(SETUP, channel=kind, kind=kind, url="http://127.0.0.1:9", secret="both know it", place=n)


def told(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template).order_by("queued_at"))


def round_at(at: datetime) -> int:
    """An hour of the worker: how many messages it wrote."""
    before = Message.objects.count()
    with clock.fixed(at):
        remind_each_hour({})
    return Message.objects.count() - before


def test_parties_are_invited_by_the_channel_that_each_chose() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        channels()
        lead, case = accepted(town)
        child = PartyFacts(
            side="b",
            name="水小",
            born_on=date(2012, 5, 1),
            guardian="水乙",
            guardian_phone="13933330000",
            reach="voice",
        )  # fmt: skip
        parties.add_party(lead, case=case, facts=child)
        parties.add_party(lead, case=case, facts=PartyFacts(side="a", name="石老", phone="13944440000", reach="none"))
        begins = DAY_ONE + timedelta(days=3)
        session = sessions.plan_session(
            lead, case=case, begins_at=begins, place="石甲家里", link="https://meet.example/1"
        )
        sent = {row.recipient: row for row in told("mediation.invited")}
        by_name = {one.told("name"): one for one in Disputant.objects.filter(case=case)}
        assert by_name["石老"].pk not in sent and len(sent) == 3
        assert sent[by_name["水小"].pk].channel == "voice"
        assert sent[by_name["水小"].pk].addresses == {"voice": "13933330000"}, "to who acts for the child"
        body = str([row.body for row in sent.values()])
        assert case.matter.number in body and "3月5日09:00" in body
        assert not any(word in body for word in ("石甲", "水乙", "采光", "meet.example"))
        assert [(one.name, one.by_hand) for one in invited(session) if one.by_hand] == [("石老", True)]
        sessions_before = Message.objects.count()
        from_page = sessions.move_session(lead, session=session, move="cancel")
        assert from_page.state == "cancelled" and len(told("mediation.session_off")) == 4, "three parties, one officer"
        assert Message.objects.count() == sessions_before + 4
        assert not Message.objects.visible_to(town.actor("station_chief")).exists()


STEPS: dict[date, dict[str, int]] = {
    date(2026, 3, 11): {"mediation.look_lead": 1},
    date(2026, 3, 18): {"mediation.look_lead": 2, "mediation.owed": 1},
    date(2026, 3, 20): {"mediation.confirm": 2, "mediation.confirm_lead": 1, "mediation.owed": 2},
    date(2026, 3, 28): {"mediation.confirm": 4, "mediation.overdue_lead": 1},
    date(2026, 4, 2): {"mediation.confirm": 6},
    date(2026, 4, 4): {"mediation.confirm": 6},
}
"""How many of each had been written by the evening of these days."""


def _signed_by_all(lead: Actor, agreement: Agreement) -> None:
    for one in Disputant.objects.filter(case=agreement.case):
        agreements.sign_agreement(
            lead, agreement=agreement, role="party", way="paper", digest=agreement.digest, party=one,
            file=picture(lead),
        )  # fmt: skip
    agreements.sign_agreement(
        lead, agreement=agreement, role="mediator", way="screen", digest=agreement.digest, file=picture(lead)
    )


def test_reminders_follow_from_the_rows_and_are_written_once() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        channels()
        lead, case = accepted(town)
        sessions.plan_session(lead, case=case, begins_at=DAY_ONE + timedelta(hours=20), room=town.rooms[0])
        assert len(told("mediation.coloured")) == 0, "whoever decided it knows"
    assert round_at(DAY_ONE + timedelta(hours=13)) == 0, "not at night"
    assert round_at(DAY_ONE + timedelta(hours=1)) == 4, "both parties, mediator and officer"
    assert round_at(DAY_ONE + timedelta(hours=2)) == 0
    with clock.fixed(DAY_ONE + timedelta(days=1)):
        due = (InstalmentFacts(date(2026, 3, 20), "四千元"), InstalmentFacts(date(2026, 5, 6), "四千元"))
        facts = agreement_facts(date(2026, 5, 6), instalments=due)
        agreement = agreements.draft_agreement(lead, case=case, facts=facts)
        agreements.sign_agreement(
            lead, agreement=agreement, role="seal", way="seal", digest=agreement.digest, file=picture(lead)
        )
    assert round_at(DAY_ONE + timedelta(days=2)) == 3, "two who have not signed, and the mediator"
    assert {row.body["n"] for row in told("mediation.sign_lead")} == {3}
    with clock.fixed(DAY_ONE + timedelta(days=2, hours=1)):
        _signed_by_all(lead, agreement)
    assert agreement.confirm_by == date(2026, 4, 3)
    for day, expected in STEPS.items():
        at = datetime.combine(day, DAY_ONE.timetz())
        round_at(at)
        assert round_at(at + timedelta(hours=1)) == 0, "twice is once"
        assert {name: len(told(name)) for name in expected} == expected, day
    assert {row.recipient for row in told("mediation.owed")} == {Disputant.objects.get(case=case, side="b").pk}
    count = Entry.objects.filter(act="mediation.remind").count()
    round_at(datetime(2026, 3, 29, 10, tzinfo=clock.SHANGHAI))
    assert Entry.objects.filter(act="mediation.remind").count() == count, "an hour with nothing to say leaves no entry"


def test_the_posts_of_the_colours_row_are_told() -> None:
    town = mediation_town()
    channels()
    officer = town.actor("community_officer")
    facts = CaseFacts(cause="wages", signs=("threat", "wages"))
    case = cases.open_case(officer, matter=dispute(town), facts=facts)
    cases.grade_case(officer, case=case, version=case.version, colour="red")
    to = {row.recipient for row in told("mediation.coloured")}
    assert to == {town.people["station_chief"].pk, town.people["bureau_leader"].pk}
    assert "水乙" not in str([row.body for row in told("mediation.coloured")])


def test_from_the_court_and_back_to_it() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        channels()
        lead, case = accepted(town)
        with pytest.raises(Invalid, match="missing"):
            courts.take_over(lead, case=case, court="临溪县人民法院", number=" ")
        with pytest.raises(Invalid, match="due_on"):
            courts.take_over(lead, case=case, court="临溪县人民法院", number="1", due_on=date(2027, 1, 1))
        row = courts.take_over(lead, case=case, court="临溪县人民法院", number="（2026）诉前调7号")
        assert (row.due_on, case.source) == (date(2026, 4, 1), "court") and "第二十七条" in row.clock
        with pytest.raises(Conflict, match="sent_already"):
            courts.take_over(lead, case=case, court="另一法院", number="2")
        with pytest.raises(Conflict, match="not_ended"):
            courts.give_back(lead, case=case)
        assert "court_reply" not in papers_of(case)
        with pytest.raises(Invalid, match="jointly"):
            courts.prolong(lead, case=case, sides=("a",), due_on=date(2026, 4, 20))
        courts.prolong(lead, case=case, sides=("a", "b"), due_on=date(2026, 4, 20))
    at = datetime(2026, 4, 18, 9, tzinfo=clock.SHANGHAI)
    found = CLAIM_SOURCES[0].find(lead, at, 7)
    assert [one.key.split(":")[0] for one in found.claims] == ["period", "court"] and found.total == 2
    assert round_at(at) > 0 and len(told("mediation.court_lead")) == 1
    with clock.fixed(at):
        cases.end_case(lead, case=case, reason="failed")
        assert "诉前委派" in str(paper_facts(case, "end_notice")["sections"])
        text = str(paper_facts(case, "court_reply"))
        assert "（2026）诉前调7号" in text and "未达成调解协议" in text and "新楼" not in text
        answered = courts.give_back(lead, case=case)
        assert (answered.outcome, answered.returned_on) == ("failed", date(2026, 4, 18))
        with pytest.raises(Conflict, match=r"court\.none"):
            courts.give_back(lead, case=case)


def test_a_public_order_case_is_tried_twice_and_no_third_time() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        lead, case = accepted(town, who="community_officer", procedure="public_order")
        with pytest.raises(Conflict, match="not_tried"):
            cases.try_again(lead, case=case)
        session = sessions.plan_session(lead, case=case, begins_at=DAY_ONE + timedelta(hours=2), room=town.rooms[0])
    with clock.fixed(DAY_ONE + timedelta(hours=3)):
        sessions.move_session(lead, session=session, move="begin")
        sessions.move_session(lead, session=session, move="break_off", reason="calm")
        again = cases.try_again(lead, case=case)
        assert (again.tries, again.mediate_by) == (2, date(2026, 3, 11)) and "第九条" in again.clock
        with pytest.raises(Conflict, match="no_more_tries"):
            cases.try_again(lead, case=case)
        _, other = accepted(town, why="另一件事")
        with pytest.raises(Conflict, match="no_more_tries"):
            cases.try_again(town.actor("mediator"), case=other)


def test_the_panel_offers_with_reasons_and_leaves_out_who_has_an_interest() -> None:
    town = mediation_town()
    _, case = accepted(town)
    MediationCase.objects.filter(pk=case.pk).update(language="瑶话")
    case.refresh_from_db()
    lawyer, expert = town.actor("lawyer"), town.actor("partner_officer")
    write_expert(lawyer, person=town.people["lawyer"], skills=["daylight"], interests=["水 乙"])
    write_expert(expert, person=town.people["partner_officer"], skills=["debt"], languages=["瑶话"])
    write_expert(town.actor("station_chief"), person=town.people["station_chief"], skills=["daylight"])
    offered, kept_out = experts_for(case)
    assert kept_out == 1
    assert [one.one.name for one in offered] == [town.people[who].name for who in ("station_chief", "partner_officer")]
    assert [words.zh for words in offered[1].reasons] == ["会说瑶话", "在办0件"]
    chief = town.actor("bureau_leader")
    row = write_expert(chief, person=town.people["lawyer"], skills=["daylight", "debt"])
    assert row.interests == ["水 乙"], "a chief writes what somebody knows and leaves what he declared"
    with pytest.raises(NotAllowed):
        write_expert(chief, person=town.people["lawyer"], skills=["debt"], interests=[])
    with pytest.raises(NotAllowed):
        write_expert(expert, person=town.people["lawyer"], skills=["debt"])
    with pytest.raises(Invalid):
        write_expert(lawyer, person=town.people["lawyer"], skills=["astrology"])
    end_expert(lawyer, expert=row)
    assert experts_for(case)[1] == 0


def test_a_lawyer_in_residence_is_booked_half_hour_by_half_hour() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        officer, lawyer, room = town.actor("community_officer"), town.actor("lawyer"), town.rooms[0]
        week: dict[str, Any] = {"person": town.people["lawyer"], "room": room, "weekday": 2}
        held = hours.write_hours(lawyer, **week, from_minute=540, until_minute=630)
        with pytest.raises(Conflict, match="overlaps"):
            hours.write_hours(officer, **week, from_minute=600, until_minute=700)
        with pytest.raises(Invalid, match="until"):
            hours.write_hours(officer, **week, from_minute=700, until_minute=700)
        with pytest.raises(NotAllowed):
            hours.write_hours(town.actor("other_officer"), **week, from_minute=700, until_minute=800)
        [there] = in_residence(room)
        assert [f"{at:%m-%d %H:%M}" for at in there.free[:3]] == ["03-04 09:00", "03-04 09:30", "03-04 10:00"]
        first = there.free[0]
        about: dict[str, Any] = {"person": town.people["lawyer"], "room": room, "begins_at": first}
        booking = hours.book(officer, **about, name="石甲", phone="139 1111 0000", about="采光")
        with pytest.raises(Conflict, match="taken"):
            hours.book(officer, **about, name="水乙")
        with pytest.raises(Invalid, match="not_open"):
            hours.book(officer, **{**about, "begins_at": first + timedelta(minutes=7)}, name="水乙")
        assert first not in in_residence(room)[0].free
        assert [one.told("name") for one in own_bookings(lawyer)] == ["石甲"]
        assert not LawyerBooking.objects.visible_to(town.actor("station_chief")).exists()
        assert "石甲" not in str(booked_lines(lawyer, clock.now()))
        hours.move_booking(officer, booking=booking, move="cancel")
        assert first in in_residence(room)[0].free
        again = hours.book(officer, **about, name="水乙")
        hours.end_hours(officer, hours=held)
        assert not in_residence(room)
    with clock.fixed(DAY_ONE + timedelta(days=120)):
        hours.erase_each_hour({})
        assert not LawyerBooking.objects.filter(pk=again.pk).exists()


def _settled(town: Town, n: int) -> list[MediationCase]:
    made = []
    for _ in range(n):
        lead, case = accepted(town, why="各说各的")
        signed(lead, agreements.draft_agreement(lead, case=case, facts=agreement_facts(date(2026, 4, 1))))
        made.append(case)
    return made


def test_outcomes_are_of_disputes_and_grids() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        made = _settled(town, 5)
        lead, failed = accepted(town, why="各说各的")
        cases.end_case(lead, case=failed, reason="failed")
        accepted(town, why="各说各的")
        Agreement.objects.filter(case=made[0]).update(state="not_performed")
        FollowUp.objects.filter(case=made[1]).update(done_on=date(2026, 3, 9), holds=False)
        chief, day = town.actor("station_chief"), clock.today()
        found = figures(chief, since=day, until=day + timedelta(days=1))
        blue = found.levels[0]
        assert (blue.opened, blue.over, blue.settled, blue.percent) == (7, 6, 5, 83)
        assert (found.settled, found.middle_days, found.levels[2].percent) == (5, 0.0, None)
        assert [(one.months, one.asked) for one in found.kept] == [(3, 0), (12, 0)]
        Matter.objects.update(grid=Grid.objects.order_by("code").first())
        grids = colours_by_grid(chief)
        assert [(one.blue, one.red, one.total) for one in grids] == [(6, 0, 6)], "one is over"
        assert colours_by_grid(town.actor("other_officer")) == []
        _on_the_map(town)
        Matter.objects.filter(pk=made[2].matter_id).update(received_at=F("received_at") + timedelta(days=5))
        assert figures(chief, since=day, until=day + timedelta(days=1)).again == 4
    with clock.fixed(DAY_ONE + timedelta(days=100)):
        kept = figures(chief, since=day, until=day + timedelta(days=1)).kept
        assert [(one.asked, one.kept, one.percent) for one in kept] == [(5, 3, 60), (0, 0, None)]


def _on_the_map(town: Town) -> None:
    """The layer says grids with numbers: no dispute, no door, no name; to the posts of the list, each in its reach."""
    layer, all_of_it = LAYERS["disputes"], LayerQuery()
    [one] = layer.source(town.actor("station_chief"), all_of_it)
    grid = Grid.objects.get(pk=one.id)
    assert one.properties == {
        "name": grid.name, "code": grid.code, "worst": "blue", "blue": 6, "yellow": 0, "red": 0, "ungraded": 0,
    }  # fmt: skip
    assert one.geometry.equals(grid.shape), "the whole grid, never a point in it"
    assert not list(layer.source(town.actor("station_chief"), all_of_it.narrowed(worst=("red",))))
    for blind in ("other_officer", "auxiliary", "mediator", "partner_officer", "safety_watcher", "grid_worker"):
        if blind in town.people:
            assert not list(layer.source(town.actor(blind), all_of_it)), blind
    assert worst_of({"blue": 3, "yellow": 1, "red": 0, "ungraded": 9}) == "yellow"


def _closed(lead: Actor, case: MediationCase) -> None:
    for one in Instalment.objects.filter(agreement__case=case):
        agreements.perform(lead, instalment=one)
    for look in FollowUp.objects.filter(case=case):
        agreements.follow_up(lead, look=look, holds=True)
    cases.close_case(lead, case=MediationCase.objects.get(pk=case.pk))


def test_a_case_goes_when_its_disputes_term_is_over_and_a_hold_keeps_it() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        channels()
        [case, held] = _settled(town, 2)
        lead = town.actor("mediator")
        sessions_case = MediationCase.objects.get(pk=case.pk)
        more = agreements.draft_agreement(lead, case=sessions_case, facts=agreement_facts(date(2026, 5, 1)))
        signed(lead, more)
        for one in (case, held):
            _closed(lead, one)
        hold = hold_matter(SETUP, matter=Matter.objects.get(pk=held.matter_id), basis="复议")
    with clock.fixed(DAY_ONE + timedelta(days=3_651)):
        thin_due(KEEPER, day=clock.today())
        assert list(MediationCase.objects.values_list("pk", flat=True)) == [held.pk]
        assert Signature.objects.exclude(agreement__case=held).count() == 0 and StoredFile.objects.exists()
        end_hold(SETUP, hold=hold)
        thin_due(KEEPER, day=clock.today())
        assert not MediationCase.objects.exists() and not StoredFile.objects.exists()
        assert Matter.objects.filter(pk=case.matter_id).exists()


def test_the_same_quarrel_again_is_gathered_and_raises_it_with_the_reason() -> None:
    """Between the same people elsewhere: two numbers of telephones are enough, a name alone is not."""
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        officer = town.actor("community_officer")
        made = []
        for n in range(3):
            matter = dispute(town, title=f"第{n}次")
            Matter.objects.filter(pk=matter.pk).update(address=f"青石弄{n}号", lon=F("lon") + n * 0.01)
            matter.refresh_from_db()
            case = cases.open_case(officer, matter=matter, facts=CaseFacts())
            two_parties(officer, case)
            case.refresh_from_db()
            made.append(case)
        decided = cases.grade_case(officer, case=made[2], version=made[2].version, colour="yellow")
        assert decided.proposed == "yellow" and "3" in decided.reasons[0][0]
