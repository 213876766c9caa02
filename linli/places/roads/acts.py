"""Importing a network, choosing the active one, closing and reopening roads."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from django.conf import settings
from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act, may
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, declare
from linli.kernel.scope import Actor
from linli.places.roads.models import RoadClosure, Roads
from linli.places.roads.queries import active_roads, network_of, roads_folder
from linli.places.roads.rules import faults
from linli.places.roads.rules.features import road_features
from linli.places.roads.rules.left_out import left_out
from linli.places.roads.rules.network import KIND_INDEX, KINDS, RoadNetwork, save
from linli.places.roads.rules.open_roads import OpenRoads
from linli.places.roads.rules.options import TableOptions, read_options
from linli.places.roads.rules.reading import OSM_ENDINGS, read_roads
from linli.places.roads.rules.shapes import LAYERS, keep_shapes, shapes_file
from linli.works.jobs.acts import job, schedule

log = structlog.get_logger(__name__)

TILES_JOB = "roads.tiles"
TILES_FILE = "roads.pmtiles"
_TILES_TIMEOUT_S = 600

declare("roads.none", zh="尚未导入路网，请先导入道路。", en="No road network was imported yet: import one first.")
declare("roads.active", zh="该路网已经在用。", en="This network is the active one already.")
declare("roads.no_road", zh="该位置{within_m}米内没有道路。", en="There is no road within {within_m} m of that place.")
declare("roads.reopened", zh="该路段已恢复通行。", en="This road is open again already.")
declare("roads.kinds", zh="请指明对哪类车辆关闭：{kinds}。", en="Say for which kinds of vehicle: {kinds}.")
declare("roads.closure_dates", zh="结束时间应晚于开始时间。", en="A closure must end after it begins.")

CLOSE_WITHIN_M = 100.0
_PIECES = ("nodes", "parts", "largest_share", "stranded")


def import_roads(
    actor: Actor,
    *,
    path: Path,
    name: str,
    edges: Path | None = None,
    options: TableOptions | None = None,
    activate: bool = True,
    strict: bool = False,
) -> Roads:
    """Read a file of roads (OSM, ``.gr``, or nodes with ``edges``) and enter it as a network, by default the active
    one.

    Reading and building take seconds and hold no lock; only entering the row is an act. The same file again changes
    nothing. Raises ``Invalid`` naming file and place for what cannot be read.
    """
    if not may(actor, "roads.import", None):
        raise NotAllowed(
            "right.missing", act="roads.import", act_zh="导入路网", act_en="import a road network", path="/"
        )
    network = read_roads(path, edges=edges, options=options, strict=strict)
    sha256, _ = save(network, roads_folder())
    if path.name.endswith(OSM_ENDINGS):
        try:
            keep_shapes(path, roads_folder(), sha256)
        except (RuntimeError, ValueError):  # what osmium raises; the roads are sound, so the map does without shapes
            log.exception("shapes_not_kept", file=path.name)
    return enter_roads(actor, title=name, sha256=sha256, network=network, activate=activate)


def import_roads_file(
    actor: Actor,
    *,
    path: Path,
    edges: Path | None = None,
    map_path: Path | None = None,
    dry_run: bool = False,
    strict: bool = False,
) -> dict[str, Any]:
    """``linli import roads``: what the console prints. Rows are the rows of the table of edges, or the ways of the
    OSM file that are roads; bad ones are rejected into the report, with ``strict`` the first of them refuses the file.

    What the reader doubted (ways cut by the border, lengths, restrictions that fit nowhere, pieces) stands in the
    report.
    """
    options = _options_in(map_path) if map_path is not None else None
    name = path.name.split(".")[0]
    if dry_run:
        network = read_roads(path, edges=edges, options=options, strict=strict)
        row, known = None, False
    else:
        before = set(Roads.objects.values_list("sha256", flat=True))
        row = import_roads(actor, path=path, name=name, edges=edges, options=options, strict=strict)
        network, known = network_of(row.sha256), row.sha256 in before
    folder = Path(settings.LINLI_HOME) / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"roads-{name}.json"
    report.write_text(json.dumps(network.report, ensure_ascii=False, indent=1), "utf-8")
    rows, rejected = int(network.report["rows"]), int(network.report["rejected"])
    taken = rows - rejected
    counts = {"created": 0 if known else taken, "updated": 0, "unchanged": taken if known else 0, "rejected": rejected}
    pieces = {kind: {key: found[key] for key in _PIECES} for kind, found in network.report["pieces"].items()}
    return {
        "rows": rows,
        **counts,
        "report": str(report),
        "nodes": network.nodes,
        "edges": network.edges,
        "pieces": pieces,
        "left_out": [one.as_json() for one in left_out(network.report)],
    }


def _options_in(path: Path) -> TableOptions:
    try:
        return read_options(path.read_text("utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid(faults.UNREADABLE, file=path.name, what=str(fault)) from fault


@act("roads.import", zh="导入路网", en="import a road network", keeps=("sha256",))
def enter_roads(actor: Actor, *, title: str, sha256: str, network: RoadNetwork, activate: bool = True) -> Roads:
    """Enter a network whose file is saved. One that is known by its hash keeps its row."""
    row, created = Roads.objects.get_or_create(
        sha256=sha256,
        defaults={
            "name": title,
            "nodes": network.nodes,
            "edges": network.edges,
            "report": network.report,
            "imported_at": clock.now(),
        },
    )
    if not created and row.name != title:
        row.name = title
        row.save(update_fields=["name"])
    if activate and not row.active:
        _make_active(row, network)
    return row


@act("roads.activate", zh="启用路网", en="make a road network the active one", keeps=("roads_id",))
def activate_roads(actor: Actor, *, roads_id: uuid.UUID) -> Roads:
    """Choose which imported network is used. Closures in force are carried over to the nearest roads of the new one."""
    row = Roads.objects.filter(pk=roads_id).first()
    if row is None:
        raise NotFound("row.unknown", what=str(roads_id))
    if row.active:
        raise Conflict("roads.active")
    _make_active(row, network_of(row.sha256))
    return row


def _make_active(row: Roads, network: RoadNetwork) -> None:
    before = Roads.objects.filter(active=True).first()
    Roads.objects.filter(active=True).update(active=False, version=F("version") + 1)
    Roads.objects.filter(pk=row.pk).update(active=True, version=F("version") + 1)
    row.refresh_from_db()
    if before is not None:
        _carry_over(before, row, network)
    schedule(TILES_JOB, due_at=clock.now(), payload={"sha256": row.sha256})


def _carry_over(before: Roads, after: Roads, network: RoadNetwork) -> None:
    """Closures that still matter, on the roads of the new network that lie where the old ones lay."""
    now = clock.now()
    rows = [row for row in before.closures.all() if row.ends_at is None or row.ends_at > now]
    if not rows or not network.has_points:
        return
    old, new = OpenRoads(network_of(before.sha256)), OpenRoads(network)
    for row in rows:
        edges = {arc // 2 for arc in row.arcs}
        places = [old.point(-1, edge, 0.5) for edge in sorted(edges)]
        spots = [
            new.place(lon, lat, kind) for lon, lat in places for kind in range(len(KINDS)) if row.kinds >> kind & 1
        ]
        arcs = sorted({2 * spot.edge + way for spot in spots if spot and spot.edge >= 0 for way in (0, 1)})
        RoadClosure.objects.create(
            roads=after, arcs=arcs, kinds=row.kinds, reason=row.reason, lon=row.lon, lat=row.lat,
            begins_at=row.begins_at, ends_at=row.ends_at,
        )  # fmt: skip


@act(
    "road.close",
    zh="封闭道路",
    en="close a road",
    keeps=("lon", "lat", "begins_at", "ends_at", "kinds", "whole_road"),
    within=lambda _: None,
)
def close_road(
    actor: Actor,
    *,
    lon: float,
    lat: float,
    reason: str,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    kinds: tuple[str, ...] = KINDS,
    whole_road: bool = False,
) -> RoadClosure:
    """Close the stretch of road at a place, between its two junctions; ``whole_road``: all of the source's way.

    Recommendations go round it at once. Raises ``Invalid`` when there is no road near, no such kind, or the times are
    wrong.
    """
    roads, begins_at = _on_open_roads(begins_at, ends_at, kinds)
    bits = sum(1 << KIND_INDEX[kind] for kind in set(kinds))
    edge = _edge_at(roads, lon, lat, kinds)
    edges = np.array([edge])
    if whole_road:
        edges = np.flatnonzero(roads.network.edge_way == roads.network.edge_way[edge])
    arcs = sorted(int(arc) for one in edges for arc in (2 * one, 2 * one + 1))
    return RoadClosure.objects.create(
        roads=Roads.objects.get(active=True),
        arcs=arcs,
        kinds=bits,
        reason=reason,
        lon=lon,
        lat=lat,
        begins_at=begins_at,
        ends_at=ends_at,
    )


def _on_open_roads(
    begins_at: datetime | None, ends_at: datetime | None, kinds: tuple[str, ...]
) -> tuple[OpenRoads, datetime]:  # fmt: skip
    roads = active_roads()
    if roads is None:
        raise Conflict("roads.none")
    if not roads.network.has_points:
        raise Invalid(faults.NO_POINTS)
    if not kinds or not set(kinds) <= set(KINDS):
        raise Invalid("roads.kinds", field="kinds", kinds="、".join(KINDS))
    begins_at = begins_at or clock.now()
    if ends_at is not None and ends_at <= begins_at:
        raise Invalid("roads.closure_dates", field="ends_at")
    return roads, begins_at


def _edge_at(roads: OpenRoads, lon: float, lat: float, kinds: tuple[str, ...]) -> int:
    """The nearest edge that one of the kinds could use, closed or not."""
    every = roads.closing(())
    found = [
        (spot.distance_m, every.edge_of(spot)) for kind in kinds if (spot := every.place(lon, lat, KIND_INDEX[kind]))
    ]
    distance_m, edge = min(found, default=(CLOSE_WITHIN_M + 1, -1))
    if distance_m > CLOSE_WITHIN_M:
        raise Invalid("roads.no_road", field="lon", within_m=round(CLOSE_WITHIN_M))
    return edge


@act("road.reopen", zh="恢复通行", en="reopen a road", keeps=("closure_id",), within=lambda _: None)
def reopen_road(actor: Actor, *, closure_id: uuid.UUID) -> RoadClosure:
    """End a closure now; one that has not begun never will."""
    row = RoadClosure.objects.filter(pk=closure_id).first()
    if row is None:
        raise NotFound("row.unknown", what=str(closure_id))
    now = clock.now()
    if row.ends_at is not None and row.ends_at <= now:
        raise Conflict("roads.reopened")
    changed = RoadClosure.objects.filter(pk=row.pk, version=row.version).update(
        ends_at=max(now, row.begins_at), version=F("version") + 1
    )
    if not changed:
        raise Conflict("roads.reopened")
    row.refresh_from_db()
    return row


@job(TILES_JOB)
def make_tiles(payload: dict[str, Any]) -> None:
    """Write the base map's tiles of a network, if it is still the active one. Done twice, it writes the same file."""
    row = Roads.objects.filter(sha256=payload["sha256"], active=True).first()
    if row is not None:
        shapes = {layer: shapes_file(roads_folder(), row.sha256, layer) for layer in LAYERS}
        write_tiles(network_of(row.sha256), roads_folder() / TILES_FILE, shapes)


def write_tiles(network: RoadNetwork, path: Path, shapes: Mapping[str, Path] | None = None) -> bool:
    """Build PMTiles of the roads and of the ``shapes`` (layer → file, those that are there) with tippecanoe; False for
    a network without coordinates.
    """
    if not network.has_points:
        return False
    lines, part = path.with_suffix(".geojsonl"), path.with_name(f"part-{path.name}")
    with lines.open("w", encoding="utf-8") as file:
        for feature in road_features(network):
            file.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) + "\n")
    # our own program with our own file names; nothing of it comes from a user
    command = [
        str(Path(sys.executable).with_name("tippecanoe")), "--quiet", "--force", "--read-parallel",
        "--minimum-zoom=5", "--maximum-zoom=14", "--no-feature-limit", "--no-tile-size-limit", "--exclude=edge",
        "--simplification=4", f"--output={part}", f"--named-layer=roads:{lines}",
        *(f"--named-layer={layer}:{file}" for layer, file in (shapes or {}).items() if file.is_file()),
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_TILES_TIMEOUT_S)  # noqa: S603  see above
        part.replace(path)
    finally:
        lines.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return True
