"""What the ranking promises beyond shortest paths: reasons, margins, fallbacks, shortfalls, replay, joint plans."""

from __future__ import annotations

import itertools
import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.operations.dispatch.rules import (
    Fleet,
    Incident,
    Limits,
    Suggestion,
    UnitRow,
    assign_jointly,
    recommend,
    recommend_again,
    snapshot_of,
)
from linli.operations.dispatch.rules.chance import within
from linli.operations.dispatch.rules.reasons import aged
from linli.places.roads.rules.build import build
from linli.places.roads.rules.open_roads import Closed, OpenRoads
from linli.places.roads.rules.raw import RawNetwork
from tests.rules.road_cases import AT, ROOMS, calls, towns, units

LIMITS = Limits()
STEP_S = 20.0


def street(junctions: int = 11) -> OpenRoads:
    """One straight street from west to east, a junction every 100 m or so, 20 s by car between two of them."""
    m = junctions - 1
    ms = np.full((3, 2 * m), round(STEP_S * 1000), np.int32)
    ms[2] *= 4
    raw = RawNetwork(
        node_ref=np.arange(junctions),
        node_lon=np.linspace(116.0, 116.0 + 0.001 * m, junctions),
        node_lat=np.full(junctions, 27.0),
        edge_u=np.arange(m, dtype=np.int32),
        edge_v=np.arange(1, m + 1, dtype=np.int32),
        edge_way=np.arange(m),
        edge_name=np.zeros(m, np.int32),
        edge_class=np.zeros(m, np.uint8),
        edge_m=np.full(m, 99.0),
        arc_ms=ms,
        names=[""],
    )
    return OpenRoads(build(raw))


def unit(number: int, at: float, **more: Any) -> UnitRow:
    """A free car at that many junctions from the west end, its home at the west end."""
    given: dict[str, Any] = {
        "id": UUID(int=number), "call_sign": f"U{number}", "kind": "car", "agency_id": ROOMS[0],
        "lon": 116.0 + 0.001 * at, "lat": 27.0, "fix_at": AT,
        "availability": "available", "home_lon": 116.0, "home_lat": 27.0,
    }  # fmt: skip
    return UnitRow(**{**given, **more})


def call(at: float, **more: Any) -> Incident:
    return Incident(lon=116.0 + 0.001 * at, lat=27.0, **more)


def ranked(incident: Incident, *rows: UnitRow, limits: Limits = LIMITS) -> list[Suggestion]:
    roads = street()
    return list(recommend(incident, Fleet.from_rows(rows, roads), roads, limits, AT, 5).suggestions)


def codes(item: Suggestion) -> set[str]:
    return {reason.code for reason in item.reasons}


def test_time_on_scene_is_the_sum_of_its_parts() -> None:
    row = unit(1, 2, availability="conditional", activity="mediating", fix_at=AT - timedelta(seconds=40))
    (first,) = ranked(call(5), row)
    assert first.eta_s == 15 + 45 + 120 + 20 + 3 * STEP_S
    assert (first.travel_s, first.penalty_s, first.allowance_s, first.start_s) == (60.0, 120.0, 20.0, 60.0)


def test_the_rooms_unit_comes_first_unless_another_is_clearly_sooner() -> None:
    own, other = unit(1, 0), unit(2, 4, agency_id=ROOMS[1])
    near = ranked(call(3, agency_id=ROOMS[0]), own, other)  # 40 s later than the other
    assert [item.unit.call_sign for item in near] == ["U1", "U2"]
    assert "responsible_room" in codes(near[0]) and "next_room" in codes(near[1])
    far = ranked(call(4, agency_id=ROOMS[0]), own, other)  # 80 s later
    assert [item.unit.call_sign for item in far] == ["U2", "U1"]


@pytest.mark.parametrize(
    ("fix_at", "code"),
    [
        (None, "fix_unknown"),
        (AT - timedelta(seconds=121), "fix_stale"),
        (AT + timedelta(seconds=31), "fix_ahead"),
        (AT - timedelta(seconds=120), "fix_fresh"),
        (AT + timedelta(seconds=30), "fix_fresh"),
    ],
)
def test_an_old_position_is_never_taken_for_a_fresh_one(fix_at: Any, code: str) -> None:
    (first,) = ranked(call(10), unit(1, 9, fix_at=fix_at))
    assert code in codes(first)
    assert first.from_home is (code != "fix_fresh")
    assert first.travel_s == (10 * STEP_S if first.from_home else STEP_S)


@pytest.mark.parametrize(
    ("age_s", "zh", "en"),
    [
        (119, "119秒", "119 s"),
        (121, "2分钟", "2 minutes"),
        (7199, "119分钟", "119 minutes"),
        (7200, "2小时", "2 hours"),
        (579_339, "6天", "6 days"),
    ],
)
def test_the_age_of_a_position_is_said_in_a_unit_that_people_count_in(age_s: int, zh: str, en: str) -> None:
    said = aged(age_s)
    assert (said["age_s"], said["age_zh"], said["age_en"]) == (age_s, zh, en)
    (first,) = ranked(call(10), unit(1, 9, fix_at=AT - timedelta(seconds=max(age_s, 121))))
    (stale,) = [one for one in first.reasons if one.code == "fix_stale"]
    assert stale.as_json()["zh"] == stale.words.zh and "秒前" not in stale.words.zh


def test_a_position_goes_stale_by_itself() -> None:
    roads = street()
    fleet = Fleet.from_rows([unit(1, 9)], roads)
    now = recommend(call(10), fleet, roads, LIMITS, AT, 1).suggestions[0]
    later = recommend(call(10), fleet, roads, LIMITS, AT + timedelta(seconds=121), 1).suggestions[0]
    assert not now.from_home and later.from_home


def test_without_any_position_a_unit_is_counted_not_guessed() -> None:
    roads = street()
    rows = [unit(1, 2, fix_at=None, home_lon=None), unit(2, 3, availability="unavailable"), unit(3, 4)]
    answer = recommend(call(5), Fleet.from_rows(rows, roads), roads, LIMITS, AT, 5)
    assert [item.unit.call_sign for item in answer.suggestions] == ["U3"]
    assert answer.shortfall["no_position"] == 1 and answer.shortfall["unavailable"] == 1


def test_needs_are_met_by_skills_or_equipment_and_dropped_only_when_nobody_has_them() -> None:
    medic = unit(1, 0, skills=frozenset({"first_aid"}))
    kit = unit(2, 1, equipment=frozenset({"first_aid"}))
    near = unit(3, 5)
    found = ranked(call(5, needs=frozenset({"first_aid"})), medic, kit, near)
    assert [item.unit.call_sign for item in found] == ["U2", "U1"]
    found = ranked(call(5, needs=frozenset({"diver"})), medic, kit, near)
    assert [item.unit.call_sign for item in found] == ["U3", "U2", "U1"]
    assert all("lacks_needs" in codes(item) for item in found)


def test_only_agencies_that_may_take_the_call() -> None:
    found = ranked(call(5, agencies=frozenset({ROOMS[1]})), unit(1, 5), unit(2, 0, agency_id=ROOMS[1]))
    assert [item.unit.call_sign for item in found] == ["U2"]
    assert not ranked(call(5, agencies=frozenset()), unit(1, 5))


def test_more_than_sixty_three_skills() -> None:
    names = [f"skill{i}" for i in range(130)]
    rows = [unit(i + 1, 3, skills=frozenset({name})) for i, name in enumerate(names)]
    found = ranked(call(5, needs=frozenset({"skill129"})), *rows)
    assert [item.unit.id.int for item in found] == [130]


def test_who_covers_the_hole() -> None:
    found = ranked(call(10), unit(1, 9), unit(2, 2))
    cover = found[0].covers_hole
    assert cover is not None and cover.unit.call_sign == "U2" and cover.eta_s == 45 + 2 * STEP_S
    assert "covered" in codes(found[0])
    (alone,) = ranked(call(10), unit(1, 9))
    assert alone.covers_hole is None and "uncovered" in codes(alone)


def test_kinds_of_vehicle_compete() -> None:
    found = ranked(call(5), unit(1, 0), unit(2, 4, kind="foot"), unit(3, 9, kind="motorcycle"))
    assert [item.unit.call_sign for item in found] == ["U2", "U3", "U1"]


def test_a_call_without_place_or_roads_is_answered_with_a_warning() -> None:
    roads = street()
    fleet = Fleet.from_rows([unit(1, 3)], roads)
    nowhere = recommend(Incident(lon=None, lat=None), fleet, roads, LIMITS, AT)
    assert not nowhere.suggestions and nowhere.warnings[0].code == "not_located"
    far = recommend(Incident(lon=116.0, lat=27.1), fleet, roads, LIMITS, AT)
    assert far.suggestions[0].walk_s > 7000 and far.warnings[0].code == "snapped_far"
    shut = roads.closing([Closed(tuple(range(2 * roads.network.edges)))])
    assert recommend(call(5), fleet, shut, LIMITS, AT).warnings[0].code == "no_roads"


def test_a_closed_road_is_gone_round_and_reopened() -> None:
    roads = street()
    fleet = Fleet.from_rows([unit(1, 2), unit(2, 9)], roads)
    edge = int(np.flatnonzero(roads.network.edge_way == 4)[0])
    shut = roads.closing([Closed((2 * edge, 2 * edge + 1))])
    answer = recommend(call(6), fleet, shut, LIMITS, AT)
    assert [item.unit.call_sign for item in answer.suggestions] == ["U2"]
    again = recommend(call(6), fleet, roads, LIMITS, AT)
    assert {item.unit.call_sign for item in again.suggestions} == {"U1", "U2"}


def test_every_reason_speaks_both_languages() -> None:
    row = unit(1, 2, availability="conditional", activity="visiting", skills=frozenset({"medic"}))
    for item in ranked(call(5, needs=frozenset({"medic"}), agency_id=ROOMS[0]), row):
        for reason in item.as_json()["reasons"]:  # type: ignore[attr-defined]  # a list, in JSON
            assert "{" not in reason["zh"] + reason["en"]
            assert any("一" <= letter <= "鿿" for letter in reason["zh"])


@given(st.floats(1, 3000), st.floats(0, 3000), st.floats(0, 600))
def test_chance_is_a_probability_that_falls_with_time(eta_s: float, travel_s: float, age_s: float) -> None:
    chance = within(eta_s, travel_s, age_s, LIMITS)
    assert 0 <= chance <= 1
    assert within(eta_s + 1, travel_s, age_s, LIMITS) <= chance + 1e-12
    assert math.isclose(within(LIMITS.target_s, travel_s, age_s, LIMITS), 0.5)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_snapshot_gives_the_same_answer_again(data: st.DataObject) -> None:
    town = data.draw(towns())
    rows = [data.draw(units(town, number)) for number in range(6)]
    answer = recommend(data.draw(calls(town)), Fleet.from_rows(rows, town.roads), town.roads, LIMITS, AT, 2)
    stored = json.loads(json.dumps(snapshot_of(answer)))
    again = recommend_again(stored, OpenRoads(town.network))
    assert again.as_json()["units"] == answer.as_json()["units"]
    assert snapshot_of(again) == snapshot_of(answer)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_joint_plan_is_the_best_there_is(data: st.DataObject) -> None:
    """Against trying every assignment of every unit."""
    town = data.draw(towns())
    rows = [data.draw(units(town, number)) for number in range(data.draw(st.integers(1, 5)))]
    fleet = Fleet.from_rows(rows, town.roads)
    incidents = [
        replace(data.draw(calls(town)), id=f"C{i}", priority=data.draw(st.integers(1, 4)))
        for i in range(data.draw(st.integers(1, 3)))
    ]
    plan = assign_jointly(incidents, fleet, town.roads, LIMITS, AT)
    keys = []
    for incident in incidents:
        answer = recommend(incident, fleet, town.roads, LIMITS, AT, len(rows))
        own = {row.id: incident.agency_id in (None, row.agency_id) for row in rows}
        keys.append({item.unit.id: item.eta_s + (0 if own[item.unit.id] else 60) for item in answer.suggestions})
    weights = [LIMITS.priority_weight[incident.priority] for incident in incidents]
    best = math.inf
    for choice in itertools.product([None, *(row.id for row in rows)], repeat=len(incidents)):
        used = [one for one in choice if one is not None]
        if len(set(used)) == len(used):
            costs = [
                weight * min(found.get(one, math.inf) if one else math.inf, LIMITS.unserved_s)
                for weight, found, one in zip(weights, keys, choice, strict=True)
            ]
            best = min(best, sum(costs))
    assert plan.cost == pytest.approx(best)
    assert plan.cost <= plan.greedy_cost + 1e-6
    sent = [one.suggestion.unit.id for one in plan.assigned if one.suggestion]
    assert len(set(sent)) == len(sent)


def test_a_joint_plan_says_why_a_call_yields() -> None:
    roads = street()
    fleet = Fleet.from_rows([unit(1, 5), unit(2, 0)], roads)
    plan = assign_jointly(
        [replace(call(4), id="A", priority=3), replace(call(6), id="B", priority=1)], fleet, roads, LIMITS, AT
    )
    first, second = plan.assigned
    assert first.suggestion and first.suggestion.unit.call_sign == "U2" and first.reasons[0].code == "joint_yields"
    assert second.suggestion and second.suggestion.unit.call_sign == "U1"
    assert "B" in first.reasons[0].words.en
    few = assign_jointly(
        [replace(call(4), id="A", priority=3), replace(call(6), id="B", priority=1)],
        Fleet.from_rows([unit(1, 5)], roads), roads, LIMITS, AT,
    )  # fmt: skip
    assert few.assigned[0].suggestion is None and few.assigned[0].reasons[0].code == "joint_unserved"
    assert assign_jointly([], fleet, roads, LIMITS, AT).assigned == ()


def test_many_threads_ask_and_move_at_once() -> None:
    """Searches in threads have labels of their own; a moving fleet is never seen half moved."""
    roads = street()
    rows = [unit(number, number % 10) for number in range(1, 60)]
    fleet = Fleet.from_rows(rows, roads)
    places = [number / 3 for number in range(30)]
    alone = [recommend(call(at), fleet, roads, LIMITS, AT, 5).as_json() for at in places]

    def ask(at: float) -> object:
        return recommend(call(at), fleet, roads, LIMITS, AT, 5).as_json()

    def stay(row: UnitRow) -> None:
        fleet.update_unit(row.id, lon=row.lon, lat=row.lat, fix_at=AT)

    with ThreadPoolExecutor(8) as pool:
        moving = [pool.submit(stay, row) for row in rows * 3]
        together = list(pool.map(ask, places * 3))
        for one in moving:
            one.result()
    assert together == alone * 3
