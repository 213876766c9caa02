"""Clocks of mediation over many days, the colour table, papers and contents: pure."""

from __future__ import annotations

import calendar
import itertools
import random
from datetime import date, timedelta

import pytest

from linli.kernel.errors import Invalid
from linli.mediation.clocks.rules import (
    CLOCKS,
    Clock,
    after_months,
    after_working_days,
    clock_on,
    is_announced,
    is_off,
    last_day,
)
from linli.mediation.papers.rules import contents_of
from linli.mediation.parties.rules import PartyFacts
from linli.mediation.procedures.rules import PAPERS, PROCEDURES, check_paper
from linli.mediation.schemes.queries import shipped
from linli.mediation.schemes.rules import Signs, propose

CASES = 100_000
FIRST = date(2011, 1, 1)
SPAN_DAYS = 9_000
"""To the year 2035: past the years whose holidays are announced."""


def test_a_hundred_thousand_deadlines_are_right() -> None:
    """Month ends, holidays, leap years, laws that change. Each is checked by counting days one by one."""
    drawn = random.Random(6)
    off = {FIRST + timedelta(days=n): is_off(FIRST + timedelta(days=n)) for n in range(SPAN_DAYS + 400)}
    for _ in range(CASES // 4):
        day = FIRST + timedelta(days=drawn.randrange(SPAN_DAYS))
        confirm = last_day(clock_on("confirm", day), day, off=off.__getitem__)
        natural = day + timedelta(days=30)
        assert confirm >= natural and not off[confirm]
        assert all(off[natural + timedelta(days=n)] for n in range((confirm - natural).days))
        month = last_day(clock_on("mediate", day), day, off=off.__getitem__)
        length = calendar.monthrange(month.year, month.month)[1]
        assert (month.year * 12 + month.month) - (day.year * 12 + day.month) == 1
        assert month.day == min(day.day, length)
        for code, n in (("public_order_first", 3), ("public_order_again", 7)):
            found = last_day(clock_on(code, day), day, off=off.__getitem__)
            between = [day + timedelta(days=k) for k in range(1, (found - day).days + 1)]
            assert sum(not off[one] for one in between) == n and not off[found]


def test_known_days() -> None:
    spring = date(2026, 2, 10)
    assert after_working_days(spring, 3) == date(2026, 2, 13)
    assert after_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24), "the Saturday is worked, then nine days off"
    assert after_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert after_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert after_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    golden = last_day(clock_on("confirm", date(2026, 9, 2)), date(2026, 9, 2))
    assert golden == date(2026, 10, 8), "day 30 is the second of October, a holiday"
    assert is_announced(date(2026, 5, 1)) and not is_announced(date(2090, 5, 1))
    assert is_off(date(2090, 1, 1)) == (date(2090, 1, 1).weekday() >= 5)


@pytest.mark.parametrize("day", [date(2012, 12, 31), date(2013, 1, 1), date(2021, 12, 31), date(2024, 1, 1)])
def test_one_wording_is_in_force_each_day_and_cites_its_article(day: date) -> None:
    for code in {one.code for one in CLOCKS if one.code != "court_sent"}:
        held = [one for one in CLOCKS if one.code == code and one.since <= day and (not one.until or day < one.until)]
        assert len(held) == 1 and clock_on(code, day) == held[0]
        assert "第" in held[0].cited and "《" in held[0].cited
    for code, before in (("confirm", date(2010, 12, 31)), ("court_sent", date(2016, 6, 30))):
        with pytest.raises(Invalid, match="not_in_force"):
            clock_on(code, before)
    sent = date(2026, 9, 2)
    assert last_day(clock_on("court_sent", sent), sent) == date(2026, 10, 8), "day 30 is a holiday"


def test_laws_follow_one_another_without_a_gap() -> None:
    by_code: dict[str, list[Clock]] = {}
    for one in CLOCKS:
        by_code.setdefault(one.code, []).append(one)
    for rows in by_code.values():
        assert all(one.until == after.since for one, after in itertools.pairwise(rows))
        assert rows[-1].until is None


@pytest.mark.parametrize(("numbers", "said", "colour"), [
    ({"repeats": 1.0}, (), "blue"),
    ({"repeats": 3.0}, (), "yellow"),
    ({"repeats": 1.0}, ("wages",), "yellow"),
    ({"repeats": 5.0}, ("wages",), "red"),
    ({"repeats": 1.0, "amount_yuan": 200_000.0}, (), "red"),
    ({"repeats": 1.0}, ("threat",), "red"),
])  # fmt: skip
def test_the_table_proposes_with_reasons(numbers: dict[str, float], said: tuple[str, ...], colour: str) -> None:
    proposal = propose(shipped()["three"], Signs(numbers, frozenset(said)))
    assert proposal.row.code == colour and proposal.reasons


def test_three_schemes_are_shipped_and_a_row_says_all_of_it() -> None:
    assert list(shipped()) == ["three", "four", "leaders"]
    for scheme in shipped().values():
        assert not scheme.rows[0].criteria and all(row.handlers and row.follow_up for row in scheme.rows)


def test_the_wrong_paper_cannot_be_printed() -> None:
    for procedure in PROCEDURES.values():
        for code in PAPERS:
            if code in procedure.papers:
                check_paper(procedure, code)
            else:
                with pytest.raises(Invalid, match="wrong_paper"):
                    check_paper(procedure, code)
    assert "public_order_agreement" not in PROCEDURES["on_spot"].papers


def test_missing_papers_are_named() -> None:
    found = contents_of({"acceptance", "rights"}, agreed=True, sent_somebody=True)
    assert [one.code for one in found if one.missing] == ["identity", "authority", "record", "agreement"]
    assert not [
        one for one in contents_of(set(), agreed=False, sent_somebody=False) if one.code == "agreement" and one.missing
    ]


def test_a_child_is_known_by_its_identity_number() -> None:
    assert PartyFacts("a", "石小", id_number="33000020150102001X").is_child(date(2026, 3, 1))
    assert not PartyFacts("a", "石甲", id_number="33000019850102001X").is_child(date(2026, 3, 1))
    assert not PartyFacts("a", "石甲", id_number="不详").is_child(date(2026, 3, 1))
