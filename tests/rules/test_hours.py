"""Opening hours as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from linli.kernel.clock import SHANGHAI
from linli.kernel.errors import Invalid
from linli.org.rooms.rules import inspection_state, is_open, read_hours


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """2026-11-02 is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def test_weekdays() -> None:
    spans = read_hours("周一至周五 08:30-17:30；周六 09:00-12:00")
    assert is_open(spans, at(2, 8, 30))
    assert not is_open(spans, at(2, 17, 30))
    assert is_open(spans, at(7, 11, 59))
    assert not is_open(spans, at(8, 10))


def test_past_midnight() -> None:
    spans = read_hours("周五 22:00-02:00")
    assert is_open(spans, at(6, 23))
    assert is_open(spans, at(7, 1, 59))
    assert not is_open(spans, at(7, 2))
    assert not is_open(spans, at(6, 1))


def test_always() -> None:
    spans = read_hours("每天 24小时")
    assert all(is_open(spans, at(day, hour)) for day in range(2, 9) for hour in (0, 12, 23))


@pytest.mark.parametrize("text", ["全年", "周八 08:00-09:00", "08:00", "周一 8点"])
def test_unreadable(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_hours(text)
    assert refused.value.code == "hours.unreadable"


def test_inspection() -> None:
    today = date(2026, 11, 22)
    assert inspection_state(None, today) == "none"
    assert inspection_state(date(2026, 11, 21), today) == "overdue"
    assert inspection_state(date(2026, 12, 22), today) == "soon"
    assert inspection_state(date(2026, 12, 23), today) == "ok"
