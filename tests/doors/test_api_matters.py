"""The ledger over HTTP: lists and their pages, kinds, ties, tickets, places, the chief's day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.trail.reads.models import Read
from tests.doors.conftest import Door
from tests.town import SOUTH, STEP, WEST, Town

Enter = Callable[[str], Door]


def take(town: Town, door: Enter, *, room: int = 0, **more: Any) -> str:
    lon, lat = town.spot(room=room)
    return str(door("110").post("/incidents", {"category": "5020", "lon": lon, "lat": lat, **more})[1]["number"])


def numbers(answer: dict[str, Any]) -> list[str]:
    return [item["number"] for item in answer["items"]]


def test_a_list_is_paged_without_gap_or_repeat_while_it_grows(town: Town, door: Enter) -> None:
    made = [take(town, door) for _ in range(7)]
    desk = door("dispatcher")
    _, page = desk.get("/matters", limit=3)
    seen = numbers(page)
    made_later = take(town, door)
    while page["next"]:
        _, page = desk.get("/matters", limit=3, cursor=page["next"])
        seen += numbers(page)
    assert seen == made[::-1]
    assert made_later not in seen
    assert set(page["items"][0]) >= {"number", "state_words", "agency", "grid", "warnings", "orders", "late", "version"}


def test_filters(town: Town, door: Enter) -> None:
    one, two = take(town, door, room=0), take(town, door, room=1, category="1040")
    desk = door("dispatcher")
    desk.post(f"/matters/{two}/moves/void", {"reason": "重复"})
    assert numbers(desk.get("/matters", open=1)[1]) == [one]
    assert numbers(desk.get("/matters", state="void")[1]) == [two]
    assert numbers(desk.get("/matters", state="void,waiting")[1]) == [two, one]
    assert numbers(desk.get("/matters", agency="R1")[1]) == [one]
    assert numbers(desk.get("/matters", agency="S1")[1]) == [two, one]
    assert numbers(desk.get("/matters", bbox=f"{WEST},{SOUTH},{WEST + STEP},{SOUTH + STEP}")[1]) == [one]
    assert numbers(desk.get("/matters", q="盗窃")[1]) == [two]
    assert numbers(desk.get("/matters", q=one)[1]) == [one]
    assert numbers(desk.get("/matters", kind="tip")[1]) == []
    later = (clock.now() + timedelta(hours=1)).isoformat()
    assert numbers(desk.get("/matters", since=later)[1]) == []


@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "1,2,3"},
        {"bbox": "10,10,5,5"},
        {"bbox": "a,b,c,d"},
        {"bbox": "nan,0,1,1"},
        {"kind": "nope"},
        {"state": "waiting,nope"},
        {"q": "手"},
        {"cursor": "!!!"},
        {"cursor": "f12x"},
        {"since": "yesterday"},
        {"since": "2026-01-01T00:00:00"},
        {"limit": "many"},
    ],
)
def test_filters_badly_asked(query: dict[str, str], town: Town, door: Enter) -> None:
    status, answer = door("dispatcher").get("/matters", **query)
    assert status == 422
    assert answer["code"] in {"fact.wrong", "request.facts", "search.too_short"}


@pytest.mark.parametrize("path", ["/matters?q=%00", "/matters/%00", "/nowhere", "/matters/x/y/z"])
def test_odd_addresses(path: str, town: Town, door: Enter) -> None:
    desk = door("dispatcher")
    answer = desk.client.get(f"/api/v1{path}", HTTP_AUTHORIZATION=f"Bearer {desk.token}")
    assert answer.status_code in {400, 404}
    assert answer["Content-Type"] == "application/problem+json"


def test_a_wrong_verb(town: Town, door: Enter) -> None:
    desk = door("dispatcher")
    answer = desk.client.delete("/api/v1/matters", HTTP_AUTHORIZATION=f"Bearer {desk.token}")
    assert (answer.status_code, answer.json()["code"]) == (405, "request.wrong_method")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("body", [b"{", b'"text"', b"\xff", b'{"text": "\\u0000"}', b'{"text": "\\ud800"}', b"[1]"])
def test_other_doors_want_it_right(body: bytes, town: Town, door: Enter) -> None:
    number = take(town, door)
    status, answer = door("dispatcher").send(f"/matters/{number}/notes", body)
    assert status in {400, 422}
    assert answer["code"] in {"request.unreadable", "request.facts"}
    assert door("dispatcher").get(f"/matters/{number}")[1]["notes"] == []


KINDS = {
    "tip": {"what": "夜间有陌生人"},
    "task": {"what": "进集市宣传"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_another_kind_from_open_to_closed(kind: str, town: Town, door: Enter) -> None:
    officer = door("community_officer")
    lon, lat = town.spot()
    body = {"kind": kind, "title": "一件事", "details": KINDS[kind], "lon": lon, "lat": lat}
    status, made = officer.post("/matters", body)
    assert status == 201, made
    assert made["agency"]["code"] == "R1"
    path = f"/matters/{made['number']}/moves"
    status, answer = officer.post(f"{path}/settle")
    assert (status, answer["code"]) == (422, "fact.missing")
    assert officer.post(f"{path}/settle", {"outcome": "已办"})[0] == 200
    assert officer.post(f"{path}/close")[1]["state"] == "closed"
    assert officer.post(f"{path}/close")[0] == 409
    assert officer.post(f"{path}/fly")[0] == 422


@pytest.mark.parametrize(
    "body", [{"kind": "parade"}, {"kind": "tip", "lon": 500}, {"kind": "tip", "title": "长" * 161}, {}]
)
def test_openings_badly_asked(body: dict[str, Any], town: Town, door: Enter) -> None:
    assert door("community_officer").post("/matters", body)[0] == 422
    assert door("dispatcher").get("/matters")[1]["items"] == []


def test_a_move_sets_nothing_but_what_it_needs(town: Town, door: Enter) -> None:
    number = take(town, door)
    facts = {"reason": "测试", "number": "JQ-evil", "agency_id": str(town.partner.pk), "priority": 1, "closed_at": None}
    status, answer = door("dispatcher").post(f"/matters/{number}/moves/void", facts)
    assert status == 200
    assert (answer["number"], answer["agency"]["code"]) == (number, "R1")


def test_placing_and_recategorising(town: Town, door: Enter) -> None:
    desk = door("dispatcher")
    _, nowhere = door("110").post("/incidents", {"category": "5020"})
    number = nowhere["number"]
    assert nowhere["agency"]["code"] == "B", "a call without a place is the bureau's, never nobody's"
    lon, lat = town.spot(room=2)
    status, placed = desk.post(f"/matters/{number}/place", {"lon": lon, "lat": lat, "address": "三村口"})
    assert (status, placed["agency"]["code"], placed["warnings"]) == (200, "R3", [])
    assert desk.post(f"/matters/{number}/place", {"lon": 200, "lat": 0})[0] == 422
    _, changed = desk.post(f"/matters/{number}/category", {"category": "1010", "priority": 1})
    assert (changed["category"]["code"], changed["agency"]["code"]) == ("1010", "S1")
    _, shown = desk.get(f"/matters/{number}")
    assert (shown["category_initial"], shown["priority_initial"]) == ("5020", 2)


def test_same_incident_is_suggested_tied_and_untied(town: Town, door: Enter) -> None:
    one, two = take(town, door), take(town, door)
    desk = door("dispatcher")
    _, similar = desk.get(f"/matters/{two}/similar")
    assert numbers(similar) == [one]
    assert similar["items"][0]["why"][0]["zh"]
    status, link = desk.post(f"/matters/{one}/links", {"other": two, "relation": "same"})
    assert (status, link["number"]) == (201, two)
    assert desk.post(f"/matters/{one}/links", {"other": two})[0] == 409
    assert desk.get(f"/matters/{two}")[1]["links"][0]["number"] == one
    assert desk.post(f"/links/{link['id']}/undo")[1]["undone"]
    assert desk.post(f"/links/{link['id']}/undo")[0] == 409
    assert desk.get(f"/matters/{two}")[1]["links"] == []


def test_a_ticket_goes_out_and_comes_back(town: Town, door: Enter) -> None:
    number, desk, partner = take(town, door), door("dispatcher"), door("partner_officer")
    assert partner.get(f"/matters/{number}")[0] == 404
    status, ticket = desk.post(f"/matters/{number}/handovers", {"agency": "P120", "mode": "ask_along", "text": "请来"})
    assert (status, ticket["state"]) == (201, "sent")
    assert desk.post(f"/matters/{number}/handovers", {"agency": "P120", "mode": "ask_along"})[0] == 409
    _, waiting = partner.get("/handovers")
    assert [item["number"] for item in waiting["items"]] == [number]
    assert {move["name"] for move in waiting["items"][0]["moves"]} == {"accept", "answer", "decline"}
    assert partner.get(f"/matters/{number}")[0] == 200, "who is asked along sees the matter"
    path = f"/handovers/{ticket['id']}/moves"
    assert partner.post(f"{path}/accept")[1]["state"] == "accepted"
    assert partner.post(f"{path}/answer")[0] == 422
    assert partner.post(f"{path}/answer", {"answer": "已送医"})[1]["answer"] == "已送医"
    assert desk.get(f"/matters/{number}")[1]["handovers"][0]["state"] == "answered"


def test_the_caller_is_masked_and_a_look_is_noted(town: Town, door: Enter) -> None:
    number = take(town, door, caller={"name": "王小明", "phone": "13812345678"})
    desk = door("dispatcher")
    assert desk.get(f"/matters/{number}")[1]["caller"] == {"name": "王**", "phone": "138****5678"}
    assert not Read.objects.exists()
    _, whole = desk.get(f"/matters/{number}/caller")
    assert (whole["name"], whole["phone"]) == ("王小明", "13812345678")
    assert Read.objects.get().purpose == f"处理{number}"
    desk.post(f"/matters/{number}/moves/void", {"reason": "误报"})
    status, answer = desk.get(f"/matters/{number}/caller")
    assert (status, answer["code"]) == (422, "read.purpose_missing"), "a closed matter does not fill the purpose"
    assert desk.get(f"/matters/{number}/caller", purpose="回访")[0] == 200


def test_today(town: Town, door: Enter) -> None:
    number = take(town, door)
    _, answer = door("station_chief").get("/today")
    assert (answer["incidents"], answer["diverted"], answer["diverted_share"]) == (1, 0, 0.0)
    assert [item["number"] for item in answer["open"]] == [number]
    assert door("partner_officer").get("/today")[1]["diverted_share"] is None


def test_what_is_only_similar_stands_apart_in_the_ledger(town: Town, door: Enter) -> None:
    one = take(town, door, narrative="东门口有人燃放鞭炮", address="临溪路88号")
    desk = door("dispatcher")
    _, page = desk.get("/matters", q="临西路")
    assert (numbers(page), [row["number"] for row in page["near"]]) == ([], [one]), "the same sound"
    assert desk.get("/matters", q="临溪路")[1]["near"] == []
    assert desk.get("/matters", q="临西路", state="closed")[1]["near"] == [], "the other filters hold"
    assert door("partner_officer").get("/matters", q="临西路")[1]["near"] == []


def test_a_place_without_premises_has_its_card(town: Town, door: Enter) -> None:
    lon, lat = town.spot(room=1)
    number, old = take(town, door, room=1), take(town, door, room=1)
    door("dispatcher").post(f"/matters/{old}/moves/void", {"reason": "重复"})
    asked = {"lon": lon, "lat": lat}
    status, here = door("dispatcher").get("/places/here", **asked)
    assert (status, here["grid"]["code"], here["room"]["code"], here["station"]["code"]) == (200, "G2", "R2", "S1")
    assert [row["number"] for row in here["open"]] == [number] and here["before"] == [] and here["premises"] == []
    assert [row["code"] for row in here["known"]] == ["calls.before"]
    _, other = door("partner_officer").get("/places/here", **asked)
    assert (other["open"], other["known"]) == ([], []), "who answers is known to all posts, what happened is not"
    assert door("dispatcher").get("/places/here", lon=400, lat=1)[0] == 422


def test_words_and_maps(town: Town, door: Enter) -> None:
    officer = door("community_officer")
    _, words = officer.get("/vocabulary")
    assert {kind["code"] for kind in words["kinds"]} >= {"incident", "tip", "dispute", "hazard", "help_request", "task"}
    assert {item["code"] for item in words["errors"]} >= {"order.unit_taken", "call.point_swapped", "request.facts"}
    assert all(item["zh"] and item["en"] for name in ("categories", "kinds", "errors") for item in words[name])
    _, grids = officer.get("/map/grids.geojson")
    assert [feature["properties"]["code"] for feature in grids["features"]] == ["G1", "G2", "G3"]
    _, rooms = officer.get("/map/rooms.geojson")
    assert len(rooms["features"]) == 4
    assert officer.get("/places/search", q="不存在")[1] == {"items": []}
    assert officer.get("/places/search", q="x", near="1")[0] == 422
    _, found = officer.get("/places/search", q="溪东派出所门口有人打架")
    assert (found["items"][0]["text"], found["items"][0]["kind"]) == ("溪东派出所", "agency"), (
        "a room's name is a place"
    )
    _, near = door("dispatcher").get("/places/search", q="xdpcs")
    assert near["items"][0]["text"] == "溪东派出所"
    _, me = officer.get("/me")
    assert (me["posts"][0]["code"], me["unit"]["call_sign"]) == ("community_officer", "警101")
