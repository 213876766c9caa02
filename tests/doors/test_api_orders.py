"""An order's whole life over HTTP, and who is told what when two are first."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.operations.units.models import Unit
from linli.org.roster.acts import plan_shift
from tests.doors.conftest import Door
from tests.town import SETUP, Town

Enter = Callable[[str], Door]


def taken(town: Town, door: Enter, *, room: int = 0, **more: Any) -> str:
    lon, lat = town.spot(room=room)
    status, answer = door("110").post("/incidents", {"category": "5020", "lon": lon, "lat": lat, **more})
    assert status == 201
    return str(answer["number"])


def ordered(town: Town, door: Enter, unit: str = "警101", **more: Any) -> tuple[str, dict[str, Any]]:
    number = taken(town, door)
    status, order = door("dispatcher").post(f"/matters/{number}/orders", {"unit": unit, **more})
    assert status == 201, order
    return number, order


def test_from_call_to_closed(town: Town, door: Enter) -> None:
    desk, officer = door("dispatcher"), door("community_officer")
    number, order = ordered(town, door)
    assert (order["state"], order["unit"]["call_sign"], order["arrived_at"]) == ("ordered", "警101", None)
    assert order["eta_s"] is not None
    _, me = officer.get("/me")
    assert [one["id"] for one in me["orders"]] == [order["id"]]
    assert me["orders"][0]["matter"]["number"] == number
    at = (clock.now() - timedelta(seconds=3)).isoformat()
    steps = [
        ("deliver", {"at": at}, "delivered"),
        ("sign", {"at": at}, "signed"),
        ("set_out", {"at": at}, "under_way"),
        ("arrive", {"at": at, "lon": town.spot()[0], "lat": town.spot()[1], "accuracy_m": 8}, "arrived"),
        ("finish", {"result": "已送回家"}, "done"),
    ]
    for move, body, state in steps:
        status, answer = officer.post(f"/orders/{order['id']}/moves/{move}", body)
        assert (status, answer.get("state")) == (200, state), answer
    assert officer.post(f"/matters/{number}/moves/feed_back", {"outcome": "家属已接回"})[0] == 200
    assert desk.post(f"/matters/{number}/moves/close")[0] == 200
    _, shown = desk.get(f"/matters/{number}")
    assert shown["state"] == "closed"
    assert shown["moves"][0]["name"] == "reopen"
    milestones = [stamp["milestone"] for stamp in shown["stamps"]]
    for name in ("received", "recommended", "ordered", "delivered", "signed", "under_way", "arrived", "done", "closed"):
        assert name in milestones, name
    signed = next(stamp for stamp in shown["stamps"] if stamp["milestone"] == "signed")
    assert signed["source"] == "person"
    assert signed["device_at"] is not None
    assert signed["unit"] == "警101"
    assert {entry["act"] for entry in shown["timeline"]} >= {"incident.take", "order.give", "order.sign", "matter.move"}
    assert all(entry["zh"] and entry["en"] for entry in shown["timeline"])


def test_the_desk_signs_by_radio(town: Town, door: Enter) -> None:
    _, order = ordered(town, door)
    status, answer = door("dispatcher").post(f"/orders/{order['id']}/moves/sign")
    assert (status, answer["by_radio"]) == (200, True)
    _, shown = door("dispatcher").get(f"/orders/{order['id']}")
    assert shown["state"] == "signed"


def test_the_second_desk_is_told_who_was_first(town: Town, door: Enter) -> None:
    first, _ = ordered(town, door)
    second = taken(town, door)
    status, answer = door("call_taker").post(f"/matters/{second}/orders", {"unit": "警101"})
    assert (status, answer["code"]) == (409, "order.unit_taken")
    assert first in answer["title"]


def test_a_step_that_has_passed_is_a_conflict(town: Town, door: Enter) -> None:
    _, order = ordered(town, door)
    door("dispatcher").post(f"/orders/{order['id']}/moves/recall", {"reason": "误派"})
    status, answer = door("community_officer").post(f"/orders/{order['id']}/moves/sign")
    assert (status, answer["code"], answer["facts"]["state"]) == (409, "workflow.moved_on", "recalled")
    assert Unit.objects.get(call_sign="警101").order_id is None


@pytest.mark.parametrize(
    ("move", "body", "status", "code"),
    [
        ("decline", {}, 422, "fact.missing"),
        ("dance", {}, 422, "workflow.no_such_move"),
        ("sign", {"at": "soon"}, 422, "request.facts"),
        ("sign", {"at": "2026-01-01T00:00:00"}, 422, "request.facts"),
        ("arrive", {"lon": 999, "lat": 0}, 422, "request.facts"),
        ("recall", {"reason": "长" * 201}, 422, "request.facts"),
    ],
)
def test_steps_badly_asked(move: str, body: dict[str, Any], status: int, code: str, town: Town, door: Enter) -> None:
    _, order = ordered(town, door)
    got, answer = door("community_officer").post(f"/orders/{order['id']}/moves/{move}", body)
    assert (got, answer["code"]) == (status, code)
    assert door("dispatcher").get(f"/orders/{order['id']}")[1]["state"] == "ordered"


def test_recommendation_for_a_call_and_for_a_point(town: Town, door: Enter) -> None:
    number = taken(town, door, room=1)
    _, answer = door("dispatcher").get(f"/matters/{number}/recommendation", k=2)
    assert answer["units"][0]["unit"]["call_sign"] == "警201"
    assert len(answer["units"]) == 2
    assert answer["responsible"]["agency"]["code"] == "R2"
    lon, lat = town.spot(room=1)
    _, same = door("dispatcher").get("/recommendation", lon=lon, lat=lat, category="5020")
    assert same["units"][0]["unit"] == answer["units"][0]["unit"]
    assert door("dispatcher").get("/recommendation", lon="x", lat=lat)[0] == 422


def test_joint_orders(town: Town, door: Enter) -> None:
    numbers = [taken(town, door, room=room) for room in (0, 1, 2)]
    status, answer = door("dispatcher").post("/dispatch/joint", {"matters": numbers})
    assert status == 201, answer
    assert sorted(order["unit"]["call_sign"] for order in answer["orders"]) == ["警101", "警201", "警301"]
    assert {order["via"] for order in answer["orders"]} == {"joint"}
    assert len(answer["plan"]["assigned"]) == 3
    status, answer = door("dispatcher").post("/dispatch/joint", {"matters": numbers})
    assert (status, answer["code"]) == (422, "joint.nothing")
    assert door("community_officer").post("/dispatch/joint", {"matters": numbers[:1]})[0] == 403


def test_a_joint_plan_is_looked_at_before_it_is_ordered(town: Town, door: Enter) -> None:
    desk = door("dispatcher")
    numbers = [taken(town, door, room=room) for room in (0, 1, 2)]
    status, answer = desk.get("/dispatch/joint", matters=numbers)
    assert (status, answer["matters"]) == (200, numbers)
    assert [one["incident"] for one in answer["plan"]["assigned"]] == numbers
    expected = {one["incident"]: one["suggestion"]["unit"]["id"] for one in answer["plan"]["assigned"]}
    assert desk.post(f"/matters/{numbers[2]}/orders", {"unit": "警101"})[0] == 201, "another desk was quicker"
    status, refused = desk.post("/dispatch/joint", {"matters": numbers, "expected": expected})
    assert (status, refused["code"]) == (409, "joint.changed")
    assert desk.get(f"/matters/{numbers[0]}")[1]["state"] == "waiting", "nothing was ordered"
    _, answer = desk.get("/dispatch/joint", matters=numbers)
    assert answer["matters"] == numbers[:2]
    first, second = (one["suggestion"]["unit"]["id"] for one in answer["plan"]["assigned"])
    # The plan of now would be another one, but what was shown can still be done: it is what is ordered.
    shown = {numbers[0]: second, numbers[1]: first}
    status, given = desk.post("/dispatch/joint", {"matters": answer["matters"], "expected": shown})
    assert (status, given["plan"]) == (201, None)
    assert [order["unit"]["id"] for order in given["orders"]] == [second, first]


def test_of_a_plan_whose_unit_was_taken_nothing_is_ordered(town: Town, door: Enter) -> None:
    desk = door("dispatcher")
    numbers = [taken(town, door, room=room) for room in (0, 1, 2)]
    _, answer = desk.get("/dispatch/joint", matters=numbers[:2])
    expected = {one["incident"]: one["suggestion"]["unit"]["id"] for one in answer["plan"]["assigned"]}
    assert desk.post(f"/matters/{numbers[2]}/orders", {"unit": expected[numbers[1]]})[0] == 201, "sent elsewhere"
    asked = {"matters": numbers[:2], "expected": expected}
    status, refused = desk.post("/dispatch/joint", asked)
    assert (status, refused["code"]) == (409, "order.unit_taken")
    for wrong in ({numbers[0]: str(uuid.uuid4())}, {"X-1": expected[numbers[0]]}):
        status, refused = desk.post("/dispatch/joint", asked | {"expected": wrong})
        assert (status, refused["code"]) == (409, "joint.changed")
    status, refused = desk.post("/dispatch/joint", asked | {"expected": {}})
    assert (status, refused["code"]) == (422, "joint.nothing")
    assert {desk.get(f"/matters/{number}")[1]["state"] for number in numbers[:2]} == {"waiting"}, "nothing was ordered"


def test_the_rooms_team_goes_with_one_tap(town: Town, door: Enter) -> None:
    number = taken(town, door)
    status, answer = door("community_officer").post(f"/matters/{number}/team", {})
    assert status == 201, answer
    assert [(order["unit"]["call_sign"], order["via"]) for order in answer["orders"]] == [("警101", "team")]
    again = taken(town, door)
    status, answer = door("community_officer").post(f"/matters/{again}/team", {})
    assert (status, answer["code"]) == (409, "team.nobody")


def test_the_rooms_telephone_follows_the_roster(town: Town, door: Enter) -> None:
    now = clock.now()
    _, nobody = door("dispatcher").get("/rooms/R1/answers")
    assert (nobody["person"], nobody["phone"]) == (None, "0000-100")
    desk = town.people["station_desk"]
    plan_shift(
        SETUP, agency=town.station, person=desk, begins_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)
    )
    _, passed = door("dispatcher").get("/rooms/R1/answers")
    assert (passed["person"]["name"], passed["answers_at"]["code"], passed["passed_up"]) == (desk.name, "S1", 1)
    own = town.people["community_officer"]
    plan_shift(
        SETUP, agency=town.rooms[0], person=own, begins_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)
    )
    _, answers = door("dispatcher").get("/rooms/R1/answers")
    assert (answers["person"]["name"], answers["passed_up"]) == (own.name, 0)
    status, taken_there = door("community_officer").post("/rooms/R1/calls", {"narrative": "有人打架"})
    assert status == 201
    assert taken_there["answered_by"]["code"] == "R1"
    _, shown = door("dispatcher").get(f"/matters/{taken_there['number']}")
    assert shown["source"] == "room_phone"
    assert door("dispatcher").get("/rooms/S1/answers")[0] == 404


def test_positions_and_availability(town: Town, door: Enter) -> None:
    lon, lat = town.spot(room=1)
    at = clock.now().isoformat()
    officer = door("community_officer")
    batch = [
        {"unit": "警101", "lon": lon, "lat": lat, "at": at, "accuracy_m": 9},
        {"unit": "警201", "lon": lon, "lat": lat, "at": at},
        {"unit": "nobody", "lon": lon, "lat": lat, "at": at},
    ]
    _, answer = officer.post("/units/positions", batch)
    assert answer == {"stored": 1, "unknown": ["nobody", "警201"], "refused": []}, "only one's own unit may be placed"
    _, all_of_them = door("110").post("/units/positions", [row | {"at": clock.now().isoformat()} for row in batch[:2]])
    assert all_of_them == {"stored": 2, "unknown": [], "refused": []}, "a gateway reports for all"
    _, units = door("dispatcher").get("/units")
    shown = {unit["call_sign"]: unit for unit in units["items"]}
    assert (shown["警101"]["lon"], shown["警101"]["crew"]) == (lon, ["演community_officer"])
    assert door("dispatcher").get("/units", since=units["at"])[1]["items"] == []
    status, unit = officer.post("/units/警101/availability", {"availability": "conditional", "activity": "visiting"})
    assert (status, unit["activity"]) == (200, "visiting")
    assert officer.post("/units/警201/availability", {"availability": "unavailable"})[0] == 404
    status, problem = officer.post("/units/positions", [{"unit": "警101", "lon": "x", "lat": lat, "at": at}])
    assert (status, problem["facts"]["errors"][0]["field"]) == (422, "0.lon")
    late = (clock.now() + timedelta(hours=1)).isoformat()
    odd = [{"unit": "警101", "lon": 999, "lat": lat, "at": at}, {"unit": "警101", "lon": lon, "lat": lat, "at": late}]
    _, answer = officer.post("/units/positions", odd)
    assert answer["stored"] == 0
    assert [(one["index"], one["code"]) for one in answer["refused"]] == [
        (0, "place.impossible"),
        (1, "position.in_future"),
    ]


def test_too_many_positions(town: Town, door: Enter) -> None:
    row = {"unit": "警101", "lon": 119.8, "lat": 29.4, "at": clock.now().isoformat()}
    status, answer = door("110").post("/units/positions", [row] * 2001)
    assert (status, answer["code"]) == (422, "positions.too_many")
