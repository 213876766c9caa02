"""Several units on one call: back-up, the room's own team, first and further arrivals (W10, D4)."""

from __future__ import annotations

import pytest

from linli.kernel.errors import Conflict, NotAllowed
from linli.operations.backup.acts import call_backup
from linli.operations.dispatch.acts import arrive, feed_back, finish_order, give_order, sign_order
from linli.operations.dispatch.models import Order
from linli.operations.team.acts import send_team
from tests.town import Town, build_town, call, unit


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def test_backup_sends_the_next_best(town: Town) -> None:
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    first = give_order(desk, matter=call(desk, town), unit=town.units[0])
    sign_order(officer, order=first)
    more = call_backup(officer, order=first, count=2)
    assert [order.via for order in more] == ["backup", "backup"]
    assert town.units[0] not in [order.unit for order in more]
    assert Order.objects.active().count() == 3
    assert len(call_backup(officer, order=first, count=5)) == 1
    with pytest.raises(Conflict) as nobody:
        call_backup(officer, order=first)
    assert nobody.value.code == "backup.nobody"
    with pytest.raises(NotAllowed):
        call_backup(town.actor("other_officer"), order=first)


def test_the_call_is_done_when_the_last_is(town: Town) -> None:
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    matter = call(desk, town)
    first = give_order(desk, matter=matter, unit=town.units[0])
    second = give_order(desk, matter=matter, unit=town.units[1])
    for actor, order in ((officer, first), (town.actor("other_officer"), second)):
        sign_order(actor, order=order)
        arrive(actor, order=order)
    finish_order(officer, order=first, result="已劝开")
    matter.refresh_from_db()
    assert matter.state == "on_scene"
    finish_order(town.actor("other_officer"), order=second, result="同上")
    matter.refresh_from_db()
    assert matter.state == "done"


def test_one_tap_sends_the_rooms_own_team(town: Town) -> None:
    officer = town.actor("community_officer")
    second = unit(town.rooms[0], "警102", [])
    matter = call(officer, town)
    orders = send_team(officer, matter=matter, room=town.rooms[0])
    assert {order.unit_id for order in orders} == {town.units[0].pk, second.pk}
    with pytest.raises(Conflict) as nobody:
        send_team(officer, matter=matter, room=town.rooms[0])
    assert nobody.value.code == "team.nobody"
    with pytest.raises(NotAllowed):
        send_team(officer, matter=matter, room=town.rooms[1])


def test_feedback_is_for_who_was_there_or_whose_place_it_is(town: Town) -> None:
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    matter = call(desk, town, room=2)
    order = give_order(desk, matter=matter, unit=town.units[0])
    sign_order(officer, order=order)
    finish_order(officer, order=order, result="了结")
    matter.refresh_from_db()
    with pytest.raises(NotAllowed):
        feed_back(town.actor("other_officer"), matter=matter, outcome="x")
    feed_back(officer, matter=matter, outcome="已调处")
    assert matter.state == "fed_back"
