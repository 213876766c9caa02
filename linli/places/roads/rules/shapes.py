"""Water, green and buildings of an OpenStreetMap file, for the base map: what one knows a place by beside its roads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linli.kernel.late import late

if TYPE_CHECKING:
    import osmium
    from osmium import filter as osmium_filter
    from osmium import geom as osmium_geom
else:
    osmium = late("osmium")
    osmium_filter = late("osmium.filter")
    osmium_geom = late("osmium.geom")


WATER, WATERWAY, GREEN, BUILT, BUILDING = "water", "waterway", "green", "built", "building"
LAYERS = (WATER, WATERWAY, GREEN, BUILT, BUILDING)
"""From below to above, as they are drawn."""
_KEYS = ("natural", "waterway", "landuse", "leisure", "building", "water")
_LINES = frozenset({"river", "stream", "canal", "drain", "ditch"})
_GREEN = frozenset(
    {"forest", "grass", "meadow", "orchard", "village_green", "recreation_ground", "cemetery", "wood", "scrub", "park"}
    | {"garden", "pitch", "golf_course", "nature_reserve", "farmland", "vineyard", "plant_nursery"}
)
_BUILT = frozenset({"residential", "commercial", "retail", "industrial", "construction", "railway", "education"})
_FROM_ZOOM = {WATER: 6, WATERWAY: 9, GREEN: 9, BUILT: 10, BUILDING: 14}
_GRAND_RIVER_ZOOM = 6


def layer_of(tags: dict[str, str], *, area: bool) -> str:
    """Which layer a thing belongs to; nothing when it is not drawn."""
    if not area:
        return WATERWAY if tags.get("waterway") in _LINES else ""
    if tags.get("building", "no") != "no":
        return BUILDING
    kinds = {tags.get("natural"), tags.get("landuse"), tags.get("leisure")}
    if "water" in kinds or tags.get("waterway") == "riverbank" or kinds & {"reservoir", "basin"}:
        return WATER
    if kinds & _GREEN:
        return GREEN
    return BUILT if kinds & _BUILT else ""


def land_shapes(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(layer, GeoJSON feature) of each shape in the file. What is cut by the extract's border and cannot be closed is
    left out.
    """
    factory: Any = osmium_geom.GeoJSONFactory()
    filtered: Any = osmium.FileProcessor(str(path)).with_areas().with_filter(osmium_filter.KeyFilter(*_KEYS))
    for thing in filtered:
        if not (thing.is_area() or thing.is_way()):
            continue
        tags = {tag.k: tag.v for tag in thing.tags}
        layer = layer_of(tags, area=thing.is_area())
        if not layer:
            continue
        try:
            made = factory.create_multipolygon(thing) if thing.is_area() else factory.create_linestring(thing)
        except (RuntimeError, ValueError):
            continue  # a shape without its corners: the extract ends there
        yield layer, _feature(layer, tags, json.loads(made))


def _feature(layer: str, tags: dict[str, str], geometry: dict[str, Any]) -> dict[str, Any]:
    name = tags.get("name:zh") or tags.get("name") or ""
    zoom = _GRAND_RIVER_ZOOM if tags.get("waterway") == "river" else _FROM_ZOOM[layer]
    return {
        "type": "Feature",
        "properties": {"name": name} if name else {},
        "geometry": geometry,
        "tippecanoe": {"minzoom": zoom},
    }


def shapes_file(folder: Path, sha256: str, layer: str) -> Path:
    """Where a layer's shapes of the network with this hash lie."""
    return folder / f"{sha256}.{layer}.geojsonl.gz"


def keep_shapes(path: Path, folder: Path, sha256: str) -> dict[str, int]:
    """Write the shapes of an OSM file beside its network; how many there are in each layer. The same file again gives
    the same.
    """
    counts: dict[str, int] = {}
    parts: dict[str, Path] = {}
    with ExitStack() as files:
        out: dict[str, Any] = {}
        for layer, feature in land_shapes(path):
            if layer not in out:
                parts[layer] = shapes_file(folder, sha256, layer).with_suffix(".part")
                out[layer] = files.enter_context(gzip.open(parts[layer], "wt", encoding="utf-8"))
            out[layer].write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) + "\n")
            counts[layer] = counts.get(layer, 0) + 1
    for layer, part in parts.items():
        part.replace(shapes_file(folder, sha256, layer))
    return counts
