"""Finding volunteers, who is free, and how many there are in each grid: the map knows only the count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from linli.kernel.crypto import blind_index
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.parties.rules import plain_phone
from linli.places.grid.models import Grid
from linli.places.map.queries import days_of, in_order
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery
from linli.volunteers.members.models import NAME, PHONE, Member
from linli.volunteers.members.rules import KINDS, is_free


def members_of(
    actor: Actor, *, kind: str = "", grid: str = "", agency: str = "", state: str = "", words: str = ""
) -> QuerySet[Member]:
    """Volunteers the actor may see, those who have withdrawn left out. ``words`` is a register number or part of it, a
    whole name or a whole telephone number: sealed values are found only whole.
    """
    rows = Member.objects.visible_to(actor)
    rows = rows.filter(state=state) if state else rows.exclude(state="withdrawn")
    for name, value in (("kind", kind), ("grid_code", grid), ("agency__code", agency)):
        if value:
            rows = rows.filter(**{name: value})
    if words:
        by_phone = blind_index(plain_phone(words), context=PHONE)
        found = Q(code__icontains=words) | Q(name_index=blind_index(words, context=NAME))
        rows = rows.filter(found | Q(phone_index=by_phone) if by_phone else found)
    return rows.select_related("agency")


def member_by_code(actor: Actor, code: str) -> Member:
    """One volunteer; hidden and absent look the same (NotFound)."""
    found = Member.objects.visible_to(actor).filter(code=code).select_related("agency", "person").first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def free_at(rows: QuerySet[Member], at: datetime) -> list[Member]:
    """Those of ``rows`` who may be asked at a moment (Asia/Shanghai): active, in their own time, at night only if
    agreed.
    """
    return [
        row
        for row in rows.filter(state="active").prefetch_related("free_times")
        if is_free(
            [(span.weekday, span.from_minute, span.until_minute) for span in row.free_times.all()],
            at,
            at_night=row.at_night,
        )
    ]


def counts_by_grid(actor: Actor, kinds: Iterable[str] = ()) -> dict[str, int]:
    """How many active volunteers the actor may see in each grid, by its code."""
    rows = Member.objects.visible_to(actor).active().exclude(grid_code="")
    wanted = list(kinds)
    if wanted:
        rows = rows.filter(kind__in=wanted)
    return dict(rows.order_by().values_list("grid_code").annotate(n=Count("pk")))


def _features(actor: Actor, query: LayerQuery) -> Iterable[Feature]:
    """Grids with how many volunteers there are: never who, never where one lives."""
    counts = counts_by_grid(actor, query.where.get("kind", ()))
    first, last = days_of(query)
    rows = Grid.objects.visible_to(actor).filter(kind="police", code__in=list(counts), valid_from__lte=last)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=first))
    if query.box is not None:
        rows = rows.touching(query.box)
    for row in in_order(rows, query).iterator(chunk_size=500):
        shape = row.shape
        if query.meets(shape):
            yield Feature(str(row.pk), shape, {"code": row.code, "name": row.name, "count": counts[row.code]})


LAYERS.add(
    "volunteers",
    Layer(
        code="volunteers",
        words=Words("志愿者（人数）", "volunteers (numbers)"),
        geometry="polygon",
        icon="users-group",
        order=80,
        source=_features,
        filters=(Filter("kind", Words("类别", "kind"), tuple(Choice(code, words) for code, words in KINDS.items())),),
        by="code",
    ),
)
