"""The lives of the kinds: what each step asks for, when the next is due, and that nobody is left without a way on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from linli.kernel.errors import Invalid
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import moment_of, next_hour
from linli.matters.levels.rules import LEVELS, ORDER, above, below_level, first_level, level_or_first
from linli.org.access.rules import RIGHTS

AT = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
"""Four in the morning at Shanghai."""


def test_each_fact_of_each_step_is_declared_in_words() -> None:
    columns = {"assignee_id"}
    for kind in KINDS.values():
        for move in kind.workflow.moves:
            for name in move.facts:
                assert name in columns or kind.fact(name), (
                    f"{kind.code}.{move.name} asks for {name} and has no word for it"
                )
        assert set(kind.pictured) <= {move.name for move in kind.workflow.moves}
        assert set(kind.due_in_h) <= {state.name for state in kind.workflow.states}


def test_each_step_by_hand_has_somebody_who_may_take_it() -> None:
    for kind in KINDS.values():
        for move in kind.workflow.moves:
            if not move.machine:
                posts = [post for post, held in RIGHTS.items() if {"matter.move", "incident.feed_back"} & held]
                assert not move.may or set(move.may) & set(posts), f"{kind.code}.{move.name}"
                unable = [post for post in move.may if "matter.move" not in RIGHTS[post]]
                assert not unable, f"{kind.code}.{move.name} names {unable}, who may not move a matter"


def test_information_waits_for_the_next_morning_and_a_demand_for_its_own_date() -> None:
    info, hazard = KINDS["community_info"], KINDS["hazard"]
    assert info.due_of(AT) == next_hour(AT, 10) == datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    assert next_hour(next_hour(AT, 10), 10) == datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    assert hazard.due_of(AT) == AT + timedelta(hours=72)
    step = hazard.workflow.move("demand")
    said = hazard.check_facts(step, {"holder": "property_manager", "due_at": "2026-03-05", "title": "x"})
    assert said == {"holder": "property_manager", "due_at": "2026-03-05T23:59:00+08:00"}
    assert hazard.due_after(step, said, AT) == moment_of("2026-03-05T23:59:00+08:00")
    assert hazard.due_after(hazard.workflow.move("put_right"), {}, AT) == AT + timedelta(hours=48)
    assert hazard.due_after(hazard.workflow.move("reopen"), {}, AT) is None


@pytest.mark.parametrize(("name", "value"), [("holder", "nobody"), ("due_at", "tomorrow"), ("due_at", "2026-13-01")])
def test_a_fact_that_is_not_among_the_answers_is_refused(name: str, value: str) -> None:
    hazard = KINDS["hazard"]
    with pytest.raises(Invalid):
        hazard.check_facts(hazard.workflow.move("demand"), {name: value})


def test_levels_begin_where_the_report_comes_from_and_end_at_the_bureau() -> None:
    assert first_level(["grid_worker"], is_system=False) == first_level([], is_system=True) == "grid"
    assert first_level(["community_officer"], is_system=False) == level_or_first("") == "police_grid"
    assert [above(level) for level in ORDER] == [*ORDER[1:], ""]
    assert [below_level(level) for level in ORDER] == ["", *ORDER[:-1]]
    for level in LEVELS.values():
        assert all("level.lift" in RIGHTS[post] for post in level.lifts)
        assert all("level.push_back" in RIGHTS[post] for post in level.pushes_back)
    assert not LEVELS[ORDER[0]].pushes_back and not LEVELS[ORDER[-1]].lifts
