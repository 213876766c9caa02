"""Seeing one's week, setting a day right, confirming it; and closing weeks whose owners saw them and let time pass."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import F

from linli.insight.hours.models import HoursDay, HoursWeek
from linli.insight.hours.queries import released, week_of
from linli.insight.hours.rules import LONGEST_DAY_MIN, OWN_DAYS, WEEK, monday_of
from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.works.jobs.acts import hourly

declare("hours.no_post", zh="您在这一周没有社区岗位。", en="You hold no community post in this week.")
declare("hours.future", zh="这一天还没有到。", en="This day has not come yet.")
declare("hours.minutes", zh="一天的时长须在0至24小时之间。", en="A day has between 0 and 24 hours.")
declare(
    "hours.not_over",
    zh="这一周还没有结束，周一起可以核对。",
    en="This week is not over; it can be confirmed from Monday on.",
)
declare("hours.old", zh="超过{weeks}周的工时不再改动。", en="Hours older than {weeks} weeks are not changed any more.")
CHANGEABLE_WEEKS = 8


def _week(actor: Actor, monday: date) -> HoursWeek:
    """The actor's row of a week, with its days as reckoned now; part of an act."""
    monday = monday_of(monday)
    known = week_of(actor.id, monday)
    if monday > clock.today():
        raise Invalid("hours.future", field="monday")
    row = known.row
    if row is None:
        if known.agency is None:
            raise Invalid("hours.no_post")
        row, _ = HoursWeek.objects.get_or_create(person_id=actor.id, monday=monday, defaults={"agency": known.agency})
    if row.confirmed_at is None:
        _reckon(row)
    return row


def _reckon(row: HoursWeek) -> None:
    """Write what sign-on and records say now; what the owner stated stays."""
    for day in week_of(row.person_id, row.monday).days:
        HoursDay.objects.update_or_create(
            week=row,
            day=day.sum.day,
            defaults={"computed_min": day.sum.minutes, "drawn_min": day.sum.drawn_min},
        )


@act("hours.see", zh="查看本人工时", en="see one's own hours")
def see_week(actor: Actor, *, monday: date) -> HoursWeek:
    """The owner has the week before him: from the first time on it may be told in sums, once it is over and some days
    have passed.
    """
    row = _week(actor, monday)
    if HoursWeek.objects.filter(pk=row.pk, seen_at__isnull=True).update(seen_at=clock.now(), version=F("version") + 1):
        row.refresh_from_db()
    return row


@act("hours.correct", zh="更正本人工时", en="set one's own hours right", keeps=("day",))
def correct_day(actor: Actor, *, day: date, minutes: int | None, reason: str = "") -> HoursWeek:
    """What the owner says of a day, with his reason; the reckoned value stays beside it. ``minutes`` None takes a
    correction back. A confirmed week may still be set right, for ``CHANGEABLE_WEEKS`` weeks.
    """
    today = clock.today()
    if day > today:
        raise Invalid("hours.future", field="day")
    if monday_of(today) - monday_of(day) > WEEK * CHANGEABLE_WEEKS:
        raise Conflict("hours.old", weeks=CHANGEABLE_WEEKS)
    if minutes is not None and not 0 <= minutes <= LONGEST_DAY_MIN:
        raise Invalid("hours.minutes", field="minutes")
    if minutes is not None and not reason.strip():
        raise Invalid("fact.missing", field="reason")
    row = _week(actor, day)
    HoursDay.objects.filter(week=row, day=day).update(
        stated_min=minutes, reason=reason.strip()[:200] if minutes is not None else "", stated_at=clock.now()
    )
    HoursWeek.objects.filter(pk=row.pk).update(version=F("version") + 1)
    row.refresh_from_db()
    return row


@act("hours.confirm", zh="核对本人工时", en="confirm one's own hours")
def confirm_week(actor: Actor, *, monday: date) -> HoursWeek:
    """The owner says that the week is right: from now on it is told in sums. Only a week that is over."""
    if clock.today() < monday_of(monday) + WEEK:
        raise Invalid("hours.not_over", field="monday")
    row = _week(actor, monday)
    now = clock.now()
    first = HoursWeek.objects.filter(pk=row.pk, confirmed_at__isnull=True)
    first.update(confirmed_at=now, seen_at=row.seen_at or now, version=F("version") + 1)
    row.refresh_from_db()
    return row


@hourly("hours.close_weeks")
def close_weeks(payload: dict[str, Any]) -> None:
    """Weeks that were seen and let pass are reckoned once more, before their sums are told."""
    today = clock.today()
    recent = monday_of(today) - timedelta(days=7 + OWN_DAYS)
    for row in HoursWeek.objects.filter(monday__gte=recent, confirmed_at__isnull=True, seen_at__isnull=False):
        if released(row, today):
            _reckon(row)
