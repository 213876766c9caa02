"""The player carries calls to their end against a house made of plain dictionaries, in simulated time."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from linli.demo.county import County, grow
from linli.demo.live.keys import Keys
from linli.demo.live.player import HUMAN_S, Player
from linli.demo.plane import gap_m, sheet
from linli.kernel import clock

AFTER = {"deliver": "delivered", "sign": "signed", "set_out": "under_way", "arrive": "arrived", "finish": "done"}
BEFORE = {"deliver": "ordered", "sign": "delivered", "set_out": "signed", "arrive": "under_way", "finish": "arrived"}


A_DAY = datetime(2026, 11, 20, 6, tzinfo=UTC)
TICK = 4
"""Seconds of simulated time between two looks."""


@cache
def town() -> County:
    return grow("town", 1)


@dataclass
class House:
    """As much of the API as the player uses; refuses what the real one would refuse."""

    now: float = 0.0
    matters: dict[str, dict[str, Any]] = field(default_factory=dict)
    at: dict[str, tuple[float, float]] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[tuple[float, str, str, str]] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)
    fastest_mps: float = 0.0

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        body = json.loads(request.content) if request.content else {}
        who = request.headers["Authorization"].removeprefix("Bearer ")
        if request.method == "GET":
            return httpx.Response(200, json=self._shown(path))
        return self._done(path, body, who)

    def _shown(self, path: str) -> Any:
        if path == "/units":
            busy = {o["unit"]["call_sign"]: o["id"] for o in self.orders.values() if o["state"] != "done"}
            units = [
                {"id": u.call_sign, "call_sign": u.call_sign, "kind": u.kind, "lon": None, "lat": None}
                | {"order": busy.get(u.call_sign)}
                for u in town().staff.units
            ]
            return {"items": units, "at": "2026-11-22T00:00:00Z"}
        if path == "/matters":
            return {"items": [m for m in self.matters.values() if m["state"] != "closed"]}
        taken = {o["unit"]["call_sign"] for o in self.orders.values() if o["state"] != "done"}
        free = [u.call_sign for u in town().staff.units if u.call_sign not in taken]
        return {"units": [{"unit": {"id": sign, "call_sign": sign}} for sign in free[:5]]}

    def _done(self, path: str, body: Any, who: str) -> httpx.Response:
        if path == "/incidents":
            return self._taken(body)
        if path == "/units/positions":
            for item in body:
                self._seen(item["unit"], (item["lon"], item["lat"]))
        if found := re.fullmatch(r"/matters/([^/]+)/orders", path):
            return self._ordered(self.matters[found[1]], body["unit"])
        if found := re.fullmatch(r"/orders/([^/]+)/moves/(\w+)", path):
            return self._stepped(self.orders[found[1]], found[2], who)
        if found := re.fullmatch(r"/matters/([^/]+)/moves/(\w+)", path):
            matter = self.matters[found[1]]
            matter["state"] = {"feed_back": "fed_back", "close": "closed"}[found[2]]
            self.done.append((self.now, found[1], found[2], who))
        return httpx.Response(200, json={})

    def _seen(self, unit: str, at: tuple[float, float]) -> None:
        if unit in self.at and self.seen[unit] == self.now - TICK:
            self.fastest_mps = max(self.fastest_mps, gap_m(sheet(self.at[unit]), sheet(at)) / TICK)
        self.at[unit], self.seen[unit] = at, self.now

    def _taken(self, body: dict[str, Any]) -> httpx.Response:
        number = f"JQ{len(self.matters) + 1}"
        lon, lat = body.get("lon", 111.412), body.get("lat", 33.208)
        self.matters[number] = {"number": number, "state": "waiting", "lon": lon, "lat": lat, "orders": []}
        self.done.append((self.now, number, "call", "demo-110"))
        return httpx.Response(201, json={"number": number})

    def _ordered(self, matter: dict[str, Any], unit: str) -> httpx.Response:
        if any(o["unit"]["call_sign"] == unit and o["state"] != "done" for o in self.orders.values()):
            return httpx.Response(409, json={"code": "order.unit_taken"})
        key = f"O{len(self.orders) + 1}"
        order = {"id": key, "state": "ordered", "unit": {"id": unit, "call_sign": unit}}
        self.orders[key] = order
        matter["orders"].append(order)
        matter["state"] = "ordered"
        self.done.append((self.now, matter["number"], "order", unit))
        return httpx.Response(201, json=order)

    def _stepped(self, order: dict[str, Any], move: str, who: str) -> httpx.Response:
        if order["state"] != BEFORE[move]:
            return httpx.Response(409, json={"code": "workflow.moved_on"})
        order["state"] = AFTER[move]
        matter = next(m for m in self.matters.values() if order in m["orders"])
        if move == "arrive":
            assert gap_m(sheet(self.at[order["unit"]["call_sign"]]), sheet((matter["lon"], matter["lat"]))) < 150
        if move == "finish":
            matter["state"] = "done"
        self.done.append((self.now, matter["number"], move, who))
        return httpx.Response(200, json=order)


def played(home: Path, seconds: int, crew_prefix: str = "crew-") -> House:
    """A town of calls, one in about five minutes, for so many seconds."""
    house = House()
    users = {person.post: f"demo-{person.post}" for person in town().staff.people if person.demo}
    crew = {unit.call_sign: f"{crew_prefix}{unit.call_sign}" for unit in town().staff.units}
    names = ["demo-110", *users.values(), *crew.values()]
    http = httpx.Client(base_url="http://demo", transport=httpx.MockTransport(house.answer))
    # A bearer word must be ASCII: the tokens are numbers, the house is told who they are.
    tokens = {name: f"t{index}" for index, name in enumerate(names)}
    player = Player(town(), Keys(tokens, crew), http, home, pace_s=300.0, rng=random.Random(4))
    # What is called in follows the hour of the day: without one day for all, the test asks another question each hour.
    with clock.fixed(A_DAY):
        for second in range(0, seconds, TICK):
            house.now = float(second)
            player.tick(1_000.0 + second)
    return house


def test_every_call_is_sent_driven_to_finished_and_closed(tmp_path: Path) -> None:
    house = played(tmp_path, 2 * 3600)
    early = [number for at, number, what, _ in house.done if what == "call" and at < 3600]
    assert len(early) > 5
    for number in early:
        steps = [what for _, one, what, _ in house.done if one == number]
        assert steps == ["call", "order", "deliver", "sign", "set_out", "arrive", "finish", "feed_back", "close"], (
            number
        )


def test_the_desk_and_the_demo_crew_leave_time_to_whoever_sits_there(tmp_path: Path) -> None:
    house = played(tmp_path, 1800, crew_prefix="demo-crew-")
    when = {(number, what): at for at, number, what, _ in house.done}
    ordered = [number for number, what in when if what == "order"]
    assert ordered
    for number in ordered:
        assert when[(number, "order")] - when[(number, "call")] >= 25 - TICK
        if (number, "sign") in when:
            assert when[(number, "sign")] - when[(number, "deliver")] >= HUMAN_S - 2 * TICK


def test_units_keep_to_the_speed_of_the_roads(tmp_path: Path) -> None:
    house = played(tmp_path, 1800)
    assert len(house.at) == len(town().staff.units)
    assert 3 < house.fastest_mps < 80 / 3.6
