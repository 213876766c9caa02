"""Periods, changes, the order of a day, and what a named list may be made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.insight.board.rules import Live, Place, ordered
from linli.insight.chief.rules import NUMBERS
from linli.insight.lists.rules import checked_query
from linli.insight.measures.rules import MEASURES, Sums, counts, figure_of, next_month, period_of
from linli.insight.today.rules import MOST, arranged, until
from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight
from linli.kernel.errors import Invalid
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.matters.ledger.rules.filters import FILTERS

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@given(days, st.sampled_from(["week", "month", "half"]))
def test_a_period_is_of_whole_days_and_is_set_against_as_many_of_last_year(today: date, code: str) -> None:
    period = period_of(code, today)
    assert period.begins < period.ends <= today
    length, before = period.ends - period.begins, period.before_ends - period.before_begins
    assert abs((length - before).days) <= 1, "29 February at most"
    assert period.before_ends <= period.begins
    if code == "week":
        assert period.begins.weekday() == period.before_begins.weekday() == 0
    assert next_month(today).day == 1 and next_month(today) > today


def sums(now: dict[str, int], before: dict[str, int]) -> Sums:
    return Sums({}, now, before)


def test_change_is_null_without_last_year_and_small_counts_say_so() -> None:
    incidents, share = MEASURES["incidents"], MEASURES["diverted_share"]
    assert figure_of(incidents, sums({"incidents": 5}, {})).change is None
    few = figure_of(incidents, sums({"incidents": 9}, {"incidents": 40}))
    assert few.small and few.change == pytest.approx(-0.775)
    d1 = figure_of(incidents, sums({"incidents": 1_185}, {"incidents": 3_198}))
    assert d1.change == pytest.approx(-0.6295, abs=1e-4)  # D1
    assert not d1.small and not d1.by_chance
    assert figure_of(incidents, sums({"incidents": 100}, {"incidents": 110})).by_chance
    p3 = figure_of(share, sums({"incidents": 6_320, "diverted": 1_391}, {}))
    assert p3.now == pytest.approx(0.22, abs=1e-3)  # P3
    assert p3.before is None and p3.change is None
    assert figure_of(share, sums({}, {})).now is None, "nothing has no share"


def test_what_is_uncertain_stands_beside_only_when_there_is_some() -> None:
    incidents = MEASURES["incidents"]
    assert figure_of(incidents, sums({"incidents": 20}, {})).doubts == ()
    doubt = figure_of(incidents, sums({"incidents": 20, "no_point": 3}, {})).doubts[0]
    assert (doubt.measure.code, doubt.n) == ("no_point", 3)


def test_every_figure_and_number_drills_by_filters_that_the_ledger_has() -> None:
    for measure in MEASURES.values():
        assert set(measure.filters) <= set(FILTERS), measure.code
        assert bool(measure.where) is not bool(measure.over)
        assert not measure.over or {measure.part, measure.over} <= {one.code for one in counts()}
        assert measure.row and measure.meaning.zh and measure.meaning.en
        assert set(measure.doubts) <= {one.code for one in counts()}
    for number in NUMBERS.values():
        assert set(number.filters) <= set(FILTERS), number.code


def source(code: str, weight: Weight) -> ClaimSource:
    return ClaimSource(
        code=code, words=Words(code, code), weight=weight, posts=(), find=lambda *_: Waiting([], 0), rest="/"
    )


LAW, PROMISE, TASK = source("law", Weight.LAW), source("promise", Weight.PROMISE), source("task", Weight.TASK)
claims = st.lists(st.none() | st.integers(-500, 500), max_size=12)


@given(claims, claims, claims)
def test_the_day_has_at_most_seven_in_order_and_loses_none(
    law: list[int | None], promise: list[int | None], task: list[int | None]
) -> None:
    found = [
        (one, Waiting([_claim(f"{one.code}{n}", hours) for n, hours in enumerate(due)], len(due)))
        for one, due in ((TASK, task), (LAW, law), (PROMISE, promise))
    ]
    day = arranged(found, NOW)
    assert len(day.shown) == min(MOST, day.total)
    assert len(day.shown) + day.more == day.total == len(law) + len(promise) + len(task)
    places = [(item.source.weight, item.claim.by_at is None, item.claim.by_at or NOW) for item in day.shown]
    assert places == sorted(places)
    assert all(item.late == (item.claim.by_at is not None and item.claim.by_at < NOW) for item in day.shown)


def _claim(key: str, hours: int | None) -> Claim:
    by_at = None if hours is None else NOW + timedelta(hours=hours)
    return Claim(key, key, "/", Words("因", "why"), by_at)


def test_what_two_sources_claim_stands_once_under_the_heavier() -> None:
    both = _claim("same", 1)
    day = arranged([(TASK, Waiting([both], 1)), (LAW, Waiting([both], 1))], NOW)
    assert [item.source.code for item in day.shown] == ["law"]


def test_time_left_in_words() -> None:
    assert until(NOW, NOW + timedelta(days=2, hours=1)).zh == "还有2天"
    assert until(NOW, NOW - timedelta(minutes=5)).zh == "已超期5分钟"
    assert until(NOW, NOW + timedelta(seconds=3)).en == "less than 1 min left"


def place(code: str, n: int) -> Place:
    figure = figure_of(MEASURES["incidents"], sums({"incidents": n}, {}))
    return Place(new_id(), code, code, Words("室", "room"), 1, {"incidents": figure}, Live(late=n % 3), None, False)


def test_areas_stand_in_their_own_order_unless_somebody_orders_them() -> None:
    rows = [place("R1", 3), place("R2", 9), place("R3", 4)]
    assert [row.code for row in ordered(rows, "")] == ["R1", "R2", "R3"]
    assert [row.code for row in ordered(rows, "incidents")] == ["R2", "R3", "R1"]
    assert [row.code for row in ordered(rows, "name_of_officer")] == ["R1", "R2", "R3"]
    assert [row.code for row in ordered(rows, "change.incidents")] == ["R1", "R2", "R3"], "unknown stays in place"


def test_a_list_is_a_filter_figures_or_places_and_nothing_else() -> None:
    assert checked_query("matters", "/matters?kind=hazard&open=1&cursor=f1") == "kind=hazard&open=1"
    assert checked_query("figures", " incidents , diverted_share,incidents") == "incidents,diverted_share"
    assert checked_query("places", "?due_in=30") == "due_in=30"
    for holds, query in (
        ("figures", ""),
        ("figures", "officer_points"),
        ("places", "person=1"),
        ("matters", "nonsense"),
    ):
        with pytest.raises(Invalid):
            checked_query(holds, query)
