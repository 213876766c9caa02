"""Periods of whole days in Asia/Shanghai, and the same period of last year: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from linli.kernel.words import Words

PERIODS: dict[str, Words] = {
    "week": Words("本周", "this week"),
    "month": Words("本月", "this month"),
    "half": Words("本半年", "this half-year"),
}
_LAST: dict[str, Words] = {
    "week": Words("上周", "last week"),
    "month": Words("上月", "last month"),
    "half": Words("上半年度", "last half-year"),
}
WEEKS_OF_A_YEAR = timedelta(weeks=52)
HALF_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``begins`` (inclusive) to ``ends`` (exclusive), and the same days of last year."""

    code: str
    words: Words
    begins: date
    ends: date
    before_begins: date
    before_ends: date

    @property
    def last_day(self) -> date:
        return self.ends - timedelta(days=1)

    @property
    def before_last_day(self) -> date:
        return self.before_ends - timedelta(days=1)


def period_of(code: str, today: date) -> Period:
    """The period that runs on ``today``, up to the last whole day; on its first day the one that has just ended.

    A day that has not ended is never set against a whole one of last year. A week is compared with the same weekdays 52
    weeks before, month and half-year with the same dates. An unknown code is the month.
    """
    code = code if code in PERIODS else "month"
    begins, ends, words = _first_day(code, today), today, PERIODS[code]
    if begins == ends:
        begins, words = _first_day(code, today - timedelta(days=1)), _LAST[code]
    if code == "week":
        return Period(code, words, begins, ends, begins - WEEKS_OF_A_YEAR, ends - WEEKS_OF_A_YEAR)
    return Period(code, words, begins, ends, same_day_last_year(begins), same_day_last_year(ends))


def _first_day(code: str, day: date) -> date:
    if code == "week":
        return day - timedelta(days=day.weekday())
    if code == "half":
        return day.replace(month=HALF_MONTHS + 1 if day.month > HALF_MONTHS else 1, day=1)
    return day.replace(day=1)


def same_day_last_year(day: date) -> date:
    """The same date a year before; 29 February has 28 February before it."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def next_month(day: date) -> date:
    """The first day of the month after the one of ``day``."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
