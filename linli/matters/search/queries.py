"""Lists of matters, newest first, and what is already known at a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.geo import Box, box_around
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.search.rules import Cursor

MOST_ROWS = 500
_SAME_PLACE_M = 40.0
_RECENT = timedelta(days=90)
_TELLING = ("dispute", "hazard", "help_request")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; what is empty does not narrow it."""

    kind: str = ""
    state: str = ""
    still_open: bool = False
    agency: str = ""
    box: Box | None = None
    since: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is known at a place: a code, how often, and the sentence that the crew reads."""

    code: str
    count: int
    words: Words


def matters_page(
    actor: Actor, *, wanted: Wanted, cursor: Cursor | None, limit: int
) -> tuple[list[Matter], Cursor | None]:
    """One page of what the actor may see, newest first, and the cursor of the next page (None at the end)."""
    rows = narrowed(Matter.objects.visible_to(actor), wanted)
    if cursor is not None:
        rows = rows.filter(Q(received_at__lt=cursor.received_at) | Q(received_at=cursor.received_at, id__lt=cursor.id))
    size = max(1, min(limit, MOST_ROWS))
    page = list(rows.select_related("agency", "grid").order_by("-received_at", "-id")[: size + 1])
    if len(page) <= size:
        return page, None
    last = page[size - 1]
    return page[:size], Cursor(last.received_at, last.pk)


def narrowed(rows: QuerySet[Matter], wanted: Wanted) -> QuerySet[Matter]:
    """The filters of a list."""
    if wanted.kind:
        rows = rows.filter(kind__in=wanted.kind.split(","))
    if wanted.state:
        rows = rows.filter(state__in=wanted.state.split(","))
    if wanted.still_open:
        rows = rows.filter(closed_at__isnull=True)
    if wanted.agency:
        rows = rows.filter(Q(agency__code=wanted.agency) | Q(station__code=wanted.agency))
    if wanted.since:
        rows = rows.filter(received_at__gte=wanted.since)
    if wanted.box:
        box = wanted.box
        rows = rows.filter(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)
    for word in wanted.text.split()[:5]:
        rows = rows.filter(Q(number__icontains=word) | Q(address__icontains=word) | Q(title__icontains=word))
    return rows


def known_here(matter: Matter) -> list[Known]:
    """What the crew should know of the place: open disputes, hazards and requests for help there, and repeated calls.

    By address, else by point. It says that something is open and what kind it is, never what was said in it.
    """
    same = _same_place(matter)
    if same is None:
        return []
    there = Matter.objects.filter(same).exclude(pk=matter.pk)
    found = []
    for kind in _TELLING:
        count = there.filter(kind=kind, closed_at__isnull=True).count()
        if count:
            words = KINDS[kind].words
            found.append(
                Known(f"open.{kind}", count, Words(f"此处有{count}件未结{words.zh}", f"{count} open: {words.en}"))
            )
    since = clock.now() - _RECENT
    before = there.filter(kind="incident", received_at__gte=since).exclude(state="void").count()
    if before:
        found.append(
            Known("calls.before", before, Words(f"90天内另有{before}起警情", f"{before} other calls in 90 days"))
        )
    return found


def _same_place(matter: Matter) -> Q | None:
    if matter.address_id is not None:
        return Q(address_id=matter.address_id)
    if matter.lon is None or matter.lat is None or not (-180 <= matter.lon <= 180 and -90 <= matter.lat <= 90):
        return None
    box = box_around(matter.lon, matter.lat, _SAME_PLACE_M)
    return Q(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)
