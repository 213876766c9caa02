"""What mediation comes to: settled at each level, time to settle, kept after months, repeats. Of disputes and places,
never of people: there is no figure of a mediator, a party or a household here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, Min, OuterRef, Q

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q
from linli.mediation.agreements.models import Agreement, FollowUp
from linli.mediation.cases.models import CaseQuery, MediationCase
from linli.mediation.schemes.rules import TONES

AGAIN_WITHIN = timedelta(days=90)
AFTER_DAYS = {3: 91, 12: 365}
"""Kept after so many months: days after the effect at which it is asked."""
FEWEST = 5
"""A share of fewer than this says nothing, and could say something of one household: it is not shown."""
_SETTLED = ("agreed", "performed", "closed")


@dataclass(frozen=True, slots=True)
class Level:
    """Disputes of one colour that were opened in a span: how many, how many are over, how many of those settled."""

    tone: str
    opened: int
    over: int
    settled: int

    @property
    def percent(self) -> int | None:
        """Settled of those that are over, in percent; None where there are too few."""
        return round(100 * self.settled / self.over) if self.over >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Kept:
    """Agreements whose months are over, and how many of them hold."""

    months: int
    asked: int
    kept: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.kept / self.asked) if self.asked >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a span and a reach; ``middle_days``: half were settled within so many days."""

    since: date
    until: date
    levels: tuple[Level, ...]
    settled: int
    middle_days: float | None
    kept: tuple[Kept, ...]
    again: int


@dataclass(frozen=True, slots=True)
class GridColours:
    """Open disputes of a grid by colour."""

    code: str
    name: str
    blue: int
    yellow: int
    red: int
    ungraded: int

    @property
    def total(self) -> int:
        return self.blue + self.yellow + self.red + self.ungraded


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def figures(actor: Actor, *, since: date, until: date) -> Figures:
    """Of the disputes that the actor's reach holds, opened from ``since`` up to the day before ``until``."""
    reach = MediationCase.objects.filter(reach_q(actor, "matter__line"))
    rows = reach.filter(opened_at__gte=_moment(since), opened_at__lt=_moment(until))
    settled = rows.filter(state__in=_SETTLED).annotate(effect=Min("agreements__effective_at"))
    spans = [(effect - opened).total_seconds() / 86_400 for opened, effect in _spans(settled)]
    return Figures(
        since=since,
        until=until,
        levels=tuple(_levels(rows)),
        settled=len(spans),
        middle_days=round(median(spans), 1) if len(spans) >= FEWEST else None,
        kept=tuple(_kept(reach, months, days) for months, days in AFTER_DAYS.items()),
        again=_again(rows),
    )


def _spans(settled: Any) -> Iterable[tuple[datetime, datetime]]:
    rows = settled.filter(effect__isnull=False)
    return list(rows.values_list("opened_at", "effect"))


def _levels(rows: CaseQuery) -> Iterable[Level]:
    over = Q(state__in=(*_SETTLED, "ended"))
    grouped = (
        rows.order_by()
        .values("tone")
        .annotate(opened=Count("pk"), over=Count("pk", filter=over), settled=Count("pk", filter=Q(state__in=_SETTLED)))
    )
    found = {one["tone"]: one for one in grouped}
    for tone in TONES:
        one = found.get(tone)
        yield Level(tone, one["opened"], one["over"], one["settled"]) if one else Level(tone, 0, 0, 0)


def _kept(reach: CaseQuery, months: int, days: int) -> Kept:
    """Agreements in effect for so long. Not kept is what was noted so, or what a look has found not to hold."""
    before = clock.now() - timedelta(days=days)
    rows = Agreement.objects.filter(case__in=reach.values("pk"), effective_at__lte=before, supplements=None)
    broken = FollowUp.objects.filter(case=OuterRef("case"), holds=False)
    asked = rows.count()
    return Kept(months, asked, rows.exclude(state="not_performed").exclude(Exists(broken)).count())


def _again(rows: CaseQuery) -> int:
    """Settled disputes after which another came up at the same address within ninety days."""
    settled = rows.filter(state__in=_SETTLED).exclude(matter__address="")
    later = Matter.objects.filter(
        kind="dispute",
        address=OuterRef("matter__address"),
        received_at__gt=OuterRef("opened_at"),
        received_at__lte=ExpressionWrapper(OuterRef("opened_at") + AGAIN_WITHIN, DateTimeField()),
    ).exclude(pk=OuterRef("matter"))
    return int(settled.filter(Exists(later)).count())


def colours_by_grid(actor: Actor) -> list[GridColours]:
    """Open disputes by grid and colour, the reddest grids first: for a shared screen, where no household may stand."""
    rows = MediationCase.objects.filter(reach_q(actor, "matter__line")).running()
    counted = (
        rows.exclude(matter__grid=None).order_by().values("matter__grid__code", "matter__grid__name", "tone")
    ).annotate(n=Count("pk"))
    found: dict[tuple[str, str], dict[str, int]] = {}
    for one in counted:
        grid = found.setdefault((one["matter__grid__code"], one["matter__grid__name"]), {})
        grid[one["tone"] or "ungraded"] = one["n"]
    made = [
        GridColours(code, name, *(by.get(tone, 0) for tone in (*TONES, "ungraded")))
        for (code, name), by in found.items()
    ]
    return sorted(made, key=lambda one: (-one.red, -one.yellow, -one.total, one.code))
