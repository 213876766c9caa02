"""What the doors ask of the layers, whoever declared them; and the layer of the grids."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import shapely
from django.db.models import Avg, CharField, Count, F, IntegerField, Min, Model, Q, QuerySet, Value
from django.db.models.functions import Cast
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock
from linli.kernel.errors import Invalid, NotFound, declare
from linli.kernel.geo import Box, area_m2
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.grid.models import Grid
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery, Mark, Tile, Totals
from linli.places.map.rules.marks import clustered
from linli.places.map.rules.tiles import EXTENT, cluster_level, grid_of, in_tile

declare("area.too_large", zh="所画范围太大，最多{most_km2}平方公里。", en="The area is larger than {most_km2} km².")
declare("area.crooked", zh="所画范围的折点太多，最多{most}个。", en="The area has more than {most} corners.")

M = TypeVar("M", bound=Model)

MANY = 3_000
"""From here on the points of a tile are added up by the database, where a layer says its rows (``Layer.rows``)."""
MOST_DRAWN = 50_000
"""Features of one tile of a layer that has no quicker way (``Layer.marked``, ``Layer.rows``): the tile says so."""
MOST_COUNTED = 5_000
"""Features of an area in a layer that has no quicker way to count (``Layer.counted``)."""
MOST_KM2, MOST_CORNERS = 10_000, 5_000
_RIM = 64 / EXTENT
"""Points just outside are drawn too, so that symbols are not cut at a tile's edge."""


def layers_in_order() -> list[Layer]:
    """All layers as the map lists them."""
    return sorted(LAYERS.values(), key=lambda layer: (layer.order, layer.code))


def layer_named(code: str) -> Layer:
    """The layer with this code, or NotFound."""
    if code not in LAYERS:
        raise NotFound("row.unknown", what=code)
    return LAYERS[code]


def features_of(actor: Actor, layer: Layer, query: LayerQuery) -> Iterator[Feature]:
    """At most ``limit`` features, ascending by id. Who holds no post sees nothing of the map, not even what is public
    elsewhere.
    """
    if not (actor.is_system or actor.posts):
        return iter(())
    return islice(iter(layer.source(actor, query)), query.limit)


def totals_of(actor: Actor, layer: Layer, query: LayerQuery, most: int) -> tuple[Totals, bool]:
    """How many there are, in all and by the layer's ``by``; and whether that is all (a layer that counts feature by
    feature stops at ``most``).
    """
    if not (actor.is_system or actor.posts):
        return Totals(0), True
    if layer.counted is not None:
        return layer.counted(actor, query), True
    if layer.rows is not None and query.area is None:
        return _counted(layer.rows(actor, query), layer.by), True
    by: Counter[str] = Counter()
    for feature in islice(iter(layer.source(actor, query)), most + 1):
        by[str(feature.properties.get(layer.by, ""))] += 1
    count = sum(by.values())
    return Totals(min(count, most), dict(by) if layer.by else {}), count <= most


def _counted(rows: QuerySet[Any], by: str) -> Totals:
    """Counted by the database; ``by`` is a column."""
    if not by:
        return Totals(rows.count())
    found = {str(text): n for text, n in rows.order_by().values_list(by).annotate(n=Count("pk"))}
    return Totals(sum(found.values()), found)


def marks_of(actor: Actor, layer: Layer, query: LayerQuery, tile: Tile) -> list[Mark]:
    """The points of a layer in a tile, near ones drawn as one with their number ``n``."""
    if not (actor.is_system or actor.posts):
        return []
    if layer.marked is not None:
        return list(layer.marked(actor, query, tile))
    if layer.rows is not None and layer.clustered:
        rows = layer.rows(actor, query)
        if rows.order_by()[: MANY + 1].count() > MANY:
            return _added_up(actor, layer, query, tile, rows)
    features = list(islice(iter(layer.source(actor, query)), MOST_DRAWN))
    points = [feature for feature in features if feature.geometry.geom_type == "Point"]
    if not points:
        return []
    spots = shapely.get_coordinates([feature.geometry for feature in points])
    x, y = (part.astype(np.float64) for part in grid_of(spots[:, 0], spots[:, 1]))
    if layer.clustered:
        return clustered(tile, x, y, points)
    wide, high = in_tile(tile, x, y)
    return [
        Mark(int(across), int(down), {"id": feature.id, "n": 1, **feature.properties})
        for across, down, feature in zip(wide, high, points, strict=True)
    ]


def _added_up(actor: Actor, layer: Layer, query: LayerQuery, tile: Tile, rows: QuerySet[Any]) -> list[Mark]:
    """Very many points added up by the database, in cells as wide as a mark; who stands alone is read as always."""
    side = 360.0 / (1 << cluster_level(tile.z))
    middle = math.radians((tile.box.south + tile.box.north) / 2)
    cells = rows.order_by().annotate(
        _across=Cast(F("lon") / Value(side), IntegerField()),
        _up=Cast(F("lat") / Value(side * math.cos(middle)), IntegerField()),
    )
    added = list(
        cells.values_list("_across", "_up")
        .annotate(n=Count("pk"), east=Avg("lon"), north=Avg("lat"), one=Min(Cast("pk", CharField())))
        .values_list("n", "east", "north", "one")
    )
    x, y = (part.astype(np.float64) for part in grid_of(*np.array([row[1:3] for row in added], np.float64).T))
    wide, high = in_tile(tile, x, y)
    alone = tuple(str(row[3]) for row in added if row[0] == 1)
    known = {feature.id: feature for feature in layer.source(actor, replace(query, among=alone))} if alone else {}
    marks = []
    for (n, _east, _north, one), across, down in zip(added, wide.tolist(), high.tolist(), strict=True):
        own = known.get(str(_key(str(one)))) if n == 1 else None
        said = {"id": own.id, "n": 1, **own.properties} if own is not None else {"n": n}
        marks.append(Mark(int(across), int(down), said))
    return marks


def is_cut(layer: Layer, marks: Sequence[Mark]) -> bool:
    """Whether a tile holds more than was drawn: only in layers that can neither be added up nor hold their points."""
    if layer.marked is not None or (layer.rows is not None and layer.clustered):
        return False
    return sum(int(mark.properties.get("n", 1)) for mark in marks) >= MOST_DRAWN


def shapes_of(actor: Actor, layer: Layer, query: LayerQuery) -> list[Feature]:
    """The lines and polygons of a layer in a tile's box."""
    return list(features_of(actor, layer, query))


def rimmed(tile: Tile) -> Box:
    """A tile's box with the rim in which its neighbours' symbols reach over."""
    west, south, east, north = tile.box
    aside, up = (east - west) * _RIM, (north - south) * _RIM
    return Box(west - aside, max(south - up, -90.0), east + aside, min(north + up, 90.0))


def area_features(actor: Actor, layer: Layer, query: LayerQuery, limit: int) -> list[Feature]:
    """What of a layer lies in the query's area; raises Invalid for an area that is too large or too crooked."""
    return list(features_of(actor, layer, replace(query, area=_fit(query.area), limit=limit)))


def area_totals(actor: Actor, layer: Layer, query: LayerQuery) -> tuple[Totals, bool]:
    """How much of a layer lies in the query's area, and whether that is all of it."""
    return totals_of(actor, layer, replace(query, area=_fit(query.area), limit=MOST_COUNTED + 1), MOST_COUNTED)


def _fit(area: BaseGeometry | None) -> BaseGeometry:
    """The area, prepared for many questions."""
    if area is None or area.is_empty or area.geom_type not in ("Polygon", "MultiPolygon"):
        raise Invalid("fact.wrong", field="geometry", why="Polygon, MultiPolygon")
    if shapely.get_num_coordinates(area) > MOST_CORNERS:
        raise Invalid("area.crooked", most=MOST_CORNERS, field="geometry")
    whole = area if area.is_valid else shapely.make_valid(area)
    if area_m2(whole) > MOST_KM2 * 1e6:
        raise Invalid("area.too_large", most_km2=MOST_KM2, field="geometry")
    shapely.prepare(whole)
    return whole


def in_order(rows: QuerySet[M], query: LayerQuery) -> QuerySet[M]:
    """Rows ascending by key, from behind ``after``, or the one that is asked for: what every source does."""
    if query.only or query.among:
        return rows.filter(pk__in=[_key(text) for text in (query.only, *query.among) if text])
    return rows.filter(pk__gt=_key(query.after)).order_by("pk") if query.after else rows.order_by("pk")


def _key(text: str) -> uuid.UUID:
    """The key that an id is; one that is none is the key of nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def within_box(rows: QuerySet[M], query: LayerQuery) -> QuerySet[M]:
    """Rows with ``lon`` and ``lat`` in the box that is asked for."""
    box = query.box
    if box is None:
        return rows.filter(lon__isnull=False, lat__isnull=False)
    return rows.filter(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)


def days_of(query: LayerQuery) -> tuple[date, date]:
    """The first and the last day (in China) that a query asks for: today when it names no time."""
    now = clock.now()
    if query.at is not None or (query.since is None and query.until is None):
        day = clock.shanghai(query.at or now).date()
        return day, day
    first = clock.shanghai(query.since).date() if query.since else date.min
    return first, clock.shanghai(query.until).date() if query.until else date.max


def _grids(actor: Actor, query: LayerQuery) -> Iterable[Feature]:
    """Grids in force on the days asked for."""
    first, last = days_of(query)
    rows = Grid.objects.visible_to(actor).filter(valid_from__lte=last).select_related("division")
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=first))
    if query.where.get("kind"):
        rows = rows.filter(kind__in=query.where["kind"])
    if query.box is not None:
        rows = rows.touching(query.box)
    for row in in_order(rows, query).iterator(chunk_size=500):
        shape: BaseGeometry = row.shape
        if query.meets(shape):
            yield Feature(
                str(row.pk),
                shape,
                {
                    "code": row.code,
                    "name": row.name,
                    "kind": row.kind,
                    "division": row.division.name if row.division else None,
                    "valid_from": row.valid_from.isoformat(),
                    "valid_to": row.valid_to.isoformat() if row.valid_to else None,
                },
            )


LAYERS.add(
    "grids",
    Layer(
        code="grids",
        words=Words("网格", "grids"),
        geometry="polygon",
        icon="polygon",
        order=10,
        source=_grids,
        filters=(
            Filter(
                "kind",
                Words("类别", "kind"),
                tuple(Choice(kind, Words(*words)) for kind, words in Grid.KINDS.items()),
            ),
        ),
        dated=True,
        by="kind",
    ),
)
