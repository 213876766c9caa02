"""The incident door: an emergency is never refused; what is doubtful comes back as a warning."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.geo import Datum, from_wgs84
from linli.matters.ledger.models import Matter
from linli.trail.models import Entry
from tests.doors.conftest import Door
from tests.town import SOUTH, STEP, WEST, Town

Enter = Callable[[str], Door]


def call(town: Town, **more: Any) -> dict[str, Any]:
    lon, lat = town.spot()
    return {"category": "5020", "narrative": "老人走失", "lon": lon, "lat": lat} | more


def codes(answer: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in answer["warnings"]}


def test_a_call_is_taken_located_and_recommended_for(town: Town, door: Enter) -> None:
    caller = {"name": "王小明", "phone": "13812345678"}
    at = clock.now() - timedelta(seconds=20)
    status, answer = door("110").post("/incidents", call(town, received_at=at.isoformat(), caller=caller, priority=1))
    assert status == 201
    assert answer["number"].startswith("JQ")
    assert (answer["state"], answer["priority"], answer["warnings"]) == ("waiting", 1, [])
    assert answer["grid"]["code"] == "G1"
    assert answer["room"]["code"] == "R1"
    assert answer["station"]["code"] == "S1"
    first = answer["recommended"][0]
    assert first["unit"]["call_sign"] == "警101"
    assert first["eta_s"] > 0
    assert 0 <= first["within_300_s"] <= 1
    assert all(reason["zh"] and reason["en"] for reason in first["reasons"])
    matter = Matter.objects.get(number=answer["number"])
    assert matter.source == "110"
    assert matter.received_at == at


def test_when_the_call_was_answered_is_a_stamp_of_its_own(town: Town, door: Enter) -> None:
    at = clock.now() - timedelta(seconds=8)
    _, answer = door("110").post("/incidents", call(town, answered_at=at.isoformat()))
    _, shown = door("dispatcher").get(f"/matters/{answer['number']}")
    stamps = {stamp["milestone"]: stamp for stamp in shown["stamps"]}
    assert stamps["answered"]["server_at"] == at.isoformat().replace("+00:00", "Z")
    _, without = door("110").post("/incidents", call(town, answered_at="soon"))
    _, shown = door("dispatcher").get(f"/matters/{without['number']}")
    assert "answered" not in {stamp["milestone"] for stamp in shown["stamps"]}


def outside(km: float) -> dict[str, Any]:
    return {"lon": WEST - km / 97, "lat": SOUTH + STEP / 2}


def gcj(town: Town) -> dict[str, Any]:
    # On the county's western edge the shift of some 500 m leads out of it.
    lon, lat = WEST + STEP * 2.999, SOUTH + STEP / 2
    moved = from_wgs84(lon, lat, Datum.GCJ02)
    return {"lon": moved.lon, "lat": moved.lat}


BAD: dict[str, tuple[Callable[[Town], dict[str, Any]], set[str]]] = {
    "unknown category": (lambda town: {"category": "ZZ"}, {"call.category_unknown"}),
    "no category": (lambda town: {"category": None, "narrative": "…"}, {"call.category_missing"}),
    "category is a list": (lambda town: {"category": ["5020"]}, {"call.category_unknown"}),
    "a little outside the county": (lambda town: outside(2), {"call.point_outside"}),
    "far outside": (lambda town: outside(800), {"call.point_far_outside"}),
    "lon and lat swapped": (
        lambda town: {"lon": town.spot()[1], "lat": town.spot()[0]},
        {"call.point_swapped"},
    ),
    "GCJ-02 sent as WGS-84": (gcj, {"call.point_gcj02"}),
    "no such point": (lambda town: {"lon": 999, "lat": 999}, {"call.point_unreadable", "call.no_place"}),
    "half a point": (lambda town: {"lat": None}, {"call.point_unreadable", "call.no_place"}),
    "words for numbers": (lambda town: {"lon": "east"}, {"call.point_unreadable", "call.no_place"}),
    "unknown datum": (lambda town: {"datum": "BJ54"}, {"call.datum_unknown"}),
    "time unreadable": (lambda town: {"received_at": "yesterday"}, {"call.time_unreadable"}),
    "time of another age": (lambda town: {"received_at": "0001-01-01T00:00:00Z"}, {"call.time_unreadable"}),
    "time without offset": (
        lambda town: {"received_at": clock.shanghai(clock.now()).replace(tzinfo=None).isoformat()},
        {"call.time_without_offset"},
    ),
    "time in the future": (
        lambda town: {"received_at": (clock.now() + timedelta(hours=3)).isoformat()},
        {"call.time_in_future"},
    ),
    "time long ago": (
        lambda town: {"received_at": (clock.now() - timedelta(days=9)).isoformat()},
        {"call.time_long_ago"},
    ),
    "priority 9": (lambda town: {"priority": 9}, {"call.priority_unreadable"}),
    "priority in words": (lambda town: {"priority": "high"}, {"call.priority_unreadable"}),
    "no place at all": (lambda town: {"lon": None, "lat": None}, {"call.no_place"}),
    "an address nobody knows": (
        lambda town: {"lon": None, "lat": None, "address": "不存在路1号"},
        {"call.address_not_found"},
    ),
    "narrative is a list": (lambda town: {"narrative": ["fire", 1]}, {"call.narrative_unreadable"}),
    "caller is a number": (lambda town: {"caller": 13812345678}, {"call.caller_unreadable"}),
}


@pytest.mark.parametrize("name", BAD)
def test_an_emergency_is_never_refused(name: str, town: Town, door: Enter) -> None:
    spoil, expected = BAD[name]
    status, answer = door("110").post("/incidents", call(town) | spoil(town))
    assert status == 201, answer
    assert expected <= codes(answer), codes(answer)
    assert all(warning["zh"] and warning["en"] for warning in answer["warnings"])
    stored = Matter.objects.get(number=answer["number"])
    assert stored.warnings == answer["warnings"]
    _, shown = door("dispatcher").get(f"/matters/{answer['number']}")
    assert shown["warnings"] == answer["warnings"], "the desk sees the doubts"


ODD: dict[str, bytes] = {
    "nothing but braces": b"{}",
    "a text": '"有人打架"'.encode(),
    "a list": b"[1, 2]",
    "NUL": b'{"narrative": "a\\u0000b", "address": "\\u0000", "caller": {"name": "\\u0000"}}',
    "half a surrogate pair": b'{"narrative": "x\\ud83d", "category": "\\udc00", "source": "\\ud800"}',
    "GB18030": '{"narrative": "有人打架，快来"}'.encode("gb18030"),
    "a mark at the beginning": b"\xef\xbb\xbf" + '{"narrative": "快来"}'.encode(),
    "a number of 5,000 digits": b'{"lon": ' + b"9" * 5000 + b"}",
    "not a number": b'{"lon": NaN, "lat": Infinity}',
    "a control sign in a text": b'{"narrative": "a\tb\nc"}',
    "very long": json.dumps({"narrative": "长" * 100_000, "address": "x" * 9_000, "category": "y" * 900}).encode(),
    "the same key twice": b'{"narrative": "a", "narrative": "b"}',
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_parses_is_stored(name: str, town: Town, door: Enter) -> None:
    status, answer = door("110").send("/incidents", ODD[name])
    assert status == 201, answer
    _, shown = door("dispatcher").get(f"/matters/{answer['number']}")
    assert shown["state"] == "waiting"


def test_older_systems_are_understood(town: Town, door: Enter) -> None:
    _, answer = door("110").send("/incidents", ODD["GB18030"])
    assert Matter.objects.get(number=answer["number"]).details["narrative"] == "有人打架，快来"


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b"<call/>", b"[" * 100_000])
def test_what_does_not_parse_is_refused_and_nothing_is_stored(body: bytes, town: Town, door: Enter) -> None:
    status, answer = door("110").send("/incidents", body)
    assert status == 400
    assert door("110").headers["Content-Type"] == "application/problem+json"
    assert answer["code"] == "request.unreadable"
    assert not Matter.objects.exists()


def test_a_body_too_large_is_refused_unread(town: Town, door: Enter) -> None:
    status, answer = door("110").send("/incidents", b'{"narrative": "' + b"x" * 3_000_000 + b'"}')
    assert (status, answer["code"]) == (413, "request.too_large")
    assert not Matter.objects.exists()


def test_the_sending_systems_number_comes_once(town: Town, door: Enter) -> None:
    first = call(town, external_number="A-1")
    _, one = door("110").post("/incidents", first)
    status, two = door("110").post("/incidents", first)
    assert status == 201
    assert codes(two) == {"call.number_repeated"}
    assert one["number"] != two["number"], "a repeated number is still a call"


def test_a_category_for_the_station_goes_there(town: Town, door: Enter) -> None:
    _, answer = door("110").post("/incidents", call(town, category="1010"))
    assert answer["room"] is None
    assert answer["agency"]["code"] == "S1"
    assert codes(answer) == {"call.for_station"}
    assert [row["unit"]["call_sign"] for row in answer["recommended"]] == ["所001"]


def test_an_automatic_category_is_ordered_without_a_tap(town: Town, door: Enter) -> None:
    _, answer = door("110").post("/incidents", call(town, category="1060"))
    _, shown = door("dispatcher").get(f"/matters/{answer['number']}")
    assert [order["via"] for order in shown["orders"]] == ["automatic"]
    assert shown["state"] == "ordered"


def test_what_the_trail_keeps_names_nobody(town: Town, door: Enter) -> None:
    door("110").post("/incidents", call(town, caller={"name": "王小明", "phone": "13812345678"}))
    kept = json.dumps([entry.facts for entry in Entry.objects.all()], ensure_ascii=False)
    assert "王小明" not in kept
    assert "13812345678" not in kept
    assert "老人走失" not in kept
