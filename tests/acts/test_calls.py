"""An emergency is never refused: whatever can be parsed is stored, and every doubt is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.kernel import clock
from linli.kernel.geo import Datum, from_wgs84
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.parties.models import Party
from linli.matters.routing.acts import place_matter, recategorise, take_call
from linli.matters.routing.models import Category
from linli.matters.routing.rules import read_call
from linli.operations.dispatch.models import Order
from tests.racing import race
from tests.town import Town, build_town, call


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def codes(matter: Matter) -> set[str]:
    return {item["code"] for item in matter.warnings}


def sent(town: Town, **more: Any) -> dict[str, Any]:
    lon, lat = town.spot(1)
    return {"category": "5020", "narrative": "老人走失", "lon": lon, "lat": lat, **more}


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ({"category": "飞碟"}, "call.category_unknown"),
        ({"category": None, "narrative": "喂喂"}, "call.category_missing"),
        ({"priority": "very"}, "call.priority_unreadable"),
        ({"priority": 99}, "call.priority_unreadable"),
        ({"received_at": "yesterday"}, "call.time_unreadable"),
        ({"received_at": "2999-01-01T00:00:00+08:00"}, "call.time_unreadable"),
        ({"received_at": "2001-01-01T00:00:00+08:00"}, "call.time_long_ago"),
        ({"received_at": "2026-01-01T00:00:00"}, "call.time_without_offset"),
        ({"lon": "abc"}, "call.point_unreadable"),
        ({"lon": float("nan")}, "call.point_unreadable"),
        ({"lon": 400, "lat": 400}, "call.point_unreadable"),
        ({"lon": 9.0, "lat": 170.0}, "call.point_unreadable"),
        ({"lon": 0.0, "lat": 0.0}, "call.point_far_outside"),
        ({"lon": None, "lat": None}, "call.no_place"),
        ({"lon": None, "lat": None, "address": "无此路无此号"}, "call.address_not_found"),
        ({"caller": "13900000000"}, "call.caller_unreadable"),
        ({"narrative": {"a": 1}}, "call.narrative_unreadable"),
        ({"datum": "MARS"}, "call.datum_unknown"),
        ({"priority": 2.5}, "call.priority_unreadable"),
        ({"category": None, "narrative": "手机被偷"}, "call.category_guessed"),
        ({"narrative": "火" * 4001}, "call.cut"),
        ({"caller": {"phone": "1" * 99}}, "call.cut"),
    ],
)
def test_bad_facts_are_stored_with_a_warning(town: Town, more: dict[str, Any], warning: str) -> None:
    matter = take_call(town.actor("call_taker"), sent=sent(town, **more))
    matter.refresh_from_db()
    assert warning in codes(matter)
    assert matter.state == "waiting"
    assert matter.agency is not None


@pytest.mark.parametrize("received_at", ["1999-01-01T00:00:00Z", "2001-01-01T00:00:00+08:00"])
def test_a_wrong_clock_elsewhere_does_not_lose_the_room(town: Town, received_at: str) -> None:
    known = take_call(town.actor("call_taker"), sent=sent(town))
    matter = take_call(town.actor("call_taker"), sent=sent(town, received_at=received_at))
    assert codes(matter) == {"call.time_long_ago"}
    assert known.grid_id is not None
    assert (matter.grid_id, matter.agency_id, matter.station_id) == (known.grid_id, known.agency_id, known.station_id)


def test_an_unknown_category_is_guessed_by_the_narrative_and_no_machine_orders_on_a_guess(town: Town) -> None:
    Category.objects.filter(code="1040").update(automatic=True, updated_at=clock.now())
    lon, lat = town.spot(1)
    sure, foreign, guessed = (
        take_call(town.actor("call_taker"), sent={"narrative": "手机被偷", "lon": lon, "lat": lat, **more})
        for more in ({"category": "1040"}, {"category": "LARCENY"}, {})
    )
    assert {matter.category for matter in (sure, foreign, guessed)} == {"1040"}
    assert set(Order.objects.values_list("matter_id", flat=True)) == {sure.pk}
    assert foreign.warnings[0]["facts"] == {"sent": "LARCENY", "taken": sure.title}


def test_future_time_is_kept_and_doubted(town: Town) -> None:
    at = clock.now() + timedelta(hours=2)
    matter = take_call(town.actor("call_taker"), sent=sent(town, received_at=at.isoformat()))
    assert "call.time_in_future" in codes(matter)
    assert matter.received_at == at


def test_swapped_point_is_suggested_not_changed(town: Town) -> None:
    lon, lat = town.spot(1)
    matter = take_call(town.actor("call_taker"), sent=sent(town, lon=lat, lat=lon))
    assert codes(matter) == {"call.point_swapped"}
    assert (matter.lon, matter.lat) == (None, None), "a latitude of 119° breaks every map that draws it"
    assert matter.details["as_sent"]["point"] == [lat, lon]
    facts = matter.warnings[0]["facts"]
    assert (facts["lon"], facts["lat"]) == (pytest.approx(lon, abs=1e-6), pytest.approx(lat, abs=1e-6))


def test_gcj02_is_suspected_at_the_edge(town: Town) -> None:
    lon, lat = town.spot(2, 0.99, 0.5)
    shifted = from_wgs84(lon, lat, Datum.GCJ02)
    matter = take_call(town.actor("call_taker"), sent=sent(town, lon=shifted.lon, lat=shifted.lat))
    assert codes(matter) == {"call.point_gcj02"}


def test_declared_gcj02_is_converted(town: Town) -> None:
    lon, lat = town.spot(0)
    shifted = from_wgs84(lon, lat, Datum.GCJ02)
    matter = take_call(town.actor("call_taker"), sent=sent(town, lon=shifted.lon, lat=shifted.lat, datum="GCJ-02"))
    assert codes(matter) == set()
    assert matter.lon == pytest.approx(lon, abs=2e-6)
    assert matter.lat == pytest.approx(lat, abs=2e-6)


def test_outside_offers_the_neighbour(town: Town) -> None:
    lon, lat = town.spot(0, -0.1, 0.5)
    matter = take_call(town.actor("call_taker"), sent=sent(town, lon=lon, lat=lat))
    assert codes(matter) == {"call.point_outside"}
    assert matter.agency == town.bureau


def test_placing_on_the_map_routes_and_clears_the_doubt(town: Town) -> None:
    matter = take_call(town.actor("call_taker"), sent=sent(town, lon=None, lat=None))
    assert matter.recommendations.get().units == []
    lon, lat = town.spot(2)
    place_matter(town.actor("call_taker"), matter=matter, lon=lon, lat=lat)
    assert (matter.agency, codes(matter)) == (town.rooms[2], set())
    assert Stamp.objects.filter(matter=matter, milestone="located").count() == 1


def test_initial_and_final_category_are_both_kept(town: Town) -> None:
    matter = call(town.actor("call_taker"), town)
    recategorise(town.actor("dispatcher"), matter=matter, category_code="1010")
    assert (matter.category_initial, matter.category) == ("5020", "1010")
    assert (matter.priority_initial, matter.priority) == (2, 1)
    assert matter.agency == town.station


def test_same_external_number_twice_is_two_calls_and_one_doubt(town: Town) -> None:
    actor = town.actor("call_taker")
    first = take_call(actor, sent=sent(town, source="110", external_number="A1"))
    second = take_call(actor, sent=sent(town, source="110", external_number="A1"))
    assert first.number != second.number
    assert codes(second) == {"call.number_repeated"}


def test_caller_is_sealed(town: Town) -> None:
    matter = call(town.actor("call_taker"), town)
    party = Party.objects.get(matter=matter)
    assert (party.name, party.phone) == ("甲某", "13900001111")
    assert b"13900001111" not in bytes(party.phone_sealed)
    assert "13900001111" not in str(matter.details)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "received_at",
    "category",
    "priority",
    "narrative",
    "caller",
    "lon",
    "lat",
    "address",
    "datum",
    "source",
    "external_number",
]


@given(body=st.dictionaries(st.sampled_from(FIELDS), anything))
def test_reading_never_raises(body: dict[str, Any]) -> None:
    read_call(body, clock.now())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.dictionaries(st.sampled_from(FIELDS), anything))
def test_whatever_comes_is_stored(town: Town, body: dict[str, Any]) -> None:
    matter = take_call(town.actor("call_taker"), sent=body)
    assert Matter.objects.get(pk=matter.pk).state in ("waiting", "ordered")


@pytest.mark.django_db(transaction=True)
def test_the_same_call_sent_at_once_by_many_lines_is_never_refused() -> None:
    town = build_town(rooms=2)
    actor = town.actor("call_taker")
    answers = race(5, lambda n: take_call(actor, sent=sent(town, source="110", external_number="同号")))
    assert all(isinstance(answer, Matter) for answer in answers)
    assert Matter.objects.filter(external_number="同号").count() == 1
    assert Matter.objects.count() == 5


class Panic(BaseException):
    """What a compiled library may throw: no Exception."""


@pytest.mark.parametrize("fault", [ValueError, Panic])
def test_a_recommendation_that_fails_loses_no_call(
    town: Town, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    def broken(*given: object) -> None:
        raise fault("as asked")

    monkeypatch.setattr("linli.operations.dispatch.queries.recommend", broken)
    matter = call(town.actor("call_taker"), town)
    assert Matter.objects.get(pk=matter.pk).state == "waiting"
    assert matter.recommendations.get().units == []
