"""Workflows as tables."""

from __future__ import annotations

import pytest

from linli.kernel.errors import Invalid
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.operations.dispatch.models import ORDER_LIFE


def test_a_move_to_nowhere_is_refused_at_start() -> None:
    with pytest.raises(RuntimeError, match="unknown states"):
        Workflow(
            "broken-for-test",
            "a",
            (State("a", Words("甲", "a")),),
            (Move("go", ("a",), "b", Words("去", "go")),),
        )


def test_unknown_move() -> None:
    with pytest.raises(Invalid) as refused:
        ORDER_LIFE.move("fly")
    assert refused.value.code == "workflow.no_such_move"


def test_no_milestone_is_needed_for_a_later_one() -> None:
    """Arrived without signed is possible and stays honest: nothing is filled in."""
    assert "ordered" in ORDER_LIFE.move("arrive").sources
    assert "ordered" in ORDER_LIFE.move("set_out").sources
