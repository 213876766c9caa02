"""Rules by the hour: turns forbidden at the morning peak, lanes that run one way before noon and the other after.

Read is OpenStreetMap's ``value @ (condition); value @ (condition)`` where the condition is days and times of the week
(``Mo-Fr 07:00-09:00,17:00-19:00; Sa 08:00-12:00``). ``PH off`` is passed over: on a public holiday the rule is taken to
hold. What says more than that (months, dates, sunset, weights) is not guessed at: None.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise

Spans = tuple[tuple[int, int], ...]
"""[from, until) in minutes of the week, Monday 00:00 local time being 0; sorted, apart."""

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY, _WEEK = 1440, 7 * 1440
_ONE_DAY = rf"(?:{'|'.join(_DAYS)})"
_SOME_DAYS = rf"{_ONE_DAY}(?:-{_ONE_DAY})?"
_TIMES = r"\d{1,2}:\d{2}-\d{1,2}:\d{2}"
_RULE = re.compile(rf"(?:({_SOME_DAYS}(?:,{_SOME_DAYS})*)(?:\s+|$))?((?:{_TIMES})(?:,{_TIMES})*)?")
_CLAUSE = re.compile(r"\s*([^@;]+?)\s*@\s*(\([^()]*\)|[^;()]+)\s*(?:;|$)")
_HOLIDAYS = re.compile(r"(?:PH|SH)(?:,(?:PH|SH))* off")


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
    """The spans of a condition; a later part replaces an earlier one on the days that it names."""
    if text == "24/7":
        return ((0, _WEEK),)
    days: dict[int, list[tuple[int, int]]] = {}
    for part in (one.strip() for one in text.split(";")):
        if not part or _HOLIDAYS.fullmatch(part):
            continue
        match = _RULE.fullmatch(part)
        times = _times(match.group(2)) if match else None
        if match is None or times is None:
            return None
        for day in _days(match.group(1)):
            days[day] = [(day * _DAY + start, day * _DAY + end) for start, end in times]
    return _apart([span for spans in days.values() for span in spans]) or None


def _days(text: str | None) -> list[int]:
    found: list[int] = []
    for part in text.split(",") if text else ["Mo-Su"]:
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def _times(text: str | None) -> list[tuple[int, int]] | None:
    """Minutes of the day; an end at or before its start lies on the next day. None for a time that no clock shows."""
    if not text:
        return [(0, _DAY)]
    found = []
    for part in text.split(","):
        start, end = (int(hour) * 60 + int(minute) for hour, minute in (one.split(":") for one in part.split("-")))
        if start >= _DAY or end > _DAY:
            return None
        found.append((start, end if end > start else end + _DAY))
    return found


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


def minute_of_week(at: datetime) -> int:
    """Of a local time."""
    return at.weekday() * _DAY + at.hour * 60 + at.minute


def holds(spans: Spans, minute: int) -> bool:
    """Whether a rule with these spans holds in that minute of the week."""
    return any(start <= minute < end for start, end in spans)


def shut_sides(
    default: tuple[int, int], said: list[tuple[tuple[int, int], Spans]]
) -> tuple[tuple[int, int], tuple[Spans, Spans]]:
    """Of a road that runs otherwise by the hour: which sides (along, against) are open at any time, and when each of
    these is shut. ``default`` holds where no clause does; the last clause that holds wins.
    """
    cuts = sorted({0, _WEEK, *(minute for _, spans in said for span in spans for minute in span)})
    open_at: list[tuple[int, int, tuple[int, int]]] = []
    for start, end in pairwise(cuts):
        sides = default
        for value, spans in said:
            sides = value if holds(spans, start) else sides
        open_at.append((start, end, sides))
    ever = (int(any(sides[0] for *_, sides in open_at)), int(any(sides[1] for *_, sides in open_at)))
    shut = [_apart([(start, end) for start, end, sides in open_at if not sides[side]]) for side in (0, 1)]
    return ever, (shut[0] if ever[0] else (), shut[1] if ever[1] else ())
