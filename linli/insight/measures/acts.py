"""Keeping the sums: what the ledger changed is counted anew, a day at a time.

The rows are the truth and the sums follow them, so this writes nothing that anybody did: it has no right and no entry
in the trail. The jobs have a lane of their own, so that no timer of an order stands behind a year of sums; they count
outside of transactions and come one after the other, so that a call taker never waits for them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, QuerySet, Sum

from linli.insight.measures.models import Followed, Rolled, Tally
from linli.insight.measures.queries.figures import DAY, SLACK, counted
from linli.insight.measures.queries.places import Tree
from linli.insight.measures.queries.reports import midnight
from linli.insight.measures.rules import next_month
from linli.kernel import clock
from linli.matters.ledger.models import Matter
from linli.works.jobs.acts import hourly, job, let_another_wait, schedule, schedule_many
from linli.works.jobs.models import Job

FOLLOW_EVERY = timedelta(minutes=2)
LANE = "figures"
APART = timedelta(milliseconds=250)
"""So far apart the days of a backlog are summed."""
NEXT = "figures.follow:next"
AT_ONCE = 20_000
"""Touched matters looked through in one step."""


@hourly("figures.watch")
def watch(payload: dict[str, Any]) -> None:
    """Once an hour: begin to follow if nobody does, and check the recent months against the rows."""
    schedule("figures.follow", due_at=clock.now(), key=NEXT, lane=LANE)
    first = clock.today().replace(day=1)
    recent = {"month": (first - DAY).isoformat()}
    schedule("figures.check", due_at=clock.now(), payload=recent, key="figures.check", lane=LANE)


@job("figures.follow")
def follow(payload: dict[str, Any]) -> None:
    """Mark the days of matters touched since the last look, and look again in two minutes."""
    until = Followed.objects.values_list("until", flat=True).first()
    began, rest = clock.now(), False
    rows = Matter.objects.order_by("touched_at").values_list("touched_at", "received_at")
    if until is not None:
        rows = rows.filter(touched_at__gte=until - SLACK)
    found = list(rows[:AT_ONCE])
    if len(found) == AT_ONCE and found[-1][0] > found[0][0] + SLACK:
        began, rest = found[-1][0], True
    elif len(found) == AT_ONCE:
        # One statement wrote more rows than a step reads: their days are asked for, not the rows.
        found, rest = _of_one_moment(found[0][0], found[-1][0]), True
        began = found[0][0] + 2 * SLACK
    with transaction.atomic():
        mark({clock.shanghai(received_at).date() for _, received_at in found})
        Followed.objects.update_or_create(id=1, defaults={"until": min(began, clock.now())})
        _again(at_once=rest and began < clock.now())


def _of_one_moment(first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """Every day between the earliest and the latest matter that was touched from ``first`` to ``last``."""
    span = Matter.objects.filter(touched_at__gte=first, touched_at__lte=last + SLACK).aggregate(
        low=Min("received_at"), high=Max("received_at")
    )
    days = (span["high"] - span["low"]).days + 1
    return [(first, span["low"] + timedelta(days=n)) for n in range(days)] + [(first, span["high"])]


def _again(*, at_once: bool) -> None:
    let_another_wait(NEXT)
    due_at = clock.now() if at_once else clock.now() + FOLLOW_EVERY
    schedule("figures.follow", due_at=due_at, key=NEXT, lane=LANE)


def mark(days: set[date]) -> None:
    """The sums of these days no longer hold. Their whole months are summed, so that months can be added up.

    Today and what lies beyond is always counted from the rows.
    """
    today = clock.today()
    past = {day for day in days if day < today}
    yesterday = today - DAY
    if Rolled.objects.filter(span=Tally.DAY).exists() and not Rolled.objects.filter(span=Tally.DAY, day=yesterday):
        past.add(yesterday)
    if not past:
        return
    Rolled.objects.filter(span=Tally.DAY, day__in=past).update(stale=True)
    months = {day.replace(day=1) for day in past}
    Rolled.objects.filter(span=Tally.MONTH, day__in=months).update(stale=True)
    for month in months:
        within = [month + timedelta(days=n) for n in range(31)]
        fresh = [day for day in within if day < min(today, next_month(month))]
        Rolled.objects.bulk_create([Rolled(span=Tally.DAY, day=day) for day in fresh], ignore_conflicts=True)
    stale = Rolled.objects.filter(span=Tally.DAY, stale=True, day__lt=today).order_by("-day")
    now = clock.now()
    schedule_many(
        [
            Job(
                name="figures.roll",
                lane=LANE,
                key=f"figures.roll:{day}",
                payload={"day": day.isoformat()},
                due_at=now + place * APART,
                created_at=now,
            )
            for place, day in enumerate(stale.values_list("day", flat=True))
        ]
    )


@job("figures.roll")
def roll(payload: dict[str, Any]) -> None:
    """Sum one day anew from the ledger's rows, and its month when all its days hold."""
    day = date.fromisoformat(payload["day"])
    if day < clock.today():
        roll_day(day)


def roll_day(day: date) -> int:
    """Write a day's sums in place of the old ones. Returns how many matters were counted.

    The day holds for nobody while it is counted, and whoever marks it meanwhile is not overruled: it stays stale.
    """
    with transaction.atomic():
        Rolled.objects.update_or_create(span=Tally.DAY, day=day, defaults={"stale": False, "rolled_at": None})
    matters = _matters(day)
    found = counted([(day, day + DAY, Tally.DAY)], Tree.load()) if matters else {}
    rows = [
        Tally(place=place, measure=measure, span=Tally.DAY, day=day, n=n)
        for (_, place), numbers in found.items()
        for measure, n in numbers.items()
    ]
    with transaction.atomic():
        Tally.objects.filter(span=Tally.DAY, day=day).delete()
        Tally.objects.bulk_create(rows, batch_size=400)
        Rolled.objects.filter(span=Tally.DAY, day=day).update(matters=matters, rolled_at=clock.now())
    _roll_month(day.replace(day=1))
    return matters


def _matters(day: date) -> int:
    return Matter.objects.filter(received_at__gte=midnight(day), received_at__lt=midnight(day + DAY)).count()


def _roll_month(first: date) -> None:
    """Add a month up from its days, once it is over and all of them hold."""
    after = next_month(first)
    days = Rolled.objects.holding().filter(span=Tally.DAY, day__gte=first, day__lt=after)
    if after > clock.today() or days.count() < (after - first).days:
        return
    with transaction.atomic():
        # The month's row is taken first, then its days are looked at again: who marks one of them waits for it.
        Rolled.objects.update_or_create(span=Tally.MONTH, day=first, defaults={"stale": True})
        if days.count() == (after - first).days:
            _add_up(first, after, days)


def _add_up(first: date, after: date, days: QuerySet[Rolled]) -> None:
    Tally.objects.filter(span=Tally.MONTH, day=first).delete()
    of_days = Tally.objects.filter(span=Tally.DAY, day__gte=first, day__lt=after)
    sums = of_days.values_list("place", "measure").annotate(total=Sum("n"))
    Tally.objects.bulk_create(
        [Tally(place=place, measure=measure, span=Tally.MONTH, day=first, n=n) for place, measure, n in sums],
        batch_size=400,
    )
    matters = days.aggregate(total=Sum("matters"))["total"] or 0
    Rolled.objects.update_or_create(
        span=Tally.MONTH, day=first, defaults={"stale": False, "rolled_at": clock.now(), "matters": matters}
    )


@job("figures.check")
def check(payload: dict[str, Any]) -> None:
    """Compare each day of a month with the number of its rows: a matter whose day was corrected, or that was erased,
    leaves no touched row behind. Then the month before, as far back as there are sums; the two latest every hour.
    """
    first = date.fromisoformat(payload["month"]).replace(day=1)
    held = Rolled.objects.holding().filter(span=Tally.DAY, day__gte=first, day__lt=next_month(next_month(first)))
    wrong = {day for day, matters in held.values_list("day", "matters") if _matters(day) != matters}
    with transaction.atomic():
        mark(wrong)
    earlier = (first - DAY).replace(day=1)
    if Rolled.objects.filter(span=Tally.DAY, day__lt=first).exists() and _is_night():
        schedule(
            "figures.check",
            due_at=clock.now(),
            payload={"month": earlier.isoformat()},
            key=f"figures.check:{earlier}",
            lane=LANE,
        )


def _is_night() -> bool:
    return clock.shanghai(clock.now()).hour == NIGHT_H


NIGHT_H = 3
"""All months are checked in the hour after three, when least is written."""
