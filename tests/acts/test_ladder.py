"""The ladder with a held clock: each rung at its second, each once, none that no longer matters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from linli.kernel import clock
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import place_matter
from linli.operations.dispatch.acts import decline_order, deliver_order, finish_order, give_order, set_out, sign_order
from linli.operations.dispatch.models import Escalation, Order
from linli.operations.ladder.acts import run_rung
from linli.operations.limits.acts import set_limit
from linli.trail.models import Entry
from linli.works.jobs.acts import work_one
from linli.works.jobs.models import Job
from linli.works.outbox.models import Message
from tests.town import SETUP, Town, build_town, call, report, unit

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    with clock.fixed(NOON):
        made = build_town()
        Job.objects.all().delete()
        yield made


def later(seconds: float) -> list[str]:
    """Let time pass and the worker work; returns the rungs climbed so far in the order they were climbed."""
    clock.advance(timedelta(seconds=seconds))
    while work_one():
        pass
    return list(Escalation.objects.order_by("at", "id").values_list("step", flat=True))


def given(town: Town) -> Order:
    desk = town.actor("dispatcher")
    order = give_order(desk, matter=call(desk, town), unit=town.units[0])
    Job.objects.filter(name="outbox.send").delete()
    return order


def test_each_rung_at_its_second(town: Town) -> None:
    given(town)
    assert later(4.9) == []
    assert later(0.2) == ["other_channel"]
    assert later(24.8) == ["other_channel"]
    assert later(0.2) == ["other_channel", "next_unit"]
    assert Order.objects.count() == 2
    assert Order.objects.order_by("-ordered_at").values_list("via", flat=True)[0] == "ladder"


def test_unsigned_reaches_station_bureau_and_chief(town: Town) -> None:
    order = given(town)
    for seconds in (5.5, 25, 30, 60):
        later(seconds)
    steps = later(180)
    mine = list(Escalation.objects.filter(order=order).order_by("at").values_list("step", flat=True))
    assert mine == ["other_channel", "next_unit", "station_desk", "bureau", "target"]
    assert steps.count("next_unit") > 1
    told = set(Message.objects.values_list("template", flat=True))
    assert {"order.new", "order.station_desk", "order.bureau", "order.target"} <= told


def test_target_missed_shows_the_call_late(town: Town) -> None:
    order = given(town)
    sign_order(town.actor("community_officer"), order=order)
    set_out(town.actor("community_officer"), order=order)
    later(299)
    assert Matter.objects.get(pk=order.matter_id).late_since is None
    later(2)
    assert Matter.objects.get(pk=order.matter_id).late_since is not None
    assert Message.objects.filter(template="order.target").exists()


def test_delivered_and_signed_stop_the_rungs(town: Town) -> None:
    order = given(town)
    officer = town.actor("community_officer")
    deliver_order(officer, order=order)
    assert later(6) == []
    sign_order(officer, order=order)
    set_out(officer, order=order)
    assert later(120) == []


def test_signed_but_not_moving_sends_a_second(town: Town) -> None:
    order = given(town)
    sign_order(town.actor("community_officer"), order=order)
    assert later(89) == []
    assert later(2) == ["not_moving"]
    assert Order.objects.filter(matter=order.matter).count() == 2


def test_signed_and_moving_sends_nobody(town: Town) -> None:
    order = given(town)
    sign_order(town.actor("community_officer"), order=order)
    clock.advance(timedelta(seconds=30))
    report(town.units[0], *town.spot(0, 0.8, 0.9))
    assert later(70) == []


def test_declined_asks_the_next_at_once(town: Town) -> None:
    order = given(town)
    decline_order(town.actor("community_officer"), order=order, reason="车坏了")
    assert later(0.1) == ["declined"]
    order.matter.refresh_from_db()
    assert order.matter.state == "ordered"
    assert Order.objects.active().get().unit != town.units[0]


def test_a_rung_twice_is_climbed_once(town: Town) -> None:
    order = given(town)
    for _ in range(3):
        run_rung({"order": str(order.pk), "step": "next_unit"})
    assert Escalation.objects.count() == 1
    assert Order.objects.count() == 2


def test_finished_leaves_no_timer(town: Town) -> None:
    order = given(town)
    officer = town.actor("community_officer")
    sign_order(officer, order=order)
    finish_order(officer, order=order, result="电话中已解决")
    assert not Job.objects.filter(key__startswith=f"order:{order.pk}", state=Job.WAITING).exists()
    assert later(1000) == []


def test_limits_are_configuration(town: Town) -> None:
    seconds = {"delivered_s": 10, "signed_s": 50, "desk_s": 90, "bureau_s": 200, "moving_s": 100, "target_s": 600}
    set_limit(SETUP, category="50", zone="town", seconds=seconds)
    order = given(town)
    assert order.target_at == order.ordered_at + timedelta(seconds=600)
    assert later(9) == []
    assert later(2) == ["other_channel"]
    assert later(30) == ["other_channel"]


def test_automatic_category_is_ordered_without_a_tap(town: Town) -> None:
    matter = call(town.actor("call_taker"), town, category="1060")
    assert (matter.state, matter.orders.get().via) == ("ordered", "automatic")


def test_a_category_for_the_station_never_asks_a_room(town: Town) -> None:
    desk = town.actor("dispatcher")
    second = unit(town.station, "所002", [])
    order = give_order(desk, matter=call(desk, town, category="1010"), unit=town.units[3])
    Job.objects.filter(name="outbox.send").delete()
    assert "next_unit" in later(31)
    assert {row.unit for row in Order.objects.filter(matter=order.matter)} == {town.units[3], second}
    assert not Job.objects.exclude(last_error="").exists()


def test_whoever_was_sent_hears_of_changes(town: Town) -> None:
    desk = town.actor("dispatcher")
    matter = call(desk, town)
    give_order(desk, matter=matter, unit=town.units[1])
    lon, lat = town.spot()
    place_matter(desk, matter=matter, lon=lon, lat=lat, address="南门")
    entry = Entry.objects.filter(act="matter.place").get()
    assert f" {town.rooms[1].path} " in entry.paths
