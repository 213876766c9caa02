"""Intervals and shares against numpy and against plain counting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.insight.measures.rules import Interval, Leg, change, grouped, percentile, share

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
moments = st.none() | st.integers(-200_000, 200_000).map(lambda s: NOON + timedelta(seconds=s))


@given(st.lists(st.floats(0, 86_400), min_size=1), st.sampled_from([0.0, 0.5, 0.9, 1.0]))
def test_percentiles_are_those_of_numpy(values: list[float], part: float) -> None:
    assert percentile(sorted(values), part) == pytest.approx(float(np.quantile(values, part)), abs=1e-5)


def test_nothing_has_no_percentile() -> None:
    assert percentile([], 0.5) is None
    assert Interval().as_json()["p50"] is None


@given(st.lists(st.tuples(moments, moments, moments), max_size=40))
def test_every_call_is_counted_once_in_each_interval(times: list[tuple[datetime | None, ...]]) -> None:
    group = grouped(("k", Leg(*legs)) for legs in times).get("k")
    if group is None:
        assert not times
        return
    for interval in (group.queue, group.travel, group.response):
        assert len(interval.seconds) + interval.missing + interval.negative + interval.over_24_h == len(times)
        assert all(0 <= s <= 86_400 for s in interval.seconds)


def test_missing_is_missing_and_what_cannot_be_is_counted_apart() -> None:
    hour = timedelta(hours=1)
    legs = [
        Leg(NOON, NOON + hour, NOON + 2 * hour),
        Leg(NOON, None, NOON + hour),
        Leg(NOON, NOON - hour, None),
        Leg(NOON, NOON + 25 * hour, NOON + 24 * hour),
        Leg(NOON, NOON, NOON + 24 * hour),
    ]
    group = grouped(("", leg) for leg in legs)[""].as_json("")
    assert group["queue_s"] == {
        "n": 2,
        "p50": 1800.0,
        "p90": 3240.0,
        "excluded": {"missing": 1, "negative": 1, "over_24_h": 1},
    }
    assert group["travel_s"]["excluded"] == {"missing": 2, "negative": 1, "over_24_h": 0}  # type: ignore[index]
    assert group["response_s"]["n"] == 3  # type: ignore[index]


def test_shares_and_changes() -> None:
    assert share(1_391, 6_320) == pytest.approx(0.22, abs=0.001)  # P3
    assert change(1_185, 3_198) == pytest.approx(-0.6295, abs=0.0001)  # D1
    assert change(5, 0) is None and share(0, 0) is None
