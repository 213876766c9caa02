"""Finding premises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import shapely
from django.db.models import Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.map.queries import in_order, within_box
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery
from linli.places.premises.models import Premises
from linli.places.premises.rules import KINDS

_ALONG = 200
"""Premises that go along on a phone."""


def premises_of(
    actor: Actor, *, kind: str = "", grid: str = "", words: str = "", closed: bool = False
) -> QuerySet[Premises]:
    """What the actor may see, narrowed by kind, grid code and words of name, code, operator or address."""
    rows = Premises.objects.visible_to(actor)
    if not closed:
        rows = rows.in_use()
    if kind:
        rows = rows.filter(kind=kind)
    if grid:
        rows = rows.filter(grid_code=grid)
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(code__icontains=words)
            | Q(operator__icontains=words)
            | Q(address_text__icontains=words)
        )
    return rows.select_related("address")


def premises_by_code(actor: Actor, code: str) -> Premises:
    """One of them; hidden and absent look the same (NotFound)."""
    found = Premises.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def _due(actor: Actor) -> list[tuple[UUID, int]]:
    """The premises that one's own agencies answer for, those with a note on what is dangerous first."""
    held = {post.path for post in actor.posts}
    rows = Premises.objects.visible_to(actor).in_use().filter(agency_path__in=held)
    return list(rows.order_by("-hazard_note", "code").values_list("pk", "version")[:_ALONG])


def _shown(actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Shown]:
    rows = Premises.objects.visible_to(actor).filter(pk__in=keys)
    return {row.pk: _one(row) for row in rows}


def _one(row: Premises) -> Shown:
    names = ("name", "operator", "address_text", "usual_people", "hazard_note")
    return {
        "group": "along",
        "title": row.name,
        "lines": [KINDS[row.kind].as_json(), *(line for line in (row.operator, row.hazard_note) if line)],
        "kind": row.kind,
        "lon": row.lon,
        "lat": row.lat,
        "address": row.address_text,
        "number": row.code,
        "values": {name: getattr(row, name) for name in names},
    }


part(Part("premises", Premises, Words("场所", "premises"), 40, _due, _shown, most=_ALONG))


def _rows(actor: Actor, query: LayerQuery) -> QuerySet[Premises]:
    rows = in_order(within_box(Premises.objects.visible_to(actor).in_use(), query), query)
    if query.where.get("kind"):
        rows = rows.filter(kind__in=query.where["kind"])
    if query.where.get("grid"):
        rows = rows.filter(grid_code__in=query.where["grid"])
    return rows


def _features(actor: Actor, query: LayerQuery) -> Iterable[Feature]:
    """Premises in use, as points; which grade they stand in is for the lists, not for everybody's map."""
    for row in _rows(actor, query).iterator(chunk_size=500):
        if row.lon is None or row.lat is None:
            continue
        point = shapely.Point(row.lon, row.lat)
        if query.meets(point):
            yield Feature(
                str(row.pk),
                point,
                {
                    "code": row.code,
                    "name": row.name,
                    "kind": row.kind,
                    "grid": row.grid_code,
                    "hazard": row.hazard_note,
                },
            )


LAYERS.add(
    "premises",
    Layer(
        code="premises",
        words=Words("场所", "premises"),
        geometry="point",
        icon="building-store",
        order=60,
        source=_features,
        filters=(
            Filter("kind", Words("类别", "kind"), tuple(Choice(code, words) for code, words in KINDS.items())),
            Filter("grid", Words("警格", "grid")),
        ),
        clustered=True,
        by="kind",
        rows=_rows,
    ),
)
