"""Which rung still matters: the whole table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from linli.operations.ladder.rules import Seconds, rungs_from_order, still_matters

STATES = ("ordered", "delivered", "signed", "under_way", "arrived", "done", "declined", "recalled")


@pytest.mark.parametrize(
    ("step", "climbed_in"),
    [
        ("other_channel", {"ordered"}),
        ("next_unit", {"ordered", "delivered"}),
        ("station_desk", {"ordered", "delivered"}),
        ("bureau", {"ordered", "delivered"}),
        ("not_moving", {"signed"}),
        ("target", {"ordered", "delivered", "signed", "under_way"}),
    ],
)
def test_rungs(step: str, climbed_in: set[str]) -> None:
    found = {state for state in STATES if still_matters(step, state, arrived=False, moved_m=None)}
    assert found == climbed_in


def test_moving_is_more_than_noise() -> None:
    assert still_matters("not_moving", "signed", arrived=False, moved_m=99.0)
    assert not still_matters("not_moving", "signed", arrived=False, moved_m=101.0)


def test_arrived_in_time_is_not_late() -> None:
    assert not still_matters("target", "under_way", arrived=True, moved_m=None)


def test_times() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    due = dict(rungs_from_order(at, Seconds(5, 30, 60, 120, 90, 300)))
    assert {step: (when - at) / timedelta(seconds=1) for step, when in due.items()} == {
        "other_channel": 5,
        "next_unit": 30,
        "station_desk": 60,
        "bureau": 120,
        "target": 300,
    }
