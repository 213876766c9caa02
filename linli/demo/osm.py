"""The demo county's roads as OpenStreetMap XML, so that they come in through the ordinary import of roads."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

from linli.demo.plane import lonlat
from linli.demo.roads import SPEEDS_KMH, RoadNetwork, Way

FIRST_NODE = 1_000_000
FIRST_WAY = 5_000_000
FIRST_RELATION = 9_000_000
FIRST_RIVER_NODE = 4_000_000


def osm_xml(network: RoadNetwork) -> Iterator[str]:
    """Lines of an OSM 0.6 document: nodes, ways with class, name, limit and one-way, turn restrictions, river."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="linli-demo">\n'
    for index, (lon, lat) in enumerate(network.places()):
        yield f'<node id="{FIRST_NODE + index}" lat="{lat:.6f}" lon="{lon:.6f}" version="1"/>\n'
    for index, point in enumerate(network.river):
        lon, lat = lonlat(point)
        yield f'<node id="{FIRST_RIVER_NODE + index}" lat="{lat:.6f}" lon="{lon:.6f}" version="1"/>\n'
    for index, way in enumerate(network.ways):
        yield f'<way id="{FIRST_WAY + index}" version="1">\n'
        yield from (f'<nd ref="{FIRST_NODE + node}"/>\n' for node in way.nodes)
        yield from (_tag(key, value) for key, value in _tags(way))
        yield "</way>\n"
    yield f'<way id="{FIRST_WAY + len(network.ways)}" version="1">\n'
    yield from (f'<nd ref="{FIRST_RIVER_NODE + index}"/>\n' for index in range(len(network.river)))
    yield _tag("waterway", "river") + _tag("name", "临溪河") + "</way>\n"
    for index, turn in enumerate(network.restrictions):
        yield f'<relation id="{FIRST_RELATION + index}" version="1">\n'
        yield f'<member type="way" ref="{FIRST_WAY + turn.from_way}" role="from"/>\n'
        yield f'<member type="node" ref="{FIRST_NODE + turn.via_node}" role="via"/>\n'
        yield f'<member type="way" ref="{FIRST_WAY + turn.to_way}" role="to"/>\n'
        yield _tag("type", "restriction") + _tag("restriction", turn.kind) + "</relation>\n"
    yield "</osm>\n"


def write_osm_gz(network: RoadNetwork, path: Path) -> None:
    """Write the network as ``.osm.gz``; the same network gives the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0, compresslevel=5) as packed:
        for line in osm_xml(network):
            packed.write(line.encode())


def _tags(way: Way) -> Iterator[tuple[str, str]]:
    yield "highway", way.highway
    if way.name:
        yield "name", way.name
    if way.highway != "footway":
        yield "maxspeed", str(way.maxspeed_kmh or SPEEDS_KMH[way.highway])
    if way.oneway:
        yield "oneway", "yes"
    if way.bridge:
        yield "bridge", "yes"


def _tag(key: str, value: str) -> str:
    return f"<tag k={quoteattr(key)} v={quoteattr(value)}/>\n"
