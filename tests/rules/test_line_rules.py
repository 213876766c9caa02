"""The levels of the line, the clock of each, the gate of tasks, the lot: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import clock
from linli.matters.line.rules import LEVELS, TOP, Clock, Held, due_at, level_of, next_step, steps_above
from linli.matters.tasks.rules import DEFAULT_A_WEEK, Standing, drawn, exceeds, summary, week_of
from linli.org.codecards.rules import code_of, fresh_code, fresh_pin, in_fours, is_good_pin


def held(person: int, post: str, kind: str, depth: int) -> Held:
    return Held(UUID(int=person), post, UUID(int=100 + depth), kind, depth)


EVERYBODY = [
    held(1, "assistant", "central_room", 4),
    held(2, "auxiliary", "central_room", 4),
    held(3, "community_officer", "central_room", 4),
    held(4, "community_officer", "station", 3),
    held(5, "station_chief", "station", 3),
    held(6, "bureau_leader", "bureau", 2),
]


def test_the_line_has_six_levels_in_order() -> None:
    assert [level.number for level in LEVELS] == list(range(6))
    assert [step.level for step in steps_above(0, EVERYBODY)] == [1, 2, 3, 4, 5]
    assert level_of("auditor") is None


@given(st.sets(st.sampled_from(range(6))), st.integers(0, TOP))
def test_the_next_is_the_lowest_manned_level_above(gone: set[int], after: int) -> None:
    there = [row for n, row in enumerate(EVERYBODY) if n not in gone]
    step = next_step(steps_above(0, there), after)
    manned = sorted(
        {level_of(row.post) or 0 for row in there if not (row.post == "community_officer" and row.depth == 3)}
    )
    assert (step.level if step else None) == next((level for level in manned if level > after), None)


def test_a_stations_patrol_leads_no_area_and_the_nearest_stands_for_a_level() -> None:
    two = [*EVERYBODY, held(7, "auxiliary", "village_room", 5), held(8, "auxiliary", "village_room", 5)]
    by_level = {step.level: step for step in steps_above(0, two)}
    assert by_level[2].people == (UUID(int=7), UUID(int=8))
    assert by_level[3].people == (UUID(int=3),)


@pytest.mark.parametrize(
    ("hour", "late"),
    [(8, "2026-11-24 00:00"), (19, "2026-11-24 00:00"), (21, "2026-11-24 01:00"), (0, "2026-11-24 00:00")],
)
def test_a_report_is_due_when_the_day_ends_but_never_in_a_moment(hour: int, late: str) -> None:
    sent = datetime(2026, 11, 23, hour, tzinfo=clock.SHANGHAI).astimezone(UTC)
    assert f"{clock.shanghai(due_at(sent, Clock())):%Y-%m-%d %H:%M}" == late
    assert due_at(sent, Clock(minutes=30)) == sent + timedelta(minutes=30)


def test_the_gate() -> None:
    week = dict.fromkeys(("grid_worker", "auxiliary"), DEFAULT_A_WEEK["station_chief"])
    assert exceeds("order", week, {}, week) == []
    [over] = exceeds("pushed", week, {"auxiliary": 2, "grid_worker": 1}, week)
    assert (over.post, over.sent, over.a_week) == ("auxiliary", 2, 2)
    assert exceeds("rule", week, {"auxiliary": 99}, week) == []
    assert [one.post for one in exceeds("order", ("assistant",), {}, {})] == ["assistant"]
    begins, ends = week_of(datetime(2026, 11, 29, 16, 30, tzinfo=UTC))
    assert (begins.isoformat(), ends - begins) == ("2026-11-30T00:00:00+08:00", timedelta(days=7))


@given(st.sets(st.uuids(), max_size=40), st.integers(0, 50))
def test_a_lot_can_be_drawn_again(keys: set[UUID], count: int) -> None:
    names = [str(key) for key in keys]
    first = drawn(names, count, seed="t:1")
    assert first == drawn(reversed(names), count, seed="t:1")
    assert len(first) == len(set(first)) == min(count, len(names))
    assert set(first) <= set(names)


def test_the_sentence_of_the_end() -> None:
    assert summary(Standing(5, 4, 3, 1), (11, 15)).endswith("完成3人，未完成2人，共完成11/15项。")


def test_pins_and_codes() -> None:
    for bad in ("123456", "654321", "111111", "121212", "13579", "12345a", "１２３４５６", "", "246802", "901234"):
        assert not is_good_pin(bad), bad
    assert all(is_good_pin(fresh_pin()) for _ in range(50))
    code = fresh_code()
    assert code_of(f" {in_fours(code).lower()} ") == code
    assert not set(code) & set("01ILO")
