"""When two calls may be one incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from linli.matters.links.rules import (
    REPORT_WORTH_SHOWING,
    CallFacts,
    ReportFacts,
    likeness,
    report_likeness,
    telling_words,
)
from linli.matters.search.rules.grams import text_grams

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


def report(
    said: str = "村口第三盏路灯不亮", days: float = 0, east_m: float = 0, category: str = "hazard", placed: bool = True
) -> ReportFacts:
    lon = 119.8 + east_m / 96_900
    words = telling_words(text_grams(said))
    return ReportFacts(AT + timedelta(days=days), lon if placed else None, 29.4 if placed else None, category, words)


def test_a_lamp_reported_again_after_a_week_in_other_words() -> None:
    value, why = report_likeness(report("第三盏路灯坏了，不亮", 7, 20), report())
    assert value >= REPORT_WORTH_SHOWING
    assert [words.zh for words in why][:3] == ["相距20米", "7天", "类别相同"]


@pytest.mark.parametrize(
    "other",
    [
        report("楼道里停着电动车", 7, 60),
        report(east_m=160),
        report(days=31),
        report(placed=False),
        report("路边堆着垃圾", 3, 90, category="rubbish"),
    ],
    ids=["another thing", "another place", "another month", "no place", "another sort"],
)
def test_other_reports_are_not_suggested(other: ReportFacts) -> None:
    assert report_likeness(report(), other)[0] < REPORT_WORTH_SHOWING
    assert report_likeness(report(), other) == report_likeness(other, report())
