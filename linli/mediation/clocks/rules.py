"""The table of legal clocks, each with its article and its dates of validity; and how a period is counted.

Counting (Civil Code arts. 200-203, Civil Procedure Law 2023 art. 85): the day on which a period begins is not counted;
a period of months ends on the same day of the month, or its last; where the law says so, a period whose last day is a
day off ends on the next working day. Days are days of Asia/Shanghai, which knows no daylight saving.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # the State Council's days off, year by year

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare(
    "clock.not_in_force", zh="{day}当天没有“{clock}”这一期限的规定。", en="No rule for {clock} was in force on {day}."
)

OffDay = Callable[[date], bool]
UNITS: dict[str, Words] = {
    "days": Words("日", "days"),
    "working_days": Words("个工作日", "working days"),
    "months": Words("个月", "months"),
}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Clock:
    """One period of the law in one wording: ``n`` of ``unit`` (days, working_days or months) after the day it counts
    from, in force from ``since`` up to the day before ``until``. ``rolls``: it does not end on a day off.
    """

    code: str
    words: Words
    law: str
    article: str
    n: int
    unit: str
    rolls: bool
    since: date
    until: date | None = None
    to_confirm: bool = False
    """The wording was not at hand when the row was written: a lawyer should look at it before anybody relies on it."""

    @property
    def cited(self) -> str:
        """The law and the article, as a paper cites them."""
        return f"《{self.law}》{self.article}"


_CONFIRM = Words("共同申请司法确认", "joint request for judicial confirmation")
_CIVIL = "中华人民共和国人民调解法》第三十三条、《中华人民共和国民事诉讼法"


def _confirm(wording: str, article: str, since: date, until: date | None) -> Clock:
    return Clock("confirm", _CONFIRM, f"{_CIVIL}（{wording}）", article, 30, "days", True, since, until)


CLOCKS: tuple[Clock, ...] = (
    Clock(
        *("confirm", _CONFIRM, "中华人民共和国人民调解法", "第三十三条", 30, "days", True),
        since=date(2011, 1, 1),
        until=date(2013, 1, 1),
    ),
    _confirm("2012年、2017年修正", "第一百九十四条", date(2013, 1, 1), date(2022, 1, 1)),
    _confirm("2021年修正", "第二百零一条", date(2022, 1, 1), date(2024, 1, 1)),
    _confirm("2023年修正", "第二百零五条", date(2024, 1, 1), None),
    Clock(
        "mediate",
        Words("人民调解一般期限", "usual time of people's mediation"),
        "人民调解工作若干规定",
        "第三十三条",
        *(1, "months", False),
        since=date(2002, 11, 1),
    ),
    Clock(
        "court_sent",
        Words("法院诉前委派调解期限", "mediation sent by the court before a suit"),
        "最高人民法院关于人民法院特邀调解的规定",
        "第二十七条",
        *(30, "days", True),
        since=date(2016, 7, 1),
        to_confirm=True,
    ),
    Clock(
        "public_order_first",
        Words("治安调解期限", "mediation of a public-order case"),
        "公安机关治安调解工作规范",
        "第九条",
        *(3, "working_days", False),
        since=date(2007, 12, 8),
    ),
    Clock(
        "public_order_again",
        Words("再次治安调解期限", "second mediation of a public-order case"),
        "公安机关治安调解工作规范",
        "第九条",
        *(7, "working_days", False),
        since=date(2007, 12, 8),
    ),
)
"""A change of the law is a new row; the one before gets its last day. What began under it keeps it."""


def is_off(day: date) -> bool:
    """Whether offices are closed: weekends and holidays as the State Council moved them; weekends alone for years that
    it has not announced.
    """
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return day.weekday() >= _SATURDAY


def is_announced(day: date) -> bool:
    """Whether the days off of that year are known; else a period that ends there may still move by a day or some."""
    try:
        chinese_calendar.is_holiday(day)
    except NotImplementedError:
        return False
    return True


def is_in_force(clock: Clock, day: date) -> bool:
    """Whether this wording holds on a day."""
    return clock.since <= day and (clock.until is None or day < clock.until)


def clock_on(code: str, day: date) -> Clock:
    """The wording in force on a day. Raises Invalid ``clock.not_in_force``."""
    for one in CLOCKS:
        if one.code == code and is_in_force(one, day):
            return one
    raise Invalid("clock.not_in_force", clock=code, day=day.isoformat())


def last_day(clock: Clock, counted_from: date, *, off: OffDay = is_off) -> date:
    """The last day of a period that counts from ``counted_from`` (itself not counted)."""
    if clock.unit == "working_days":
        return after_working_days(counted_from, clock.n, off=off)
    end = counted_from + timedelta(days=clock.n) if clock.unit == "days" else after_months(counted_from, clock.n)
    while clock.rolls and off(end):
        end += timedelta(days=1)
    return end


def after_working_days(day: date, n: int, *, off: OffDay = is_off) -> date:
    """The n-th working day after ``day``."""
    left = n
    while left:
        day += timedelta(days=1)
        left -= not off(day)
    return day


def after_months(day: date, n: int) -> date:
    """The same day n months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
