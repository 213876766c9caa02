"""An order's life through the acts: P2 and the rows around it."""

from __future__ import annotations

import pytest

from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.matters.ledger.acts import move_matter
from linli.matters.ledger.models import Matter, Stamp
from linli.operations.dispatch.acts import (
    accept_by_radio,
    arrive,
    decline_order,
    deliver_order,
    feed_back,
    finish_order,
    give_order,
    recall_order,
    set_out,
    sign_order,
)
from linli.operations.dispatch.models import Order
from linli.trail.models import Entry
from linli.trail.seal.acts import seal_pending
from linli.trail.seal.queries import verify
from tests.town import Town, build_town, call, report


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def test_from_order_to_closed(town: Town) -> None:
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    matter = call(desk, town)
    assert (matter.state, matter.agency, matter.station) == ("waiting", town.rooms[0], town.station)
    assert matter.warnings == []
    order = give_order(desk, matter=matter, unit=town.units[0])
    deliver_order(officer, order=order)
    sign_order(officer, order=order)
    set_out(officer, order=order)
    arrive(officer, order=order)
    matter.refresh_from_db()
    assert matter.state == "on_scene"
    finish_order(officer, order=order, result="找到老人")
    matter.refresh_from_db()
    assert (matter.state, matter.handled_by) == ("done", town.rooms[0])
    feed_back(officer, matter=matter, outcome="已送回家")
    move_matter(desk, matter=matter, move="close")
    assert matter.closed_at is not None
    said = list(Stamp.objects.filter(matter=matter).values_list("milestone", flat=True))
    for milestone in (
        "received",
        "created",
        "located",
        "ordered",
        "delivered",
        "signed",
        "under_way",
        "arrived",
        "done",
        "fed_back",
        "closed",
    ):
        assert milestone in said
    town.units[0].refresh_from_db()
    assert (town.units[0].order_id, town.units[0].availability) == (None, "available")
    while seal_pending():
        pass
    verdict = verify()
    assert verdict.ok
    assert verdict.entries == Entry.objects.count()


def test_two_desks_one_unit(town: Town) -> None:
    one, other = call(town.actor("call_taker"), town), call(town.actor("dispatcher"), town, room=1)
    give_order(town.actor("call_taker"), matter=one, unit=town.units[0])
    with pytest.raises(Conflict) as refused:
        give_order(town.actor("dispatcher"), matter=other, unit=town.units[0])
    assert refused.value.code == "order.unit_taken"
    assert refused.value.facts["number"] == one.number
    assert Order.objects.count() == 1


def test_last_unit_freed_returns_the_call_to_waiting(town: Town) -> None:
    desk = town.actor("dispatcher")
    matter = call(desk, town)
    first = give_order(desk, matter=matter, unit=town.units[0])
    second = give_order(desk, matter=matter, unit=town.units[1])
    received = matter.received_at
    recall_order(desk, order=first, reason="另有急警")
    matter.refresh_from_db()
    assert matter.state == "ordered"
    decline_order(town.actor("other_officer"), order=second, reason="车辆故障")
    matter.refresh_from_db()
    assert (matter.state, matter.received_at) == ("waiting", received)


def test_radio_is_stamped_as_radio(town: Town) -> None:
    desk = town.actor("dispatcher")
    order = give_order(desk, matter=call(desk, town), unit=town.units[0])
    accept_by_radio(desk, order=order)
    stamp = Stamp.objects.get(order_id=order.pk, milestone="signed")
    assert stamp.source == "radio"
    assert not Stamp.objects.filter(order_id=order.pk, milestone="delivered").exists()


def test_position_proves_but_does_not_claim(town: Town) -> None:
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    matter = call(desk, town)
    order = give_order(desk, matter=matter, unit=town.units[0])
    sign_order(officer, order=order)
    report(town.units[0], *town.spot(0, 0.1, 0.1))
    order.refresh_from_db()
    assert order.state == "signed"
    report(town.units[0], *town.spot(0))
    order.refresh_from_db()
    assert (order.state, order.arrived_at) == ("arrived", None)
    assert order.arrived_proven_at is not None
    arrive(officer, order=order)
    order.refresh_from_db()
    assert order.arrived_at is not None
    sources = set(Stamp.objects.filter(order_id=order.pk, milestone="arrived").values_list("source", flat=True))
    assert sources == {"position", "person"}


def test_serious_crime_goes_to_the_station(town: Town) -> None:
    desk = town.actor("dispatcher")
    matter = call(desk, town, category="1010")
    assert matter.agency == town.station
    assert [item["code"] for item in matter.warnings] == ["call.for_station"]
    with pytest.raises(Invalid):
        give_order(desk, matter=matter, unit=town.units[0])
    give_order(desk, matter=matter, unit=town.units[3])


def test_rights_and_reach(town: Town) -> None:
    desk = town.actor("dispatcher")
    matter = call(desk, town)
    order = give_order(desk, matter=matter, unit=town.units[0])
    with pytest.raises(NotAllowed):
        give_order(town.actor("grid_worker"), matter=matter, unit=town.units[1])
    with pytest.raises(NotAllowed):
        sign_order(town.actor("other_officer"), order=order)
    assert not Matter.objects.visible_to(town.actor("other_officer")).filter(pk=matter.pk).exists()
    assert Matter.objects.visible_to(town.actor("station_chief")).filter(pk=matter.pk).exists()
    give_order(desk, matter=matter, unit=town.units[1])
    assert Matter.objects.visible_to(town.actor("other_officer")).filter(pk=matter.pk).exists()
