"""Road networks from OpenStreetMap files: ``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.osm.pbf``.

The file is read twice: first ways and restrictions, then only the nodes that roads use. Ways may name nodes outside
the extract: such a way is cut where nodes are missing. What could not be used is counted in ``about`` and named by
its OSM id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from linli.kernel.errors import Invalid
from linli.kernel.late import late
from linli.places.roads.rules import faults
from linli.places.roads.rules.broken_osm import find_fault
from linli.places.roads.rules.hours import Spans
from linli.places.roads.rules.network import F64, FAR, I64, KINDS
from linli.places.roads.rules.raw import RawNetwork, Shut
from linli.places.roads.rules.restrictions import Restriction, RoadArcs, bans_of, barrier_bans
from linli.places.roads.rules.snap import M_PER_DEGREE
from linli.places.roads.rules.speeds import (
    CAR,
    CLASS_INDEX,
    MOTORCYCLE,
    Speeds,
    barred_kinds,
    hours_unread,
    shut_hours,
    speeds_of,
)

if TYPE_CHECKING:
    import osmium
else:
    osmium = late("osmium")

_NAMED = 20
_LONG_PIECE_M = 10_000.0


@dataclass(slots=True)
class _Ways:
    ids: list[int] = field(default_factory=list)
    refs: list[npt.NDArray[np.int64]] = field(default_factory=list)
    speeds: list[Speeds] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=lambda: {"": 0})
    restrictions: list[Restriction] = field(default_factory=list)
    shut: dict[int, tuple[Spans, Spans]] = field(default_factory=dict)  # by index: hours shut along and against
    hours_unread: dict[int, str] = field(default_factory=dict)  # by OSM id: what its mapper wrote
    seen: int = 0


@dataclass(slots=True)
class _Nodes:
    """Sorted by ``ref``. ``barred``: bit per kind that cannot pass."""

    ref: I64
    lon: F64
    lat: F64
    barred: dict[int, int]


def parse_osm(path: Path) -> RawNetwork:
    """Read the roads of an OSM file. A broken file is refused with the byte, line and way where it breaks."""
    try:
        ways = _read_ways(path)
        nodes = _read_nodes(path, ways)
    except (RuntimeError, ValueError, OSError) as error:
        fault = find_fault(path)
        if fault is None:
            raise Invalid(faults.UNREADABLE, file=path.name, what=str(error)) from error
        raise Invalid(
            faults.BROKEN, file=path.name, byte=fault.byte, line=fault.line, way=fault.way or "—", what=fault.what
        ) from error
    if not ways.ids:
        raise Invalid(faults.EMPTY, file=path.name)
    return _assemble(path, ways, nodes)


def _read_ways(path: Path) -> _Ways:
    ways = _Ways()
    thing: Any
    for thing in osmium.FileProcessor(str(path), osmium.osm.WAY | osmium.osm.RELATION):
        if thing.deleted:
            continue
        if thing.is_way():
            ways.seen += 1
            if "highway" in thing.tags:
                _keep_way(ways, thing)
        elif thing.tags.get("type") == "restriction":
            tags = {tag.k: tag.v for tag in thing.tags}
            members = tuple((member.type, member.ref, member.role) for member in thing.members)
            ways.restrictions.append(Restriction(thing.id, tags, members))
    return ways


def _keep_way(ways: _Ways, way: Any) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    speeds = speeds_of(tags)
    if speeds is None or not speeds.usable or len(way.nodes) < 2:
        return
    hours = shut_hours(tags)
    if hours is not None:
        ways.shut[len(ways.ids)] = hours
    elif hours_unread(tags):
        ways.hours_unread[way.id] = tags["oneway:conditional"]
    ways.ids.append(way.id)
    ways.refs.append(np.fromiter((node.ref for node in way.nodes), np.int64, len(way.nodes)))
    ways.speeds.append(speeds)
    name = tags.get("name:zh") or tags.get("name") or tags.get("ref") or ""
    ways.names.append(ways.texts.setdefault(name, len(ways.texts)))
    ways.classes.append(CLASS_INDEX[tags["highway"]])


def _read_nodes(path: Path, ways: _Ways) -> _Nodes:
    wanted = np.unique(np.concatenate(ways.refs)) if ways.refs else np.zeros(0, np.int64)
    lon, lat = np.full(len(wanted), np.nan), np.full(len(wanted), np.nan)
    barred: dict[int, int] = {}
    place = dict(zip(wanted.tolist(), range(len(wanted)), strict=True))
    node: Any
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        at = place.get(node.id)
        if at is None or node.deleted or not node.location.valid():
            continue
        lon[at], lat[at] = node.location.lon, node.location.lat
        if "barrier" in node.tags:
            bits = barred_kinds({tag.k: tag.v for tag in node.tags})
            if bits:
                barred[at] = bits
    return _Nodes(wanted, lon, lat, barred)


def _assemble(path: Path, ways: _Ways, nodes: _Nodes) -> RawNetwork:
    runs, missing = _runs(ways, nodes)
    via = _via_nodes(ways, nodes)
    junction = _junctions(runs, len(nodes.ref), via | nodes.barred.keys())
    edges = _split(runs, junction)
    if not edges:
        raise Invalid(faults.EMPTY, file=path.name)
    raw = _columns(ways, nodes, edges)
    raw.shut = _shut(ways, edges)
    arcs = RoadArcs.of(raw)
    bans, restrictions = bans_of(ways.restrictions, arcs, {int(ref): at for at, ref in enumerate(nodes.ref.tolist())})
    raw.bans = bans + barrier_bans(nodes.barred, arcs)
    long = np.flatnonzero(_piece_m(raw) > _LONG_PIECE_M)
    raw.about = {
        "source": [path.name],
        "form": "osm",
        "ways_seen": ways.seen,
        "ways_used": len(ways.ids),
        "rows": len(ways.ids),
        "rejected": len(ways.ids) - len({way for way, _ in runs}),
        "ways_cut": {"count": len(missing), "ways": missing[:_NAMED]},
        "restrictions": restrictions,
        "ways_by_hour": len(ways.shut),
        "ways_hours_not_read": _unread(ways.hours_unread),
        "barriers": len(nodes.barred),
        "long_pieces": {"count": len(long), "points": long[:_NAMED].tolist()},
    }
    return raw


def _unread(said: dict[int, str]) -> dict[str, Any]:
    first = dict(list(said.items())[:_NAMED])
    return {"count": len(said), "ways": list(first), "said": {str(way): text for way, text in first.items()}}


def _runs(ways: _Ways, nodes: _Nodes) -> tuple[list[tuple[int, npt.NDArray[np.intp]]], list[int]]:
    """Each way as runs of node indices without a gap, and the ids of ways that name nodes outside the file."""
    known = ~np.isnan(nodes.lon)
    runs: list[tuple[int, npt.NDArray[np.intp]]] = []
    cut: list[int] = []
    for way, refs in enumerate(ways.refs):
        at = np.searchsorted(nodes.ref, refs)
        here = known[at]
        if here.all():
            pieces = [at]
        else:
            cut.append(ways.ids[way])
            borders = np.flatnonzero(~here)
            pieces = [piece[known[piece]] for piece in np.split(at, borders)]
        # a node named twice in a row is one point
        distinct = [piece[np.append(True, piece[1:] != piece[:-1])] for piece in pieces if len(piece)]
        runs += [(way, piece) for piece in distinct if len(piece) > 1]
    return runs, cut


def _via_nodes(ways: _Ways, nodes: _Nodes) -> set[int]:
    """Nodes at which a restriction decides; they must not be lost inside an edge."""
    refs = [ref for one in ways.restrictions for kind, ref, role in one.members if kind == "n" and role == "via"]
    at = np.searchsorted(nodes.ref, np.array(refs, np.int64))
    return {int(i) for i, ref in zip(at, refs, strict=True) if i < len(nodes.ref) and nodes.ref[i] == ref}


def _junctions(
    runs: list[tuple[int, npt.NDArray[np.intp]]], count: int, forced: set[int]
) -> npt.NDArray[np.bool_]:  # fmt: skip
    uses = np.zeros(count, np.int32)
    for _, run in runs:
        np.add.at(uses, run, 1)
        uses[run[0]] += 1
        uses[run[-1]] += 1
    junction = uses > 1
    junction[list(forced)] = True
    return junction


def _split(
    runs: list[tuple[int, npt.NDArray[np.intp]]], junction: npt.NDArray[np.bool_]
) -> list[tuple[int, npt.NDArray[np.intp]]]:  # fmt: skip
    edges = []
    for way, run in runs:
        cuts = np.flatnonzero(junction[run])
        edges += [(way, run[a : b + 1]) for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)]
    return edges


def _columns(ways: _Ways, nodes: _Nodes, edges: list[tuple[int, npt.NDArray[np.intp]]]) -> RawNetwork:
    way = np.array([way for way, _ in edges], np.intp)
    counts = np.array([len(run) for _, run in edges], np.int64)
    first = np.concatenate([[0], np.cumsum(counts)])
    points = np.concatenate([run for _, run in edges])
    raw = RawNetwork(
        node_ref=nodes.ref,
        node_lon=nodes.lon,
        node_lat=nodes.lat,
        edge_u=points[first[:-1]].astype(np.int32),
        edge_v=points[first[1:] - 1].astype(np.int32),
        edge_way=np.array(ways.ids, np.int64)[way],
        edge_name=np.array(ways.names, np.int32)[way],
        edge_class=np.array(ways.classes, np.uint8)[way],
        edge_m=np.zeros(len(edges)),
        arc_ms=np.empty((len(KINDS), 2 * len(edges)), np.int32),
        names=list(ways.texts),
        shape_first=first,
        shape_lon=nodes.lon[points],
        shape_lat=nodes.lat[points],
    )
    raw.edge_m = np.add.reduceat(np.append(_piece_m(raw), 0.0), first[:-1])
    for side, kmh in enumerate(
        (np.array([s.forth for s in ways.speeds])[way], np.array([s.back for s in ways.speeds])[way])
    ):
        for kind in range(len(KINDS)):
            mps = kmh[:, kind] / 3.6
            seconds = np.divide(raw.edge_m, mps, out=np.zeros_like(raw.edge_m), where=mps > 0)
            ms = np.clip(np.rint(seconds * 1000), 1, FAR - 1)
            raw.arc_ms[kind, side::2] = np.where(mps > 0, ms, FAR).astype(np.int32)
    # Nodes without a place (outside the file) belong to no edge; they must not make the network look unplaced.
    raw.node_lon = np.nan_to_num(raw.node_lon)
    raw.node_lat = np.nan_to_num(raw.node_lat)
    return raw


def _shut(ways: _Ways, edges: list[tuple[int, npt.NDArray[np.intp]]]) -> list[Shut]:
    """The arcs of ways whose direction changes by the hour."""
    kinds = 1 << CAR | 1 << MOTORCYCLE
    return [
        Shut(2 * edge + side, kinds, hours)
        for edge, (way, _) in enumerate(edges)
        for side, hours in enumerate(ways.shut.get(way, ((), ())))
        if hours
    ]


def _piece_m(raw: RawNetwork) -> F64:
    """Metres from each shape point to the next; 0 from the last point of an edge."""
    assert raw.shape_first is not None and raw.shape_lon is not None and raw.shape_lat is not None
    lon, lat = raw.shape_lon, raw.shape_lat
    out = np.zeros(len(lon))
    middle = np.cos(np.radians((lat[1:] + lat[:-1]) / 2))
    out[:-1] = np.hypot(np.diff(lon) * middle, np.diff(lat)) * M_PER_DEGREE
    out[raw.shape_first[1:] - 1] = 0.0
    return out
