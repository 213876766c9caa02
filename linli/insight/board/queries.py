"""The board's rows for somebody: a place, and what stands below it."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from linli.insight.board.rules import FIGURES, Live, Place
from linli.insight.measures.queries import figures_of, first_reach
from linli.insight.measures.queries.places import Tree
from linli.insight.measures.rules import Period
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter
from linli.operations.coverage.queries import coverage
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency


@dataclass(frozen=True, slots=True)
class Board:
    """A place, what stands directly below it, and the agencies above it as far as the actor reaches."""

    place: Agency
    whole: Place
    below: list[Place]
    above: list[Agency]


def board_of(actor: Actor, *, code: str, period: Period) -> Board:
    """The board of an agency (empty: the highest that the actor reaches). Raises NotFound beyond his reach."""
    place = Agency.objects.at_work().filter(code=code).first() if code else first_reach(actor)
    if place is None or not (actor.is_system or actor.reaches(place.path)):
        raise NotFound("row.unknown", what=code or "—")
    everything = list(Agency.objects.at_work().below(place.path).exclude(kind="partner"))
    below = _next(place, everything)
    rows = [place, *below]
    figures = figures_of(actor, places=rows, period=period, codes=FIGURES)
    live = _live(actor, rows, everything)
    covered = _covered(actor)
    parents = {agency.parent_id for agency in everything}
    made = {
        agency.pk: Place(
            agency.pk,
            agency.code,
            agency.name,
            Words(*Agency.KINDS[agency.kind]),
            agency.path.count("/") - place.path.count("/"),
            figures[agency.pk].figures,
            live.get(agency.pk, Live()),
            covered.get(agency.pk),
            agency.pk in parents,
        )
        for agency in rows
    }
    return Board(place, made[place.pk], [made[agency.pk] for agency in below], _above(actor, place))


def _next(place: Agency, everything: list[Agency]) -> list[Agency]:
    """What stands directly below, in the bureau's own order; below a station all its rooms."""
    if place.kind == "station":
        return [agency for agency in everything if agency.pk != place.pk]
    return [agency for agency in everything if agency.parent_id == place.pk]


def _covered(actor: Actor) -> dict[uuid.UUID, float | None]:
    """The share of the roads of each place that a unit reaches in time now; nothing where it cannot be known."""
    found = coverage(actor)
    shares = {key: road for key, (road, _) in (found.agencies or {}).items()}
    roots = Agency.objects.filter(parent__isnull=True).values_list("pk", flat=True)
    return {**shares, **dict.fromkeys(roots, found.share_road)}


def _above(actor: Actor, place: Agency) -> list[Agency]:
    codes = place.path.strip("/").split("/")
    paths = ["/" + "/".join(codes[:end]) + "/" for end in range(1, len(codes))]
    return [agency for agency in Agency.objects.filter(path__in=paths).order_by("path") if actor.reaches(agency.path)]


def _live(actor: Actor, rows: list[Agency], everything: list[Agency]) -> dict[uuid.UUID, Live]:
    """Open and late matters in one question, units in another, for every row at once."""
    wanted = {agency.pk for agency in rows}
    tree = Tree.load()
    still: Counter[uuid.UUID] = Counter()
    late: Counter[uuid.UUID] = Counter()
    is_late = Q(late_since__isnull=False) | Q(due_at__lt=clock.now())
    # Of a place within reach every matter is seen: the groups are counted without asking for each row again.
    groups = Matter.objects.still_open().order_by().values_list("agency_id", "station_id")
    for agency, station, n, over in groups.annotate(n=Count("pk"), over=Count("pk", filter=is_late)):
        for key in tree.places(agency, station) & wanted:
            still[key] += n
            late[key] += over
    duty: Counter[uuid.UUID] = Counter()
    out: Counter[uuid.UUID] = Counter()
    units = Unit.objects.visible_to(actor).in_service().filter(agency__in=[agency.pk for agency in everything])
    signed = units.exclude(availability="unavailable", order_id__isnull=True)
    paths = {agency.pk: agency.path for agency in rows}
    for path, order in signed.values_list("agency__path", "order_id"):
        for key, own in paths.items():
            if path.startswith(own):
                duty[key] += 1
                out[key] += order is not None
    return {key: Live(still[key], late[key], duty[key], out[key]) for key in wanted}
