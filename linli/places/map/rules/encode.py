"""A vector tile as bytes (Mapbox Vector Tile 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from numpy.typing import NDArray

from linli.places.map.rules.layers import Feature
from linli.places.map.rules.tiles import EXTENT, Mark, Tile, grid_of, in_tile

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
_BUFFER = 64
_POINT = 1
_MOVE_ONE = 9
"""The command "move to", once."""
_VALUES = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}


def points_tile(name: str, marks: Iterable[Mark]) -> bytes:
    """Marks as points; coordinates count downwards as the format has them.

    Written by the library's own messages: measured, its general encoder takes ten times as long for points, because it
    makes a shape of each first.
    """
    made = vector_tile_pb2.tile()
    layer = made.layers.add(version=2, name=name, extent=EXTENT)
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    for mark in marks:
        tags: list[int] = []
        for key, value in mark.properties.items():
            if isinstance(value, (str, int, float)):
                # True equals 1 and 1.0: the type belongs to the key.
                held = (type(value), value)
                tags += (keys.setdefault(key, len(keys)), values.setdefault(held, len(values)))
        layer.features.add(tags=tags, type=_POINT, geometry=(_MOVE_ONE, _zigzag(mark.x), _zigzag(mark.y)))
    layer.keys.extend(keys)
    for kind, value in values:
        layer.values.add(**{_VALUES[kind]: value})
    return bytes(made.SerializeToString())


def _zigzag(number: int) -> int:
    """Small whatever the sign."""
    return (number << 1) ^ (number >> 31)


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
