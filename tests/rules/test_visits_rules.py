"""Which doors, on which day, in which order, and why: pure."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.words import Words
from linli.visits.plans.rules import Candidate, chosen, crow_s, days_of, naive_s, walks, why
from linli.visits.reasons.rules import SHIPPED, ReasonFacts
from linli.visits.records.rules import door_key, due_after, title_of

MONDAY = date(2026, 11, 23)
REASONS = {one.code: one for one in SHIPPED}


def town(count: int, seed: int) -> list[list[int]]:
    """Seconds on foot between a room and some doors of a village, as the crow flies."""
    dice = random.Random(seed)
    spots = [(119.8 + dice.random() * 0.03, 29.4 + dice.random() * 0.03) for _ in range(count + 1)]
    return [[crow_s(one, other) for other in spots] for one in spots]


@pytest.mark.parametrize("seed", range(5))
def test_a_day_is_walked_the_shortest_way(seed: int) -> None:
    matrix = town(7, seed)
    [walk] = walks(matrix, due_day=[9] * 7, days=1, most=7)
    best = min(naive_s(matrix, order, 7) for order in itertools.permutations(range(7)))
    assert sorted(walk.doors) == list(range(7))
    assert walk.walk_s <= best * 1.03


def test_a_week_is_half_the_walking_of_a_list_by_date() -> None:
    shares = []
    for seed in range(5):
        matrix, dice = town(40, seed), random.Random(seed)
        due = [dice.randint(0, 9) for _ in range(40)]
        week = walks(matrix, due_day=due, days=5, most=8)
        by_date = sorted(range(40), key=lambda door: due[door])
        assert sorted(door for walk in week for door in walk.doors) == list(range(40))
        assert all(len(walk.doors) <= 8 for walk in week)
        assert walks(matrix, due_day=due, days=5, most=8) == week, "the same doors give the same week"
        shares.append(sum(walk.walk_s for walk in week) / naive_s(matrix, by_date, 8))
    assert max(shares) < 0.8
    assert sum(shares) / len(shares) < 0.65


def test_what_is_due_goes_first() -> None:
    matrix = town(10, 3)
    week = walks(matrix, due_day=[0, 0, *[9] * 8], days=5, most=2)
    assert {0, 1} <= set(week[0].doors) | set(week[1].doors)
    assert walks([[0]], due_day=[], days=2, most=3)[0].walk_s == 0


@given(
    st.lists(st.integers(-30, 40), max_size=60),
    st.lists(st.integers(0, 6), max_size=3),
    st.integers(0, 6),
    st.integers(1, 9),
)
def test_a_week_takes_the_soonest_and_forgets_none(due: list[int], gone: list[int], today: int, a_day: int) -> None:
    days = days_of(MONDAY, today=MONDAY + timedelta(days=today), away=[MONDAY + timedelta(days=n) for n in gone])
    assert all(day.weekday() < 5 and day >= MONDAY + timedelta(days=today) for day in days)
    doors = [Candidate(n, MONDAY + timedelta(days=after), None, None) for n, after in enumerate(due)]
    taken, left = chosen(doors, days, a_day=a_day)
    assert len(taken) == min(len(doors), a_day * len(days))
    assert not {one.key for one in taken} & {one.key for one in left}
    rest = [one for one in doors if one not in taken]
    if taken and rest:
        assert max(one.due_on for one in taken) <= min(one.due_on for one in rest)
    sunday = MONDAY + timedelta(days=6)
    assert {one.key for one in rest if one.due_on <= sunday} <= {one.key for one in left}


def test_why_is_one_sentence_in_both_languages() -> None:
    facts: dict[str, Any] = {"today": MONDAY, "due_on": MONDAY + timedelta(days=2), "last_on": None, "tries": 0}
    assert why(REASONS["enterprise"], **facts).zh == "企业场所：还没有走访过，11-25前应到"
    facts["last_on"] = MONDAY - timedelta(days=91)
    assert why(REASONS["enterprise"], **facts).en == "firms and places: 91 days since the last visit, due by 11-25"
    late = {**facts, "due_on": MONDAY - timedelta(days=4), "tries": 2}
    assert (
        why(REASONS["victim"], **late, number="JQ1").zh
        == "受害人回访：已过期4天，去过2次无人；JQ1办结后回访，11-19前应到"
    )
    assert "平安冬季" in why(REASONS["campaign"], **facts, campaign="平安冬季").zh
    for reason in SHIPPED:
        reason.check()
        said = why(reason, **facts)
        assert "{" not in said.zh + said.en


def test_when_a_door_is_due_again() -> None:
    enterprise, tenant = REASONS["enterprise"], REASONS["new_tenant"]
    assert due_after(enterprise, outcome="met", day=MONDAY) == MONDAY + timedelta(days=90)
    assert due_after(enterprise, outcome="nobody", day=MONDAY) == MONDAY + timedelta(days=3)
    assert due_after(tenant, outcome="met", day=MONDAY) is None
    assert due_after(enterprise, outcome="moved", day=MONDAY) is None


def test_the_same_door_has_the_same_key() -> None:
    assert door_key(place="溪东村 3号") == door_key(place="溪东村3号 ")
    assert door_key(address=1, room="301") != door_key(address=1, room="302")
    assert door_key(address=1, premises=2) == door_key(premises=2)
    assert title_of("后门堆放纸箱。已清理") == "后门堆放纸箱"
    assert title_of("  ") == ""
    with pytest.raises(Exception, match=r"reason\.interval"):
        ReasonFacts(code="x", words=Words("某", "x"), why=Words("", ""), every_days=0).check()
