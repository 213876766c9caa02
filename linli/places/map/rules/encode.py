"""A vector tile as bytes (Mapbox Vector Tile 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

from linli.places.map.rules.layers import Feature
from linli.places.map.rules.tiles import EXTENT, Mark, Tile, grid_of, in_tile

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
_BUFFER = 64


def points_tile(name: str, marks: Iterable[Mark]) -> bytes:
    """Marks as points; coordinates count downwards as the format has them."""
    features = [{"geometry": shapely.Point(mark.x, mark.y), "properties": _plain(mark.properties)} for mark in marks]
    return _encoded(name, features)


def shapes_tile(name: str, tile: Tile, shapes: Sequence[Feature]) -> bytes:
    """Lines and polygons, cut at the tile's edge and its rim."""
    edge = shapely.box(-_BUFFER, -_BUFFER, EXTENT + _BUFFER, EXTENT + _BUFFER)

    def laid(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = grid_of(corners[:, 0], corners[:, 1])
        wide, high = in_tile(tile, x.astype(np.float64), y.astype(np.float64))
        return np.stack([wide, high], axis=1).astype(np.float64)

    features = []
    for shape in shapes:
        flat = shapely.make_valid(shapely.transform(shape.geometry, laid))
        cut = flat.intersection(edge)
        if not cut.is_empty:
            features.append({"geometry": cut, "properties": {"id": shape.id, **_plain(shape.properties)}})
    return _encoded(name, features)


def _encoded(name: str, features: list[dict[str, Any]]) -> bytes:
    made: bytes = mapbox_vector_tile.encode(
        [{"name": name, "features": features}], default_options={"extents": EXTENT, "y_coord_down": True}
    )
    return made


def _plain(properties: Any) -> dict[str, Any]:
    """The values that a tile can hold: texts, numbers, flags."""
    return {key: value for key, value in properties.items() if isinstance(value, (str, int, float, bool))}
