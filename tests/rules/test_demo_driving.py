"""Units of the demo drive on roads, the soonest way; the player is calm when doors are shut."""

from __future__ import annotations

import heapq
import json
import random
from functools import cache
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from linli.demo.county import County, grow
from linli.demo.live.check import CheckFailed, carry_one_call
from linli.demo.live.driving import HASTE, RoadMap
from linli.demo.live.keys import Keys
from linli.demo.live.player import PAUSE_FILE, Player
from linli.demo.plane import gap_m, lonlat, sheet


@cache
def town() -> County:
    return grow("town", 1)


def _plain_dijkstra(start: int, end: int) -> float:
    after: dict[int, list[tuple[int, float]]] = {}
    for edge in town().roads.edges():
        after.setdefault(edge.from_node, []).append((edge.to_node, edge.length_m / (edge.speed_kmh / 3.6 * HASTE)))
    best = {start: 0.0}
    ahead = [(0.0, start)]
    while ahead:
        far, here = heapq.heappop(ahead)
        if here == end:
            return far
        for there, seconds in after.get(here, ()):
            if far + seconds < best.get(there, float("inf")):
                best[there] = far + seconds
                heapq.heappush(ahead, (best[there], there))
    raise AssertionError("no way")


def test_a_trip_is_the_soonest_way() -> None:
    roads, rng = RoadMap(town().roads), random.Random(5)
    nodes = town().roads.nodes
    for _ in range(30):
        a, b = rng.randrange(len(nodes)), rng.randrange(len(nodes))
        trip = roads.trip(lonlat(nodes[a]), lonlat(nodes[b]))
        assert trip.lasts_s == pytest.approx(_plain_dijkstra(a, b), abs=0.5)


def test_a_unit_is_at_the_start_then_on_the_road_then_there() -> None:
    roads = RoadMap(town().roads)
    start, end = lonlat((-500.0, 300.0)), lonlat((520.0, -280.0))
    trip = roads.trip(start, end, on_foot=True)
    assert gap_m(sheet(trip.after(0)), sheet(start)) < 1
    assert gap_m(sheet(trip.after(trip.lasts_s + 5)), sheet(end)) < 1
    places = [sheet(trip.after(second)) for second in range(0, int(trip.lasts_s), 5)]
    assert max(gap_m(a, b) for a, b in pairwise(places)) < 25


def _player(answer: httpx.MockTransport, home: Path) -> Player:
    posts = ("110", "dispatcher", "grid_worker", "information_officer", "community_officer", "liaison_cadre")
    users = [f"demo-{post}" for post in posts]
    keys = Keys({user: user for user in users}, {})
    http = httpx.Client(base_url="http://demo", transport=answer)
    return Player(town(), keys, http, home, pace_s=1.0, rng=random.Random(1))


def test_the_player_calls_reports_and_sends(tmp_path: Path) -> None:
    sent: list[tuple[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/units"):
            unit = town().staff.units[0]
            row = {"id": "u1", "call_sign": unit.call_sign, "kind": "car", "order": None, "lon": None, "lat": None}
            return httpx.Response(200, json={"items": [row], "at": "2026-11-22T00:00:00Z"})
        if request.method == "GET":
            return httpx.Response(200, json={"items": []})
        assert request.headers["Idempotency-Key"]
        sent.append((request.url.path, json.loads(request.content)))
        return httpx.Response(201, json={})

    player = _player(httpx.MockTransport(answer), tmp_path)
    for second in range(0, 60, 2):
        player.tick(1_000.0 + second)
    paths = [path for path, _ in sent]
    assert paths.count("/api/v1/incidents") >= 3
    assert "/api/v1/units/positions" in paths
    assert "/api/v1/matters" in paths


def test_a_shut_door_ends_nothing_and_a_pause_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(500, json={"code": "broken", "title": "坏了"})

    player = _player(httpx.MockTransport(answer), tmp_path)
    rounds = iter([False, True])
    player.run(lambda: next(rounds))
    assert asked
    assert "broken" in capsys.readouterr().err
    asked.clear()
    (tmp_path / PAUSE_FILE).touch()
    rounds = iter([False, True])
    player.run(lambda: next(rounds))
    assert asked == []


def test_the_check_names_the_door_that_was_shut() -> None:
    keys = Keys({"demo-110": "a", "demo-dispatcher": "b"}, {})
    with pytest.raises(CheckFailed, match=r"127\.0\.0\.1:9"):
        carry_one_call("http://127.0.0.1:9", keys, 111.0, 33.0, lambda _: None)
