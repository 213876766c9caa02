"""Figures of places and periods: sums where they hold, the ledger's rows where they do not yet.

A page asks once for all its places: one query for the sums, one for what is not summed (today, and days that the ledger
has changed since), two small ones for what holds. The answer is always that of the rows.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When

from linli.insight.measures.models import Followed, Rolled, Tally
from linli.insight.measures.queries.places import Tree, of_place, settled_by_rooms_of
from linli.insight.measures.queries.proofs import proofs
from linli.insight.measures.queries.reports import midnight
from linli.insight.measures.rules import MEASURES, Figure, Measure, Period, Sums, counts, figure_of
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.places.grid.models import Grid

DAY = timedelta(days=1)
SLACK = timedelta(seconds=60)
"""A transaction may be committed so long after the moment that its rows bear."""

Span = tuple[date, date, str]
"""Days from (inclusive), to (exclusive), and under which name they are summed."""
Found = dict[tuple[str, uuid.UUID], Counter[str]]
"""By name of the span and place: counts by code of measure."""


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """The figures of one place by code, and the counts that they were made of."""

    place: uuid.UUID
    sums: Sums
    figures: Mapping[str, Figure]


def figures_of(
    actor: Actor, *, places: Sequence[Agency | Grid], period: Period, codes: Iterable[str] = ()
) -> dict[uuid.UUID, PlaceFigures]:
    """The figures of places within the actor's reach, by their key. Raises NotFound for an agency beyond it."""
    for place in places:
        if isinstance(place, Agency) and not actor.is_system and not actor.reaches(place.path):
            raise NotFound("row.unknown", what=place.code)
    today = clock.today()
    spans: list[Span] = [(period.begins, period.ends, "now"), (period.before_begins, period.before_ends, "before")]
    wanted = {place.pk for place in places}
    found: Found = defaultdict(Counter)
    rest = [*_from_sums(found, wanted, spans), (today, today + DAY, "today")]
    for key, more in counted(rest, Tree.load()).items():
        if key[1] in wanted:
            found[key].update(more)
    shown = [MEASURES[code] for code in codes] or list(MEASURES.values())
    answer = {}
    for place in places:
        sums = Sums(*(dict(found.get((name, place.pk), {})) for name in ("today", "now", "before")))
        grain = "agency" if isinstance(place, Agency) else "grid"
        fitting = {one.code: figure_of(one, sums) for one in shown if grain in one.grains}
        answer[place.pk] = PlaceFigures(place.pk, sums, fitting)
    return answer


def today_of(actor: Actor) -> dict[str, int]:
    """Today's counts so far of the highest place that the actor reaches, by code of measure."""
    place = first_reach(actor)
    if place is None:
        return {}
    today = clock.today()
    return dict(counted([(today, today + DAY, "today")], Tree.load()).get(("today", place.pk), {}))


def _from_sums(found: Found, wanted: set[uuid.UUID], spans: list[Span]) -> list[Span]:
    """Add what whole months and days say; returns the spans that must be counted from the rows."""
    held_days, held_months = _held(spans)
    pieces: list[Span] = []
    rest: list[Span] = []
    for begins, ends, name in spans:
        day = begins
        while day < ends:
            month_ends = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
            if day.day == 1 and month_ends <= ends and day in held_months:
                pieces.append((day, month_ends, f"M{name}"))
                day = month_ends
                continue
            _join(pieces if day in held_days else rest, day, f"D{name}" if day in held_days else name)
            day += DAY
    if pieces:
        _add_tallies(found, wanted, pieces)
    return rest


def _join(spans: list[Span], day: date, name: str) -> None:
    """Lengthen the last span by a day where it ends there, else begin one."""
    if spans and spans[-1][1:] == (day, name):
        spans[-1] = (spans[-1][0], day + DAY, name)
    else:
        spans.append((day, day + DAY, name))


def _held(spans: list[Span]) -> tuple[set[date], set[date]]:
    """Days and months whose sums hold: summed, not stale, and with no matter touched since they were followed."""
    within = Q()
    for begins, ends, _ in spans:
        within |= Q(day__gte=begins, day__lt=ends)
    followed = Followed.objects.values_list("until", flat=True).first()
    if followed is None:
        return set(), set()
    held = {Tally.DAY: set[date](), Tally.MONTH: set[date]()}
    for span, day in Rolled.objects.holding().filter(within).values_list("span", "day"):
        held[span].add(day)
    received = Q()
    for begins, ends, _ in spans:
        received |= Q(received_at__gte=midnight(begins), received_at__lt=midnight(ends))
    touched = Matter.objects.filter(received, touched_at__gte=followed - SLACK).values_list("received_at", flat=True)
    changed = {clock.shanghai(at).date() for at in touched}
    held[Tally.MONTH] -= {day.replace(day=1) for day in changed}
    return held[Tally.DAY] - changed, held[Tally.MONTH]


def _add_tallies(found: Found, wanted: set[uuid.UUID], pieces: list[Span]) -> None:
    rows, now = Q(), Q(pk__in=[])
    for begins, ends, name in pieces:
        piece = Q(span=name[0], day__gte=begins, day__lt=ends)
        rows |= piece
        if name[1:] == "now":
            now |= piece
    which = Case(When(now, then=Value("now")), default=Value("before"), output_field=CharField())
    sums = Tally.objects.filter(rows, place__in=wanted).annotate(which=which)
    for label, place, measure, n in sums.values_list("which", "place", "measure").annotate(n=Sum("n")):
        found[(label, place)][measure] += n


def counted(spans: list[Span], tree: Tree) -> Found:
    """Count the ledger's rows of some days, for every agency and grid at once. Spans must not overlap."""
    found: Found = defaultdict(Counter)
    spans = [span for span in spans if span[0] < span[1]]
    if not spans:
        return found
    measures = counts()
    whens, within = [], Q()
    for begins, ends, name in spans:
        days = Q(received_at__gte=midnight(begins), received_at__lt=midnight(ends))
        within |= days
        whens.append(When(days, then=Value(name)))
    named = Matter.objects.filter(within).annotate(span=Case(*whens, output_field=CharField()), **proofs()).order_by()
    sums = {f"n_{measure.code}": _summed(measure) for measure in measures}
    grouped = named.values("span", "agency_id", "station_id", "handled_by_id", "grid_id").annotate(**sums)
    for row in cast("Iterable[dict[str, Any]]", grouped):
        ids = (row["agency_id"], row["station_id"], row["handled_by_id"], row["grid_id"])
        _spread(found, tree, row["span"], ids, {measure: row[f"n_{measure.code}"] for measure in measures})
    return found


def _summed(measure: Measure) -> Count | Sum:
    """How many matters there are, or how much of something they have together."""
    if measure.amount:
        return Sum(measure.amount, filter=measure.where)
    return Count("pk", filter=measure.where)


def _spread(
    found: Found,
    tree: Tree,
    span: str,
    ids: tuple[uuid.UUID | None, ...],
    numbers: dict[Measure, int],
) -> None:
    """Add one group's counts at every place where its matters count."""
    agency, station, handler, grid = ids
    places = tree.places(agency, station)
    for measure, n in numbers.items():
        if not n:
            continue
        for place in places:
            if not measure.own_rooms or tree.is_own_room(place, handler):
                found[(span, place)][measure.code] += n
        if grid is not None and "grid" in measure.grains:
            found[(span, grid)][measure.code] += n


def direct(measure: Measure, place: Agency | Grid, begins: date, ends: date) -> QuerySet[Matter]:
    """The rows that a counted figure is made of: what its number must be equal to, and what the ledger lists."""
    where = measure.where or Q()
    needed = {name: proof for name, proof in proofs().items() if name in str(where) or name == measure.amount}
    rows = Matter.objects.filter(received_at__gte=midnight(begins), received_at__lt=midnight(ends))
    rows = rows.annotate(**needed).filter(where)
    if isinstance(place, Grid):
        return rows.filter(grid=place)
    rows = rows.filter(of_place(place))
    return rows.filter(settled_by_rooms_of(place)) if measure.own_rooms else rows


def reaches(actor: Actor) -> list[Agency]:
    """The highest agencies that the actor reaches, none below another: a chief of two stations has two."""
    if actor.is_system or "/" in actor.paths:
        first = first_reach(actor)
        return [first] if first else []
    found: list[Agency] = []
    for one in Agency.objects.at_work().filter(path__in=actor.paths).order_by("path"):
        if not any(one.path.startswith(above.path) for above in found):
            found.append(one)
    return found


def first_reach(actor: Actor) -> Agency | None:
    """The highest agency that the actor reaches: where his figures begin."""
    if actor.is_system or "/" in actor.paths:
        return Agency.objects.at_work().order_by("path").first()
    return Agency.objects.filter(path__in=actor.paths).order_by("path").first()
