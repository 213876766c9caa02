"""When two calls may be one incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from linli.matters.links.rules import CallFacts, likeness

AT = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def facts(
    minutes: float = 0, lon: float | None = 119.8, lat: float | None = 29.4, category: str = "2010", phone: str = ""
) -> CallFacts:
    return CallFacts(AT + timedelta(minutes=minutes), lon, lat, category, phone)


def test_near_in_time_and_place() -> None:
    value, why = likeness(facts(2, 119.8003), facts())
    assert value > 0.8
    assert [words.zh for words in why] == ["2分钟内", "相距29米", "类别相同"]


def test_far_or_long_ago_is_nothing() -> None:
    assert likeness(facts(0, 119.9), facts())[0] == 0
    assert likeness(facts(61), facts())[0] == 0


def test_same_caller_counts_without_a_place() -> None:
    assert likeness(facts(90, None, None, phone="x"), facts(phone="x"))[0] > 0.3
    assert likeness(facts(1, None, None), facts())[0] == 0


def test_another_branch_counts_against() -> None:
    assert likeness(facts(1, category="5010"), facts())[0] < likeness(facts(1), facts())[0]


def test_symmetric() -> None:
    a, b = facts(7, 119.801, phone="x"), facts(phone="x")
    assert likeness(a, b) == likeness(b, a)
