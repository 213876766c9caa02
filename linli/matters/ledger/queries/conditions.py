"""The declared filters as conditions: on the matter itself, and the same ones on the list of who reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.geo import Box
from linli.kernel.scope import Actor
from linli.matters.kinds.tip import FINDINGS
from linli.matters.ledger.models import Fact, Listing, Matter
from linli.matters.ledger.queries.hits import NOTHING, hits_of
from linli.matters.ledger.rules import FILTERS, REPEATED, Asked, Beyond, asked_of, first_line_at
from linli.matters.parties.models import Party
from linli.matters.search.rules import read_box
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.grid.models import Grid

_REPEATED_DAYS, _RECENT_DAYS = 90, 30


def where(actor: Actor, params: Mapping[str, str], *, at: datetime | None = None) -> Q:
    """The condition that the filters among ``params`` put on matters; what is seen at all ``visible_to`` decides.

    Raises Invalid for a value that a filter does not understand.
    """
    return _built(actor, params, at or clock.now(), "")


def matters_where(actor: Actor, params: Mapping[str, str], *, at: datetime | None = None) -> QuerySet[Matter]:
    """The matters that the actor sees under these filters, in no order."""
    return Matter.objects.visible_to(actor).filter(where(actor, params, at=at))


def on_listing(actor: Actor, params: Mapping[str, str], *, at: datetime, whole: bool = False) -> Q:
    """The same condition on rows of the list, on its own copies of columns wherever it has them. ``whole``: all rows
    will be counted, not a page of them taken.
    """
    return _moved(_built(actor, params, at, "matter__", whole=whole))


def _built(actor: Actor, params: Mapping[str, str], at: datetime, prefix: str, *, whole: bool = False) -> Q:
    found = Q()
    for name, value in asked_of(params).items():
        asked, declared = Asked(value, at, actor.id, whole), FILTERS[name]
        beyond = declared.beyond or _BEYOND.get(name)
        found &= declared.build(asked) if declared.build else _given(beyond, name)(actor, asked, prefix)
    return found


def _given(beyond: Beyond | None, name: str) -> Beyond:
    if beyond is None:
        raise RuntimeError(f"filter {name} says nowhere how its condition is made")
    return beyond


_LEAF = 4
"""Signs of the code of a category that has none below it."""
_SAME = ("kind", "state", "category", "priority", "due_at", "at_", "key", "is_warned")
_FLAGS = {"closed_at__isnull": ("is_open", True), "late_since__isnull": ("is_late", False)}
_FLAGS |= {"assignee__isnull": ("is_assigned", False)}


def _moved(condition: Q) -> Q:
    """Each column of the matter in ``condition`` exchanged for the list's own copy, or reached through the matter."""
    moved = Q()
    moved.connector, moved.negated = condition.connector, condition.negated
    moved.children = [_leaf(child) for child in condition.children]
    return moved


def _leaf(child: Any) -> Any:
    if isinstance(child, Q):
        return _moved(child)
    if not isinstance(child, tuple):
        return child
    name, value = child
    if name in _FLAGS:
        column, when = _FLAGS[name]
        return (column, bool(value) is when)
    if name.startswith(_SAME):
        return child
    if name.startswith("line__"):
        return (f"matter_id__{name.removeprefix('line__')}", value)
    if name in _FIRST:
        return ("matter_id__in", _lines(name, value))
    if name == "category__gte" and len(value) >= _LEAF:
        # Few have one category of the leaves; the range itself stands beside it on the list's own column.
        return Q(category__gte=value, matter_id__in=_lines("category__range", (value, value + "\x7f")))
    return (f"matter__{name}", value)


_FIRST = {"grid__in", "handled_by__in", "lat__isnull", "assignee", "opened_by"}
"""Columns with an index of their own that few matters share: their lines are found first, then looked up in the list,
instead of looking at the matter of every row of a long stretch.
"""


def _lines(name: str, value: Any) -> QuerySet[Matter, Any]:
    rows = Matter.objects.opened_by(value) if name == "opened_by" else Matter.objects.filter(**{name: value})
    return rows.values("line")


def _box(actor: Actor, asked: Asked, prefix: str) -> Q:
    box: Box = read_box(asked.value)
    inside = Q(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)
    return Q(line__in=Matter.objects.filter(inside).values("line")) if prefix else inside


def _reached_from(code: str, prefix: str, **columns: bool) -> Q:
    return Q(Exists(Listing.objects.filter(key=code, matter_id=OuterRef(f"{prefix}line"), **columns)))


def _agency(actor: Actor, asked: Asked, prefix: str) -> Q:
    found = Q()
    for code in asked.value.split(",")[:10]:
        found |= _reached_from(code, prefix, at_agency=True)
    return found


def at_station(code: str) -> bool:
    """Whether "of this place" means the station of the place (stations and above) or the agency (rooms)."""
    kind = Agency.objects.filter(code=code).values_list("kind", flat=True).first()
    return kind is None or kind not in Agency.ROOM_KINDS


def _place(actor: Actor, asked: Asked, prefix: str) -> Q:
    column = "at_station" if at_station(asked.value) else "at_agency"
    return _reached_from(asked.value, prefix, **{column: True})


def _handled_in(actor: Actor, asked: Asked, prefix: str) -> Q:
    top = Agency.objects.filter(code=asked.value).first()
    if top is None:
        return NOTHING
    rooms = Agency.objects.below(top.path).filter(kind__in=Agency.ROOM_KINDS).values_list("pk", flat=True)
    return Q(handled_by__in=list(rooms))


def _grid(actor: Actor, asked: Asked, prefix: str) -> Q:
    return Q(grid__in=list(Grid.objects.filter(code__in=asked.value.split(",")[:20]).values_list("pk", flat=True)))


def _person(column: str) -> Beyond:
    def build(actor: Actor, asked: Asked, prefix: str) -> Q:
        if asked.value == "me":
            return Q(**{column: actor.id})
        found = Person.objects.visible_to(actor).filter(staff_no=asked.value).values_list("pk", flat=True).first()
        return Q(**{column: found}) if found else NOTHING

    return build


def _warned(actor: Actor, asked: Asked, prefix: str) -> Q:
    if prefix:
        return Q(is_warned=asked.value == "1")
    condition = Q(Exists(Listing.objects.filter(matter_id=OuterRef(f"{prefix}line"), is_warned=True)))
    return condition if asked.value == "1" else ~condition


def _text(actor: Actor, asked: Asked, prefix: str) -> Q:
    return hits_of(asked.value).on_matter()


def _repeated(actor: Actor, asked: Asked, prefix: str) -> Q:
    if asked.value not in REPEATED:
        raise Invalid("fact.wrong", field="repeated", why=asked.value[:40])
    since = first_line_at(asked.at - timedelta(days=_REPEATED_DAYS))
    recent = Q(line__gte=first_line_at(asked.at - timedelta(days=_RECENT_DAYS))) | Q(closed_at__isnull=True)
    others = Matter.objects.visible_to(actor).filter(line__gte=since).exclude(state="void")
    again = {"address": _same_address, "number": _same_number, "parties": _same_parties}[asked.value](others, prefix)
    if not asked.whole or asked.value == "address":
        return recent & again
    # One pass over the period finds all that share a number. A page of fifty is sooner found row by row; whoever is
    # no such "other" itself (older and still open, or void) is looked at by itself.
    told = Party.objects.visible_to(actor).filter(matter__line__gte=since).exclude(matter__state="void")
    told = told.exclude(phone_index="").order_by()
    if asked.value == "number":
        among = Q(line__in=_alike(told.filter(part="caller"), _PHONE, "matter__line"))
    else:
        among = Q(line__in=_alike(told, "matter__line", "phone_index")) & again  # only who has two can share two
    return recent & (among | ((Q(line__lt=since) | Q(state="void")) & again))


_PHONE = Coalesce("phone_index", Value(""))
"""Never null; written so that SQLite begins with the lines of the period instead of walking all numbers in order."""


def _alike(parties: QuerySet[Party], same: str | Coalesce, other: str) -> QuerySet[Party, Any]:
    """The lines of parties beside which another stands with the same value of ``same`` and another of ``other``."""
    first, last = (Window(sort(other), partition_by=[same]) for sort in (Min, Max))
    return parties.annotate(first=first, last=last).filter(first__lt=F("last")).values("matter__line")


def _same_address(others: QuerySet[Matter], prefix: str) -> Q:
    there = others.filter(address=OuterRef(f"{prefix}address")).exclude(line=OuterRef(f"{prefix}line"))
    return ~Q(address="") & Q(Exists(there))


def _same_number(others: QuerySet[Matter], prefix: str) -> Q:
    """Another matter whose caller has the telephone number of this one's."""
    again = Party.objects.filter(phone_index=OuterRef("phone_index"), part="caller").exclude(
        matter_id=OuterRef("matter_id")
    )
    again = again.filter(Exists(others.filter(pk=OuterRef("matter_id"))))
    own = Party.objects.filter(matter_id=OuterRef(f"{prefix}pk"), part="caller").exclude(phone_index="")
    return Q(Exists(own.filter(Exists(again))))


def _same_parties(others: QuerySet[Matter], prefix: str) -> Q:
    """Another matter with two of the same parties."""
    own = Party.objects.filter(matter_id=OuterRef(f"{prefix}pk")).exclude(phone_index="")
    mine = Party.objects.filter(matter_id=OuterRef(OuterRef(OuterRef("matter_id")))).values("phone_index")
    second = Party.objects.filter(matter_id=OuterRef("matter_id"), phone_index__in=mine).exclude(
        phone_index=OuterRef("phone_index")
    )
    again = Party.objects.filter(phone_index=OuterRef("phone_index")).exclude(matter_id=OuterRef("matter_id"))
    again = again.filter(Exists(second), Exists(others.filter(pk=OuterRef("matter_id"))))
    return Q(Exists(own.filter(Exists(again))))


def _finding(actor: Actor, asked: Asked, prefix: str) -> Q:
    codes = [code for code in asked.value.split(",") if code][:10]
    if not set(codes) <= {code for code, _ in FINDINGS}:
        raise Invalid("fact.wrong", field="finding", why=asked.value[:40])
    said = Fact.objects.filter(matter_id=OuterRef(f"{prefix}pk"), name="finding", text__in=codes)
    return Q(Exists(said))


_BEYOND: dict[str, Beyond] = {
    "agency": _agency,
    "place": _place,
    "handled_in": _handled_in,
    "grid": _grid,
    "assignee": _person("assignee"),
    "opened_by": _person("opened_by"),
    "warned": _warned,
    "bbox": _box,
    "repeated": _repeated,
    "finding": _finding,
    "q": _text,
}
