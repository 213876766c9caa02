"""What is to be covered: roads by their length and doors by their number, each in its grid and its cell of the map.

It changes only when roads, grids or addresses are imported or redrawn, so it is made once and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import h3
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from linli.places.roads.rules.network import F64, I32, RoadNetwork

CELL_LEVEL = 8
"""H3 cells of about 0.7 km²: small enough for a street, few enough for a county."""
_CAR = 1


@dataclass(frozen=True, slots=True)
class GridOf:
    """A grid to be covered within ``target_s``, and the agencies that answer for it (room, station)."""

    id: UUID
    code: str
    name: str
    target_s: float
    agencies: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """m edges of a network and a doors. Roads that no car may use, and those outside all grids (where grids are drawn),
    count nothing. ``*_grid``: index into ``grids``, −1 outside; ``edge_cell``: index into ``cells``.
    """

    network: RoadNetwork
    grids: tuple[GridOf, ...]
    cells: tuple[str, ...]
    edge_m: F64  # [m]
    edge_grid: I32
    edge_cell: I32
    edge_target_ms: F64
    door_edge: I32  # [a] −1: no road near
    door_fraction: F64
    door_grid: I32
    door_target_ms: F64

    @property
    def road_m(self) -> float:
        return float(self.edge_m.sum())

    @property
    def doors(self) -> int:
        return int((self.door_edge >= 0).sum())


def ground_of(
    network: RoadNetwork,
    grids: Sequence[tuple[GridOf, BaseGeometry]],
    target_s: float,
    doors: tuple[F64, F64],
    snapped: tuple[I32, I32, F64],
) -> Ground:
    """Lay roads and doors (lon, lat) into grids. ``snapped``: node, edge and fraction where each door's road is
    entered; ``target_s`` holds outside all grids.
    """
    lon, lat = _middles(network)
    shapes = [shape for _, shape in grids]
    edge_grid = _inside(shapes, lon, lat)
    door_grid = _inside(shapes, *doors)
    counts = ((network.main_kinds & _CAR) > 0) & ((edge_grid >= 0) | (not grids))
    targets = np.array([*(grid.target_s for grid, _ in grids), target_s]) * 1000.0
    node, edge, fraction = snapped
    door_edge, door_fraction = _on_edges(network, node, edge, fraction)
    names = [h3.latlng_to_cell(y, x, CELL_LEVEL) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    cells, edge_cell = np.unique(np.array(names), return_inverse=True)
    outside = (door_grid < 0) & bool(grids)
    return Ground(
        network,
        tuple(grid for grid, _ in grids),
        tuple(cells.tolist()),
        np.where(counts, network.edge_m, 0.0).astype(np.float64),
        edge_grid,
        edge_cell.astype(np.int32),
        targets[edge_grid],
        np.where(outside, -1, door_edge).astype(np.int32),
        door_fraction,
        door_grid,
        targets[door_grid],
    )


def _middles(network: RoadNetwork) -> tuple[F64, F64]:
    """The middle point of each edge's shape."""
    first = network.shape_first
    middle = (first[:-1] + first[1:]) // 2
    return np.asarray(network.shape_lon[middle]), np.asarray(network.shape_lat[middle])


def _inside(shapes: Sequence[BaseGeometry], lon: F64, lat: F64) -> I32:
    """The grid around each point, the first on a shared border; −1 outside."""
    found = np.full(len(lon), -1, np.int32)
    if shapes and len(lon):
        points, polygons = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="intersects")
        order = np.argsort(-polygons, kind="stable")
        found[points[order]] = polygons[order]
    return found


def _on_edges(network: RoadNetwork, node: I32, edge: I32, fraction: F64) -> tuple[I32, F64]:
    """Spots at a junction as spots at the end of one of its edges."""
    last = np.full(network.nodes, -1, np.int32)
    at_v = np.full(network.nodes, -1, np.int32)
    every = np.arange(network.edges, dtype=np.int32)
    last[network.edge_u] = every
    at_v[network.edge_v] = every
    at = np.maximum(node, 0)
    begins = last[at] >= 0
    joined = np.where(begins, last[at], at_v[at])
    own_edge = np.where(node >= 0, joined, edge).astype(np.int32)
    own_fraction = np.where(node >= 0, np.where(begins, 0.0, 1.0), fraction)
    return own_edge, own_fraction
