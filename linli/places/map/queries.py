"""What the doors ask of the layers, whoever declared them; and the layer of the grids."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import TypeVar

import numpy as np
import shapely
from django.db.models import Model, Q, QuerySet
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock
from linli.kernel.errors import Invalid, NotFound, declare
from linli.kernel.geo import Box, area_m2
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.grid.models import Grid
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery, Mark, Tile, Totals
from linli.places.map.rules.marks import clustered
from linli.places.map.rules.tiles import EXTENT, grid_of, in_tile

declare("area.too_large", zh="所画范围太大，最多{most_km2}平方公里。", en="The area is larger than {most_km2} km².")
declare("area.crooked", zh="所画范围的折点太多，最多{most}个。", en="The area has more than {most} corners.")

M = TypeVar("M", bound=Model)

MOST_DRAWN = 50_000
"""Features of one tile of a layer that has no quicker way (``Layer.marked``)."""
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
    by: Counter[str] = Counter()
    for feature in islice(iter(layer.source(actor, query)), most + 1):
        by[str(feature.properties.get(layer.by, ""))] += 1
    count = sum(by.values())
    return Totals(min(count, most), dict(by) if layer.by else {}), count <= most


def marks_of(actor: Actor, layer: Layer, query: LayerQuery, tile: Tile) -> list[Mark]:
    """The points of a layer in a tile, near ones drawn as one with their number ``n``."""
    if not (actor.is_system or actor.posts):
        return []
    if layer.marked is not None:
        return list(layer.marked(actor, query, tile))
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
    if query.only:
        return rows.filter(pk=_key(query.only))
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
