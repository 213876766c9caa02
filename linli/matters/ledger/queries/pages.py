"""Pages and counts of the ledger: each is one walk along the actor's own stretch of the list (ADR 0028)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Listing, Matter, keys_of
from linli.matters.ledger.queries.conditions import at_station, on_listing
from linli.matters.ledger.queries.hits import Hits, hits_in, hits_of
from linli.matters.ledger.rules import SORTS, asked_of
from linli.matters.search.rules.grams import near_sets
from linli.org.agencies.models import Agency

MOST_ROWS = 500
FEW = 5
"""A search that finds fewer also shows what is similar, and at most so many of those."""
MOST_COUNTED = 10_000
"""Counted at once with a page; the exact number beyond is a question of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the line, and what it is sorted by before it; ``back`` asks for the rows before instead."""

    line: int
    due_at: datetime | None = None
    back: bool = False

    def __str__(self) -> str:
        due = f".{self.due_at.timestamp():.6f}" if self.due_at else ""
        return f"{'b' if self.back else 'f'}{self.line}{due}"


def read_place(text: str) -> Place:
    """What :class:`Place` wrote; raises Invalid for anything else."""
    head, _, due = text[1:].partition(".")
    try:
        if text[:1] not in ("f", "b") or not head.isdigit() or len(head) > 18:
            raise ValueError(text)
        at = datetime.fromtimestamp(float(due), tz=clock.SHANGHAI) if due else None
    except (ValueError, OverflowError, OSError) as wrong:
        raise Invalid("fact.wrong", field="cursor", why=text[:60]) from wrong
    return Place(int(head), at, text[0] == "b")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, and where the next and the previous page begin (None: there is none)."""

    rows: list[Matter]
    next: Place | None
    previous: Place | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a list has; ``exact`` False: at least so many."""

    value: int
    exact: bool


class _List:
    """The actor's stretches of the list under these filters; a later one leaves out what an earlier one shows.

    ``hits`` takes the place of the search in ``params``.
    """

    def __init__(self, actor: Actor, params: Mapping[str, str], at: datetime, hits: Hits | None = None) -> None:
        query = asked_of(params).get("q", "")
        self.hits = hits or (hits_of(query) if query else None)
        self.rows = _stretches(actor, {**params, "q": ""}, at, self.hits)
        self.counted = self.rows
        if asked_of(params).get("repeated"):
            self.counted = _stretches(actor, {**params, "q": ""}, at, self.hits, to_count=True)

    @property
    def found_once(self) -> bool:
        """Whether looking the rows up is the work, whatever is then asked of them."""
        return self.hits is not None and self.hits.many


def _stretches(
    actor: Actor, params: Mapping[str, str], at: datetime, hits: Hits | None = None, *, to_count: bool = False
) -> list[QuerySet[Any]]:
    keys, narrowed, whole = _keys(actor, params)
    if whole and hits is not None and hits.many and not asked_of(params):
        return [hits.everywhere()]
    condition = on_listing(actor, {**params, **dict.fromkeys(narrowed, "")}, at=at, whole=to_count)
    for column in narrowed.values():
        condition &= Q(**{column: True})
    found = []
    for position, key in enumerate(keys):
        rows = Listing.objects.filter(condition, key=key)
        if hits is not None:
            rows = rows.filter(hits.on_listing(key, whole=whole))
        if position:
            rows = rows.exclude(
                Exists(Listing.objects.filter(key__in=keys[:position], matter_id=OuterRef("matter_id")))
            )
        found.append(rows)
    return found


def _keys(actor: Actor, params: Mapping[str, str]) -> tuple[list[str], dict[str, str], bool]:
    """The keys to walk along, filters that the choice of the key answers already, with the column that does, and
    whether one key reaches every matter.

    An agency below one's own post is a stretch by itself, shorter than one's own. Who reaches a whole tree of agencies
    reaches his own matters by it.
    """
    for name in ("place", "agency"):
        code = asked_of(params).get(name, "")
        path = Agency.objects.filter(code=code).values_list("path", flat=True).first() if code else None
        if path and ("/" in actor.paths or actor.reaches(path)):
            return [code], {name: "at_station" if name == "place" and at_station(code) else "at_agency"}, False
    if "/" in actor.paths or any(path.count("/") == 2 for path in actor.paths):
        roots = Agency.objects.filter(parent__isnull=True).values_list("path", flat=True)
        whole = [path.strip("/") for path in roots if "/" in actor.paths or path in actor.paths]
        if len(whole) == len(roots):
            return whole, {}, len(whole) == 1
    return keys_of(actor), {}, False


def page_of(
    actor: Actor,
    params: Mapping[str, str],
    *,
    place: Place | None = None,
    limit: int = 50,
    sort: str = "received",
    at: datetime | None = None,
) -> Page:
    """One page of the ledger under the filters of ``params``. Rows that come or go meanwhile shift nothing: a page
    begins at a row, not at a number.
    """
    _known_sort(sort)
    return _page(_List(actor, params, at or clock.now()), place, limit, sort)


def _known_sort(sort: str) -> None:
    if sort not in SORTS:
        raise Invalid("fact.wrong", field="sort", why=sort[:40])


def page_and_count(
    actor: Actor,
    params: Mapping[str, str],
    *,
    place: Place | None = None,
    limit: int = 50,
    sort: str = "received",
    at: datetime | None = None,
) -> tuple[Page, Count]:
    """A page and how many rows its list has. What takes long to look up is looked up once for both."""
    _known_sort(sort)
    asked = _List(actor, params, at or clock.now())
    if not asked.found_once or place is not None or sort != "received":
        return _page(asked, place, limit, sort), _count(asked, exact=False, sort=sort)
    found: set[Place] = set()
    for rows in asked.rows:
        found.update(_walk(rows, sort, None, False, MOST_COUNTED + 1))
    many = len(found) > MOST_COUNTED
    return _cut(list(found), None, limit, sort), Count(MOST_COUNTED if many else len(found), not many)


def _page(asked: _List, place: Place | None, limit: int, sort: str) -> Page:
    size, back = max(1, min(limit, MOST_ROWS)), bool(place and place.back)
    found: list[Place] = []
    for rows in asked.rows:
        found += _walk(rows, sort, place, back, size + 1)
    return _cut(found, place, limit, sort)


def _cut(found: list[Place], place: Place | None, limit: int, sort: str) -> Page:
    """The page that begins at ``place``, of the rows behind it."""
    size, back = max(1, min(limit, MOST_ROWS)), bool(place and place.back)
    down = (sort == "received") is not back
    found = sorted(dict.fromkeys(found), key=lambda one: _order(one, sort), reverse=down)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    first, last = (found[0], found[-1]) if found else (None, None)
    following = last if more or back else None
    before = Place(first.line, first.due_at, back=True) if first and (more if back else place) else None
    return Page(_fetched([one.line for one in found]), following, before)


def _order(one: Place, sort: str) -> tuple[float, int]:
    return (one.due_at.timestamp() if sort == "due" and one.due_at else 0.0, one.line)


def _walk(rows: QuerySet[Any], sort: str, place: Place | None, back: bool, size: int) -> list[Place]:
    if sort == "due":
        rows = rows.filter(is_open=True, due_at__isnull=False)
        if place is not None and place.due_at is not None:
            side = "lt" if back else "gt"
            rows = rows.filter(
                Q(**{f"due_at__{side}": place.due_at}) | Q(due_at=place.due_at, **{f"matter_id__{side}": place.line})
            )
        order = ("-due_at", "-matter_id") if back else ("due_at", "matter_id")
        pairs: Any = rows.order_by(*order).values_list("matter_id", "due_at")[:size]
        return [Place(line, due_at) for line, due_at in pairs]
    down = (sort == "received") is not back
    if place is not None:
        rows = rows.filter(**{"matter_id__lt" if down else "matter_id__gt": place.line})
    lines: Any = rows.order_by("-matter_id" if down else "matter_id").values_list("matter_id", flat=True)[:size]
    return [Place(line) for line in lines]


def _fetched(lines: list[int]) -> list[Matter]:
    rows = Matter.objects.filter(line__in=lines).select_related("agency", "station", "grid", "assignee")
    by_line = {row.line: row for row in rows}
    return [by_line[line] for line in lines if line in by_line]


def count_of(
    actor: Actor, params: Mapping[str, str], *, exact: bool = False, sort: str = "received", at: datetime | None = None
) -> Count:
    """How many rows the list has, from the same stretches and conditions as its pages. Sorted by date due it has only
    open rows with such a date.
    """
    return _count(_List(actor, params, at or clock.now()), exact=exact, sort=sort)


def _count(asked: _List, *, exact: bool, sort: str) -> Count:
    value = 0
    for rows in asked.counted:
        if sort == "due":
            rows = rows.filter(is_open=True, due_at__isnull=False)  # noqa: PLW2901  (the same rows, narrowed)
        value += rows.count() if exact else rows[: MOST_COUNTED + 1 - value].count()
        if not exact and value > MOST_COUNTED:
            return Count(MOST_COUNTED, False)
    return Count(value, True)


def lines_of(actor: Actor, params: Mapping[str, str], *, most: int, at: datetime | None = None) -> list[int]:
    """The lines of all rows of a list, newest first, at most ``most``: for bulk acts and exports."""
    found: set[int] = set()
    for rows in _List(actor, params, at or clock.now()).rows:
        lines: Any = rows.order_by("-matter_id").values_list("matter_id", flat=True)[:most]
        found.update(lines)
    return sorted(found, reverse=True)[:most]


def near_of(actor: Actor, params: Mapping[str, str], shown: Sequence[Matter]) -> list[Matter]:
    """Where few or none hold the words that were asked for: the newest that nearly do (same sound, one character wrong
    or missing) under the same other filters.
    """
    sets = near_sets(params.get("q", "")) if len(shown) < FEW else []
    if not sets:
        return []
    known, found = {row.line for row in shown}, set[int]()
    for rows in _List(actor, params, clock.now(), hits_in(sets)).rows:
        newest: Any = rows.order_by("-matter_id").values_list("matter_id", flat=True)
        found.update(newest[: FEW + len(known)])
    return _fetched(sorted(found - known, reverse=True)[:FEW])


def newest_worded(actor: Actor, query: str, most: int) -> list[Matter]:
    """The newest matters that hold the words of ``query``."""
    return page_of(actor, {"q": query}, limit=most).rows


def newest_holding(actor: Actor, sets: Sequence[Sequence[str]], most: int) -> list[Matter]:
    """The newest matters that hold one of these sets of grams."""
    return _page(_List(actor, {}, clock.now(), hits_in(sets)), None, most, "received").rows
