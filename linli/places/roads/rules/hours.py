"""Rules by the hour: turns forbidden at the morning peak, lanes that run one way before noon and the other after.

Read is OpenStreetMap's ``value @ (condition); value @ (condition)`` where the condition is months or dates, days and
times of the week, and public holidays (``Apr-Sep Mo-Fr 07:00-09:00,17:00-19:00; Sa 08:00-12:00; PH off``). Holidays are
those of the State Council; in a year that it has not announced no day is one. ``SH off`` (school) is passed over. What
says more than that (sunset, weights, weeks of the year) is not guessed at: None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

import chinese_calendar  # type: ignore[import-untyped]  # it ships no types

Spans = tuple[tuple[int, ...], ...]
"""[from, until) in minutes of the week, Monday 00:00 local time being 0; sorted, apart. Where the seasons or holidays
differ, each has three more: first and last day (of a leap year, from 1) and 1 for public holidays, 0 for other days.
"""

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_HOLIDAY = 7
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY, _WEEK = 1440, 7 * 1440
_YEAR_DAYS = 366
_LEAP = 2000
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_DATE = rf"{_MONTH}(?: \d{{1,2}})?"
_SEASON = rf"{_DATE}(?:-(?:{_DATE}|\d{{1,2}}))?"
_ONE_DAY = rf"(?:{'|'.join(_DAYS)})"
_SOME_DAYS = rf"(?:{_ONE_DAY}(?:-{_ONE_DAY})?|PH)"
_TIMES = r"\d{1,2}:\d{2}-\d{1,2}:\d{2}"
_END = r"(?::?\s+|$)"
_RULE = re.compile(
    rf"(?:({_SEASON}(?:,{_SEASON})*){_END})?(?:({_SOME_DAYS}(?:,\s?{_SOME_DAYS})*){_END})?((?:{_TIMES})(?:,\s?{_TIMES})*|off)?"
)
_CLAUSE = re.compile(r"\s*([^@;]+?)\s*@\s*(\([^()]*\)|[^;()]+)\s*(?:;|$)")
_SCHOOL = re.compile(r"SH off")


class Part(NamedTuple):
    """One part of a condition: in which seasons (all year when none), on which days (0 Monday … 6, 7 a public holiday),
    at which minutes of the day.
    """

    seasons: list[tuple[int, int]]
    days: frozenset[int]
    times: list[tuple[int, int]]


class Moment(NamedTuple):
    """A local time as the rules ask for it: minute of the week, day of a leap year, whether it is a public holiday."""

    minute: int
    day: int
    holiday: bool


class _Class(NamedTuple):
    """Days on which the same week holds."""

    first: int
    last: int
    holiday: bool


def clauses(text: str) -> list[tuple[str, Spans]] | None:
    """``no_left_turn @ (Mo-Fr 07:00-09:00)`` as [(value, spans)], in order; None when any of it cannot be read."""
    found: list[tuple[str, Spans]] = []
    at = 0
    while at < len(text):
        match = _CLAUSE.match(text, at)
        spans = week(match.group(2).strip("() ")) if match else None
        if match is None or spans is None:
            return None
        found.append((match.group(1), spans))
        at = match.end()
    return found or None


def week(text: str) -> Spans | None:
    """The spans of a condition; a later part replaces an earlier one on the days that it names, and what is said of
    public holidays goes before what is said of a weekday.
    """
    if text == "24/7":
        return ((0, _WEEK),)
    parts: list[Part] = []
    for said in (one.strip() for one in text.split(";")):
        if not said or _SCHOOL.fullmatch(said):
            continue
        part = _part(said)
        if part is None:
            return None
        parts.append(part)
    classes = _classes({(first, last) for part in parts for first, last in part.seasons}, holidays=_say_holidays(parts))
    return _joined([(one, _in_a_week(parts, one)) for one in classes]) or None


def _say_holidays(parts: list[Part]) -> bool:
    return any(_HOLIDAY in part.days for part in parts)


def _part(text: str) -> Part | None:
    match = _RULE.fullmatch(text)
    if match is None:
        return None
    seasons, days, hours = match.groups()
    times = [] if hours == "off" else _times(hours)
    if times is None:
        return None
    try:
        between = [_season(one) for one in seasons.split(",")] if seasons else []
    except ValueError:  # 31 February
        return None
    return Part([span for one in between for span in one], frozenset(_days(days)), times)


def _season(text: str) -> list[tuple[int, int]]:
    """First and last day of a leap year; a winter is two. Raises ValueError for a date that no year has."""
    begins, _, ends = text.partition("-")
    if ends.isdigit():
        ends = f"{begins[:3]} {ends}"
    first, last = _day_of_year(begins), _day_of_year(ends or begins, at_end=True)
    return [(first, last)] if first <= last else [(first, _YEAR_DAYS), (1, last)]


def _day_of_year(text: str, *, at_end: bool = False) -> int:
    month, _, day = text.partition(" ")
    number = _MONTHS.index(month) + 1
    if day:
        return date(_LEAP, number, int(day)).timetuple().tm_yday
    if at_end:
        return date(_LEAP, number + 1, 1).timetuple().tm_yday - 1 if number < 12 else _YEAR_DAYS
    return date(_LEAP, number, 1).timetuple().tm_yday


def _days(text: str | None) -> list[int]:
    found: list[int] = []
    for part in text.replace(" ", "").split(",") if text else ["Mo-Su"]:
        if part == "PH":
            found.append(_HOLIDAY)
            continue
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def _times(text: str | None) -> list[tuple[int, int]] | None:
    """Minutes of the day; an end at or before its start lies on the next day. None for a time that no clock shows."""
    if not text:
        return [(0, _DAY)]
    found = []
    for part in text.replace(" ", "").split(","):
        start, end = (int(hour) * 60 + int(minute) for hour, minute in (one.split(":") for one in part.split("-")))
        if start >= _DAY or end > _DAY:
            return None
        found.append((start, end if end > start else end + _DAY))
    return found


def _classes(seasons: Iterable[tuple[int, int]], *, holidays: bool) -> list[_Class]:
    """The year cut wherever a season begins or has ended, public holidays apart when anything is said of them."""
    begins = sorted({1} | {day for first, last in seasons for day in (first, last + 1) if day <= _YEAR_DAYS})
    cut = [(first, after - 1) for first, after in pairwise([*begins, _YEAR_DAYS + 1])]
    return [
        _Class(first, last, holiday) for first, last in cut for holiday in ((False, True) if holidays else (False,))
    ]


def _in_a_week(parts: list[Part], one: _Class) -> Spans:
    """What the parts say of a week of such days."""
    days: dict[int, list[tuple[int, int]]] = {}
    for part in sorted(parts, key=lambda part: one.holiday and _HOLIDAY in part.days):
        if part.seasons and not any(first <= one.first <= last for first, last in part.seasons):
            continue
        named = range(7) if one.holiday and _HOLIDAY in part.days else part.days - {_HOLIDAY}
        for day in named:
            days[day] = [(day * _DAY + start, day * _DAY + end) for start, end in part.times]
    return _apart([span for spans in days.values() for span in spans])


def _joined(found: list[tuple[_Class, Spans]]) -> Spans:
    """One week for all days, or each span with the days on which it holds."""
    if len({spans for _, spans in found}) <= 1:
        return found[0][1] if found else ()
    apart = any(one.holiday for one, _ in found)
    both = (
        found
        if apart
        else [(_Class(a.first, a.last, holiday), spans) for a, spans in found for holiday in (False, True)]
    )
    return tuple(sorted((*span, one.first, one.last, int(one.holiday)) for one, spans in both for span in spans))


def _apart(spans: list[tuple[int, int]]) -> Spans:
    """Sorted, those that touch joined, what runs past Sunday night begun again on Monday."""
    cut = [one for start, end in spans for one in ((start, min(end, _WEEK)), (0, end - _WEEK)) if one[1] > one[0]]
    found: list[tuple[int, int]] = []
    for start, end in sorted(cut):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def moment(at: datetime) -> Moment:
    """Of a local time."""
    day = date(_LEAP, at.month, at.day).timetuple().tm_yday
    return Moment(at.weekday() * _DAY + at.hour * 60 + at.minute, day, is_public_holiday(at.date()))


def is_public_holiday(day: date) -> bool:
    """Whether offices rest that day for a holiday, as the State Council announced it; False where it has not yet."""
    try:
        resting, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(resting and name)


def holding(every: Sequence[Spans], at: datetime) -> tuple[int, ...]:
    """Which of these rules hold at a local time, by index."""
    if not every:
        return ()
    then = moment(at)
    return tuple(i for i, spans in enumerate(every) if holds(spans, then))


def holds(spans: Spans, at: Moment) -> bool:
    """Whether a rule with these spans holds then."""
    return any(span[0] <= at.minute < span[1] for span in spans if _on(span, at.day, holiday=at.holiday))


def _on(span: tuple[int, ...], day: int, *, holiday: bool) -> bool:
    return len(span) == 2 or (span[2] <= day <= span[3] and bool(span[4]) == holiday)


def shut_sides(
    default: tuple[int, int], said: list[tuple[tuple[int, int], Spans]]
) -> tuple[tuple[int, int], tuple[Spans, Spans]]:
    """Of a road that runs otherwise by the hour: which sides (along, against) are open at any time, and when each of
    these is shut. ``default`` holds where no clause does; the last clause that holds wins.
    """
    long = [span for _, spans in said for span in spans if len(span) > 2]
    classes = _classes({(span[2], span[3]) for span in long}, holidays=bool(long))
    weeks = [(one, _open_in_a_week(default, said, one)) for one in classes]
    every = [sides for _, open_at in weeks for *_, sides in open_at]
    ever = (int(any(sides[0] for sides in every)), int(any(sides[1] for sides in every)))
    shut = [
        _joined(
            [
                (one, _apart([(start, end) for start, end, sides in open_at if not sides[side]]))
                for one, open_at in weeks
            ]
        )
        for side in (0, 1)
    ]
    return ever, (shut[0] if ever[0] else (), shut[1] if ever[1] else ())


def _open_in_a_week(
    default: tuple[int, int], said: list[tuple[tuple[int, int], Spans]], one: _Class
) -> list[tuple[int, int, tuple[int, int]]]:
    """Stretches of a week of such days and which sides are open in each."""
    there = [(value, [span for span in spans if _on(span, one.first, holiday=one.holiday)]) for value, spans in said]
    cuts = sorted({0, _WEEK, *(minute for _, spans in there for span in spans for minute in span[:2])})
    open_at: list[tuple[int, int, tuple[int, int]]] = []
    for start, end in pairwise(cuts):
        sides = default
        for value, spans in there:
            sides = value if any(span[0] <= start < span[1] for span in spans) else sides
        open_at.append((start, end, sides))
    return open_at
