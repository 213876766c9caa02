"""The same incident twice, and matters that go to others and come back: D11, W2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.matters.handovers.acts import move_handover, open_handover
from linli.matters.handovers.models import Handover
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.links.acts import link_matters, undo_link
from linli.matters.links.queries import known_nearby, links_of, similar_matters
from linli.matters.public.models import PublicReport
from linli.operations.dispatch.acts import give_order
from linli.works.jobs.acts import work_one
from tests.town import Town, build_town, call

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    with clock.fixed(NOON):
        yield build_town()


def test_suggested_tied_and_untied_by_a_person(town: Town) -> None:
    desk = town.actor("dispatcher")
    first, second, elsewhere = call(desk, town), call(desk, town), call(desk, town, room=2, caller={})
    found = similar_matters(desk, matter=second)
    assert found[0].matter == first
    assert "同一报警人" in [words.zh for words in found[0].why]
    assert elsewhere not in [item.matter for item in found]
    link = link_matters(desk, one=first, other=second)
    assert similar_matters(desk, matter=second) == []
    assert links_of(desk, matter=second) == [link]
    with pytest.raises(Conflict):
        link_matters(desk, one=second, other=first)
    undo_link(desk, link=link)
    with pytest.raises(Conflict):
        undo_link(desk, link=link)
    assert similar_matters(desk, matter=second)[0].matter == first
    with pytest.raises(Invalid):
        link_matters(desk, one=first, other=first)


def test_reports_of_one_lamp_are_suggested_and_residents_told_of_hazards_only(town: Town) -> None:
    officer, (lon, lat) = town.actor("community_officer"), town.spot()

    def told(kind: str, said: str, east_m: float = 0.0) -> Matter:
        place = Placed(lon + east_m / 96_900, lat, agency=town.rooms[0], station=town.station)
        name = "need" if kind == "help_request" else "what"
        return open_matter(officer, kind=kind, title=said[:20], details={name: said}, place=place)

    lamp = told("hazard", "村口第三盏路灯不亮")
    tip = told("tip", "村口第三盏路灯下有人撬车")
    with clock.fixed(NOON + timedelta(days=2)):
        again = told("hazard", "第三盏路灯还是不亮", 15)
        (found,) = similar_matters(officer, matter=again)
        assert found.matter == lamp and found.why
        assert similar_matters(town.actor("other_officer"), matter=again) == []
        spot: dict[str, Any] = {"lon": lon, "lat": lat, "at": clock.now()}
        known = known_nearby(kind="hazard", said="村口路灯不亮，第三盏", **spot)
        assert {item.matter for item in known} == {lamp, again}
        assert known[0].apart_m % 10 == 0 and not hasattr(known[0], "title")
        assert known_nearby(kind="tip", said=tip.title, **spot) == []
        PublicReport.objects.create(
            matter=lamp, form="hazard", readers="officer", once_index="x", received_at=NOON, answer_due_at=NOON
        )
        assert {item.matter for item in known_nearby(kind="hazard", said="村口路灯不亮，第三盏", **spot)} == {again}
        PublicReport.objects.update(readers="room")
        assert len(known_nearby(kind="hazard", said="村口路灯不亮，第三盏", **spot)) == 2
        link_matters(officer, one=lamp, other=again)
        assert similar_matters(officer, matter=again) == []


def test_ambulance_asked_along_keeps_the_call_here(town: Town) -> None:
    desk = town.actor("dispatcher")
    matter = call(desk, town, category="5010")
    ticket = open_handover(desk, matter=matter, to_agency=town.partner, mode="ask_along", text="有人晕倒")
    partner = town.actor("partner_officer")
    assert Matter.objects.visible_to(partner).filter(pk=matter.pk).exists()
    move_handover(partner, handover=ticket, move="decline", answer="无车可派")
    matter.refresh_from_db()
    assert (matter.state, matter.agency, ticket.state) == ("waiting", town.rooms[0], "declined")


def test_handed_over_comes_back_or_is_settled(town: Town) -> None:
    desk, partner = town.actor("dispatcher"), town.actor("partner_officer")
    matter = call(desk, town)
    ticket = open_handover(desk, matter=matter, to_agency=town.partner, mode="hand_over")
    matter.refresh_from_db()
    assert matter.state == "waiting"
    move_handover(partner, handover=ticket, move="accept")
    matter.refresh_from_db()
    assert matter.state == "handed_over"
    move_handover(partner, handover=ticket, move="decline", answer="不属本单位")
    matter.refresh_from_db()
    assert matter.state == "waiting"
    again = open_handover(desk, matter=matter, to_agency=town.partner, mode="hand_over")
    move_handover(partner, handover=again, move="answer", answer="已处理")
    matter.refresh_from_db()
    assert (matter.state, matter.closed_at) == ("closed", NOON)


def test_to_the_station_stays_one_matter(town: Town) -> None:
    officer, desk = town.actor("community_officer"), town.actor("station_desk")
    matter = call(town.actor("dispatcher"), town)
    ticket = open_handover(officer, matter=matter, to_agency=town.station, mode="hand_over", text="需办案区")
    move_handover(desk, handover=ticket, move="accept")
    matter.refresh_from_db()
    assert (matter.agency, matter.state) == (town.station, "waiting")
    assert Matter.objects.visible_to(officer).filter(pk=matter.pk).exists()


def test_chased_until_answered(town: Town) -> None:
    desk = town.actor("dispatcher")
    ticket = open_handover(desk, matter=call(desk, town), to_agency=town.partner, mode="ask_along")
    for expected in (1, 2):
        clock.advance(timedelta(minutes=5, seconds=1))
        while work_one():
            pass
        ticket.refresh_from_db()
        assert ticket.chased == expected
    move_handover(town.actor("partner_officer"), handover=ticket, move="accept")
    move_handover(town.actor("partner_officer"), handover=ticket, move="answer", answer="已到")
    clock.advance(timedelta(minutes=30))
    while work_one():
        pass
    assert Handover.objects.get().chased == 2


def test_not_twice_not_by_strangers_not_while_units_go(town: Town) -> None:
    desk, partner = town.actor("dispatcher"), town.actor("partner_officer")
    matter = call(desk, town)
    ticket = open_handover(desk, matter=matter, to_agency=town.partner, mode="hand_over")
    with pytest.raises(Conflict):
        open_handover(desk, matter=matter, to_agency=town.partner, mode="ask_along")
    with pytest.raises(NotAllowed):
        move_handover(town.actor("community_officer"), handover=ticket, move="accept")
    give_order(desk, matter=matter, unit=town.units[0])
    move_handover(partner, handover=ticket, move="accept")
    matter.refresh_from_db()
    assert matter.state == "handed_over"
