"""The practice, row by row, through the HTTP doors as the people of each row use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.insight.measures.queries import report_station
from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.kernel.scope import system
from linli.org.people.acts import make_token, open_account
from linli.org.roster.acts import plan_shift
from tests.town import SETUP, Town, build_town

Door = Callable[..., Any]


class Hand:
    """One person at the API: a bearer token and an idempotency key for each POST."""

    def __init__(self, town: Town, name: str) -> None:
        account = open_account(SETUP, username=f"u-{name}", person=town.people[name])
        self.client = Client(headers={"authorization": f"Bearer {make_token(SETUP, account=account, days=1)}"})

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None, *, status: int = 0) -> Any:
        answer = self.client.post(
            f"/api/v1{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers={"idempotency-key": str(new_id())},
        )
        wanted = (status,) if status else (200, 201)
        assert answer.status_code in wanted, answer.content.decode()
        return answer.json()


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def take(desk: Hand, town: Town, room: int = 0, **more: Any) -> Any:
    lon, lat = town.spot(room)
    return desk.post("/incidents", {"category": "5020", "narrative": "老人走失", "lon": lon, "lat": lat, **more})


def carry(officer: Hand, order: dict[str, Any], result: str = "已处置") -> None:
    for move, body in (("deliver", {}), ("sign", {}), ("set_out", {}), ("arrive", {}), ("finish", {"result": result})):
        officer.post(f"/orders/{order['id']}/moves/{move}", body)


def test_p2_the_order_goes_straight_to_the_room_and_every_stage_is_clocked(town: Town) -> None:
    desk, officer = Hand(town, "dispatcher"), Hand(town, "community_officer")
    taken = take(desk, town)
    assert taken["room"]["name"] == "第1警务室"
    assert taken["recommended"][0]["unit"]["call_sign"] == "警101"
    order = desk.post(f"/matters/{taken['number']}/orders", {"unit": taken["recommended"][0]["unit"]["id"]})
    mine = officer.get("/me")
    assert [held["matter"]["number"] for held in mine["orders"]] == [taken["number"]]
    carry(officer, order)
    officer.post(f"/matters/{taken['number']}/moves/feed_back", {"outcome": "已送回"})
    closed = desk.post(f"/matters/{taken['number']}/moves/close")
    assert closed["state"] == "closed"
    seen = desk.get(f"/matters/{taken['number']}")
    said = [stamp["milestone"] for stamp in seen["stamps"]]
    wanted = [
        "received",
        "created",
        "located",
        "recommended",
        "ordered",
        "delivered",
        "signed",
        "under_way",
        "arrived",
        "done",
    ]
    assert [name for name in wanted if name in said] == wanted
    assert seen["orders"][0]["arrived_proven_at"] is None


def test_p3_the_diverted_share_is_what_rooms_settled(town: Town) -> None:
    desk, officer = Hand(town, "dispatcher"), Hand(town, "community_officer")
    first, _ = take(desk, town), take(desk, town, room=1)
    third = take(desk, town, room=2)
    carry(officer, desk.post(f"/matters/{first['number']}/orders", {"unit": "警101"}))
    station = desk.post(f"/matters/{third['number']}/orders", {"unit": "所001", "by_radio": True})
    Hand(town, "station_desk").post(f"/orders/{station['id']}/moves/finish", {"result": "派出所办理"})
    today = clock.shanghai(clock.now()).date()
    figures = report_station(system("report"), station="S1", begins=today, ends=today + timedelta(days=1))
    assert (figures["incidents"], figures["diverted"]) == (3, 1)
    assert figures["diverted_share"] == pytest.approx(1 / 3)
    assert figures["change"] is None
    shown = Hand(town, "station_chief").get("/today")
    assert (shown["incidents"], shown["diverted"]) == (3, 1)


def test_p1_what_needs_the_case_area_goes_to_the_station_and_stays_one_matter(town: Town) -> None:
    officer, desk = Hand(town, "community_officer"), Hand(town, "station_desk")
    taken = take(Hand(town, "dispatcher"), town, category="1040")
    ticket = officer.post(
        f"/matters/{taken['number']}/handovers", {"agency": "S1", "mode": "hand_over", "text": "需询问室"}
    )
    desk.post(f"/handovers/{ticket['id']}/moves/accept")
    assert desk.get(f"/matters/{taken['number']}")["agency"]["code"] == "S1"
    assert officer.get(f"/matters/{taken['number']}")["handovers"][0]["state"] == "accepted"


def test_w2_officer_first_ambulance_asked_along_and_none_can_come(town: Town) -> None:
    desk, officer, ambulance = Hand(town, "dispatcher"), Hand(town, "community_officer"), Hand(town, "partner_officer")
    taken = take(desk, town, category="5010", narrative="有人晕倒")
    order = desk.post(f"/matters/{taken['number']}/orders", {"unit": "警101"})
    offered = desk.get(f"/matters/{taken['number']}")["suggested_along"]
    assert offered[0]["service"] == "120"
    ticket = desk.post(
        f"/matters/{taken['number']}/handovers",
        {"agency": offered[0]["agency"]["code"], "mode": "ask_along", "text": "晕倒"},
    )
    assert [row["id"] for row in ambulance.get("/handovers")["items"]] == [ticket["id"]]
    ambulance.post(f"/handovers/{ticket['id']}/moves/decline", {"answer": "无车可派"})
    seen = officer.get(f"/matters/{taken['number']}")
    assert seen["handovers"][0]["answer"] == "无车可派"
    carry(officer, order, "警车送县医院")
    assert desk.get(f"/matters/{taken['number']}")["state"] == "done"


def test_w10_a_visiting_officer_takes_a_nearby_call_and_goes_back_to_the_visit(town: Town) -> None:
    desk, officer = Hand(town, "dispatcher"), Hand(town, "community_officer")
    officer.post("/units/警101/availability", {"availability": "conditional", "activity": "visiting"})
    taken = take(desk, town)
    best = taken["recommended"][0]
    assert best["availability"] == "conditional"
    carry(officer, desk.post(f"/matters/{taken['number']}/orders", {"unit": best["unit"]["id"]}))
    unit = next(row for row in officer.get("/units")["items"] if row["call_sign"] == "警101")
    assert (unit["availability"], unit["activity"]) == ("conditional", "visiting")


def test_f10_a_call_to_the_rooms_telephone_sends_the_rooms_own_team_with_one_tap(town: Town) -> None:
    officer = Hand(town, "community_officer")
    now = clock.now()
    plan_shift(
        SETUP,
        agency=town.rooms[0],
        person=town.people["community_officer"],
        begins_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=7),
    )
    assert officer.get("/rooms/R1/answers")["person"]["name"] == town.people["community_officer"].name
    lon, lat = town.spot(0)
    taken = officer.post("/rooms/R1/calls", {"narrative": "邻居吵架", "lon": lon, "lat": lat})
    sent = officer.post(f"/matters/{taken['number']}/team", {"room": "R1"})
    assert [order["unit"]["call_sign"] for order in sent["orders"]] == ["警101"]


def test_several_calls_and_too_few_units(town: Town) -> None:
    desk = Hand(town, "dispatcher")
    numbers = [take(desk, town, room=room)["number"] for room in (0, 1, 2)]
    sent = desk.post("/dispatch/joint", {"matters": numbers})
    units = {order["unit"]["call_sign"] for order in sent["orders"]}
    assert units == {"警101", "警201", "警301"}


def test_strangers_see_nothing(town: Town) -> None:
    taken = take(Hand(town, "dispatcher"), town)
    other = Hand(town, "other_officer")
    assert other.client.get(f"/api/v1/matters/{taken['number']}").status_code == 404
    assert taken["number"] not in str(other.get("/matters"))
    assert Client().get(f"/api/v1/matters/{taken['number']}").status_code == 401


def test_d11_an_incident_is_handed_over_as_an_eido_document(town: Town) -> None:
    desk = Hand(town, "dispatcher")
    number = take(desk, town)["number"]
    answer = desk.client.get(f"/eido/{number}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/emergency.eido+json")
    assert answer.json()["incidentComponent"]
    assert Hand(town, "other_officer").client.get(f"/eido/{number}").status_code == 404
    assert Client().get(f"/eido/{number}").status_code == 401
