"""Roads as lines for the base map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linli.places.roads.rules.network import RoadNetwork
from linli.places.roads.rules.speeds import CLASSES

_CLASS_NAMES = tuple(CLASSES)
# From which zoom a class is worth its bytes; one class a feature, so that tiles of a whole county stay small.
_MIN_ZOOM = {"motorway": 5, "trunk": 6, "primary": 7, "secondary": 8, "tertiary": 9, "other": 8}


def road_features(network: RoadNetwork) -> Iterator[dict[str, Any]]:
    """One GeoJSON line an edge, with ``class``, ``name`` (where it has one) and ``oneway`` for cars; WGS-84, 6
    decimals.
    """
    if not network.has_points:
        return
    lon, lat = network.shape_lon.round(6).tolist(), network.shape_lat.round(6).tolist()
    first = network.shape_first.tolist()
    forth = (network.arc_ms[0, 0::2] < 2**31 - 1).tolist()
    back = (network.arc_ms[0, 1::2] < 2**31 - 1).tolist()
    for edge in range(network.edges):
        road = _CLASS_NAMES[network.edge_class[edge]]
        points = slice(first[edge], first[edge + 1])
        properties: dict[str, Any] = {"class": road, "edge": edge}
        if name := network.name_of(edge):
            properties["name"] = name
        if forth[edge] != back[edge]:
            properties["oneway"] = 1 if forth[edge] else -1
        yield {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "LineString", "coordinates": list(zip(lon[points], lat[points], strict=True))},
            "tippecanoe": {"minzoom": _MIN_ZOOM.get(road.removesuffix("_link"), 11)},
        }
