"""Any road file to a network: which parser, from the file's name."""

from __future__ import annotations

from pathlib import Path

from linli.kernel.errors import Invalid
from linli.places.roads.rules import faults
from linli.places.roads.rules.build import build
from linli.places.roads.rules.network import RoadNetwork
from linli.places.roads.rules.options import TableOptions
from linli.places.roads.rules.parse_osm import parse_osm
from linli.places.roads.rules.parse_tables import parse_gr, parse_tables

OSM_ENDINGS = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
GRAPH_ENDINGS = (".gr", ".gr.gz")


def read_roads(
    path: Path, *, edges: Path | None = None, options: TableOptions | None = None, strict: bool = False
) -> RoadNetwork:
    """Read and build a network from an OSM file, a ``.gr`` graph, or a table of nodes with a table of ``edges``.

    Bad rows of tables are left out and reported; ``strict``: the first one refuses the file.
    """
    for file in (path, edges):
        if file is not None and not file.is_file():
            raise Invalid(faults.UNREADABLE, file=file.name, what="no such file")
    if edges is not None:
        return build(parse_tables(path, edges, options, strict=strict))
    if path.name.endswith(GRAPH_ENDINGS):
        return build(parse_gr(path, options))
    if path.name.endswith(OSM_ENDINGS):
        return build(parse_osm(path))
    raise Invalid(
        faults.UNREADABLE,
        file=path.name,
        what=f"not one of {', '.join(OSM_ENDINGS + GRAPH_ENDINGS)}; a table of nodes needs a table of edges (--edges)",
    )
