"""What a plan of care must rest on, what a partner is shown, how counts are told; hours of a day: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.insight.hours.rules import (
    Piece,
    RoomSum,
    added,
    average_min,
    by_day,
    day_sum,
    is_released,
    merged,
    piece_of,
    without,
)
from linli.org.drawing.rules import beyond_limit, hours_within
from linli.org.roster.rules import until_of
from linli.visits.cards.rules import Printed, code_from, hours_words, portrait, sheets_for, stale_because
from linli.visits.care.rules import Ground, may_be_shown, missing, review_due, told_all

TODAY = date(2026, 11, 22)
ZONE = ZoneInfo("Asia/Shanghai")
EIGHT = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
"""Eight in the morning in Shanghai."""


def ground(**more: object) -> Ground:
    facts: dict[str, object] = {
        "ground": "consent",
        "reason": "lonely_elderly",
        "birth_year": 1940,
        "consent_by": "本人",
        "consent_on": TODAY,
        "consent_way": "paper",
        "consent_paper": True,
    }
    return Ground(**{**facts, **more})  # type: ignore[arg-type]  # a form's values by name


@pytest.mark.parametrize(
    ("more", "lacks"),
    [
        ({}, ""),
        ({"reason": "gossip"}, "reason"),
        ({"ground": "curiosity"}, "ground"),
        ({"consent_by": " "}, "consent_by"),
        ({"consent_on": None}, "consent_on"),
        ({"consent_on": TODAY + timedelta(days=1)}, "consent_on"),
        ({"consent_way": "assumed"}, "consent_way"),
        ({"consent_paper": False}, "consent_file"),
        ({"consent_paper": False, "consent_way": "spoken"}, ""),
        ({"ground": "elderly_law", "consent_by": "", "consent_on": None, "consent_way": ""}, ""),
        ({"reason": "left_behind_child"}, "guardian_name"),
        ({"birth_year": 2010, "guardian_name": "祖母"}, "guardian_relation"),
        ({"birth_year": 2010, "guardian_name": "祖母", "guardian_relation": "grandparent"}, "consent_way"),
        (
            {
                "birth_year": 2010,
                "guardian_name": "祖母",
                "guardian_relation": "grandparent",
                "consent_way": "guardian_paper",
            },
            "child_heard",
        ),
        (
            {
                "birth_year": 2021,
                "guardian_name": "祖母",
                "guardian_relation": "grandparent",
                "consent_way": "guardian_paper",
            },
            "",
        ),
        ({"birth_year": 2008, "consent_way": "paper"}, "guardian_name"),
    ],
)
def test_a_plan_rests_on_consent_or_a_law(more: dict[str, object], lacks: str) -> None:
    assert missing(ground(**more), TODAY) == lacks


def test_a_partner_never_learns_who_a_child_is() -> None:
    every = frozenset({"name", "phone", "address", "situation"})
    assert may_be_shown(every, minor=True) == {"situation"}
    assert may_be_shown(every, minor=False) == every
    assert may_be_shown(frozenset({"school"}), minor=False) == frozenset()


def test_a_review_is_never_further_than_half_a_year() -> None:
    assert review_due(TODAY, None) == TODAY + timedelta(days=186)
    assert review_due(TODAY, TODAY + timedelta(days=30)) == TODAY + timedelta(days=30)
    assert review_due(TODAY, TODAY + timedelta(days=900)) == TODAY + timedelta(days=186)
    assert review_due(TODAY, TODAY) == TODAY + timedelta(days=186)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 20), min_size=1))
def test_no_small_number_can_be_reckoned_from_the_others(counts: dict[str, int]) -> None:
    told = told_all(counts)
    for key, n in counts.items():
        assert told[key] in ({str(n), "—"} if n == 0 or n >= 5 else {"<5"})
    hidden = [key for key, text in told.items() if not text.isdigit()]
    others = [n for n in counts.values() if n >= 5]
    assert len(hidden) != 1 or not others, "who knows the sum would know the one"


def at(hour: float) -> datetime:
    return EIGHT + timedelta(hours=hour - 8)


def test_a_day_is_the_union_of_sign_on_and_records_less_what_was_drawn_away() -> None:
    pieces = [
        Piece("duty", at(8), at(17)),
        piece_of("visit", at(9), None),
        piece_of("visit", at(18), None),
        piece_of("visit", at(18.1), None),
        Piece("drawn", at(15), at(20)),
        Piece("order", at(20.5), at(21.25)),
    ]
    found = day_sum(TODAY, pieces)
    assert (found.minutes, found.drawn_min) == (7 * 60 + 45, 5 * 60)
    assert found.by_source == {"duty": 420, "order": 45}
    assert not found.guessed, "what was guessed lay within the sign-on or the drawing away"
    late = day_sum(TODAY, [piece_of("report", at(19), None)])
    assert (late.minutes, late.guessed) == (10, True)
    assert day_sum(TODAY, []).minutes == 0


def test_what_runs_past_midnight_is_split_there() -> None:
    days = by_day([Piece("duty", at(22), at(30))], ZONE)
    assert {day: day_sum(day, found).minutes for day, found in days.items()} == {
        TODAY: 120,
        TODAY + timedelta(days=1): 360,
    }


spans = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 200)), max_size=8).map(
    lambda found: [(EIGHT + timedelta(minutes=a), EIGHT + timedelta(minutes=a + b)) for a, b in found]
)


@given(spans, spans)
def test_union_and_difference_agree_with_counting_minutes(one: list[tuple[datetime, datetime]], holes: object) -> None:
    cut = merged(holes)  # type: ignore[arg-type]  # the same strategy
    left = without(merged(one), cut)
    minutes = {
        n
        for n in range(900)
        if any(a <= EIGHT + timedelta(minutes=n) < b for a, b in one)
        and not any(a <= EIGHT + timedelta(minutes=n) < b for a, b in cut)
    }
    assert sum((b - a) / timedelta(minutes=1) for a, b in left) == len(minutes)


def test_nobody_is_told_a_week_before_its_owner_could_set_it_right() -> None:
    monday = date(2026, 11, 9)
    after = monday + timedelta(days=7)
    assert not is_released(monday, seen_on=None, confirmed=False, today=after + timedelta(days=60))
    assert not is_released(monday, seen_on=after, confirmed=False, today=after + timedelta(days=2))
    assert is_released(monday, seen_on=after, confirmed=False, today=after + timedelta(days=3))
    assert not is_released(monday, seen_on=monday, confirmed=False, today=after + timedelta(days=2))
    assert is_released(monday, seen_on=after, confirmed=True, today=after)
    assert not is_released(monday, seen_on=monday, confirmed=True, today=monday + timedelta(days=6))


def test_a_duty_that_nobody_ended_ends_with_its_shift() -> None:
    assert until_of(at(8), at(17), at(18), at(40)) == at(17)
    assert until_of(at(8), None, at(18), at(40)) == at(18)
    assert until_of(at(8), None, None, at(12)) == at(12)
    assert until_of(at(8), None, None, at(80)) == at(32)


def test_the_limits_of_drawing_away() -> None:
    assert not beyond_limit((at(0), at(72)), [])
    assert beyond_limit((at(0), at(73)), [])
    before = [(at(-200), at(-140))]
    assert not beyond_limit((at(0), at(60)), before)
    assert beyond_limit((at(0), at(61)), before)
    assert not beyond_limit((at(0), at(61)), [(at(-24 * 40), at(-24 * 35))])
    assert hours_within([(at(0), at(5)), (at(3), at(8))], at(1), at(7)) == timedelta(hours=6)


def test_what_a_card_says_and_when_it_is_stale() -> None:
    assert hours_words([(day, 510, 1050) for day in range(5)] + [(5, 540, 720)]) == (
        "周一至周五 08:30-17:30；周六 09:00-12:00",
        "Mon–Fri 08:30-17:30; Sat 09:00-12:00",
    )
    assert hours_words([(day, 0, 1440) for day in range(7)]).zh == "每天 24小时"
    said = Printed("甲", "一室", "1", "每天")
    assert stale_because(said, said) == []
    assert stale_because(said, Printed("乙", "一室", "2", "每天"), design_ended=True) == ["officer", "phone", "design"]
    assert (sheets_for(1), sheets_for(10), sheets_for(11)) == (1, 1, 2)
    assert portrait(b"no picture") is None


def test_codes_are_long_plain_and_different() -> None:
    codes = {code_from(bytes([n % 256, n // 256]) * 16) for n in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {16}
    assert not set("".join(codes)) & set("01ilo")


def test_an_average_day_is_no_call_out_and_no_day_drawn_away() -> None:
    assert average_min([(540, 0), (500, 0), (40, 0), (60, 600), (0, 0)]) == 520
    assert average_min([(40, 0), (300, 300)]) is None
    both = added([RoomSum(((540, 0),), 1, 2), RoomSum(((500, 0), (0, 480)), 0, 1)])
    assert (both.minutes, both.worked_days, both.drawn_min, both.a_day_min) == (1040, 2, 480, 520)
    assert (both.corrected_days, both.waiting) == (1, 3)
