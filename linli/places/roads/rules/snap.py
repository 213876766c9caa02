"""From a position to the nearest road that a vehicle may use, and how far away that is.

A grid of cells over all straight pieces of road, searched in rings outwards: exact, 1-5 µs a point, no objects per
segment (a tree of a million line objects takes 200 MB and a second to build at each start).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linli.places.roads.rules.compiled import compiled
from linli.places.roads.rules.network import F64, I32, I64, U8, RoadNetwork

M_PER_DEGREE = 6_371_008.8 * np.pi / 180.0
JUNCTION_M = 1.0  # nearer than this to a junction along the road is at the junction: one may leave it by any road


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the network: at ``node`` when that is ≥ 0, else on ``edge`` at ``fraction`` of its length from its u
    end.

    ``distance_m``: how far the given position was from here.
    """

    node: int
    edge: int
    fraction: float
    distance_m: float


@dataclass(frozen=True, slots=True, eq=False)
class SnapGrid:
    """Cells of ``step`` degrees from (``west``, ``south``), ``wide`` in a row; pieces of a cell in
    ``piece[cell_first…]``.
    """

    west: float
    south: float
    step_lon: float
    step_lat: float
    wide: int
    high: int
    cell_first: I64
    piece: I32
    point_edge: I32
    point_fraction: F64


def make_grid(network: RoadNetwork) -> SnapGrid:
    """Index the network's shapes. Needs coordinates."""
    lon, lat = network.shape_lon, network.shape_lat
    point_edge = np.repeat(np.arange(network.edges, dtype=np.int32), np.diff(network.shape_first))
    point_fraction = _fractions(network, point_edge)
    pieces = np.flatnonzero(point_edge[:-1] == point_edge[1:]).astype(np.int32)
    west, south, east, north = lon.min(), lat.min(), lon.max(), lat.max()
    scale = max(float(np.cos(np.radians((south + north) / 2))), 0.01)
    area = max((east - west) * scale, 1e-4) * max(north - south, 1e-4)
    step_lat = max(float(np.sqrt(area / max(len(pieces), 1))), 5e-4)
    step_lon = step_lat / scale
    wide, high = int((east - west) / step_lon) + 1, int((north - south) / step_lat) + 1
    cell_first, piece = _fill_cells(lon, lat, pieces, west, south, step_lon, step_lat, wide, high)
    return SnapGrid(west, south, step_lon, step_lat, wide, high, cell_first, piece, point_edge, point_fraction)


def _fractions(network: RoadNetwork, point_edge: I32) -> F64:
    lon, lat = network.shape_lon, network.shape_lat
    dx = np.diff(lon, append=lon[-1]) * np.cos(np.radians(lat))
    piece_m = np.hypot(dx, np.diff(lat, append=lat[-1])) * M_PER_DEGREE
    last = network.shape_first[1:] - 1
    piece_m[last] = 0.0
    run = np.concatenate([[0.0], np.cumsum(piece_m)[:-1]])
    along = run - run[network.shape_first[:-1]][point_edge]
    whole = along[last][point_edge]
    out: F64 = np.divide(along, whole, out=np.zeros_like(along), where=whole > 0)
    out[last] = 1.0
    return out


@compiled
def _fill_cells(
    lon: F64, lat: F64, pieces: I32, west: float, south: float, step_lon: float, step_lat: float, wide: int, high: int
) -> tuple[I64, I32]:
    cell_first = np.zeros(wide * high + 1, np.int64)
    piece = np.zeros(0, np.int32)
    for turn in range(2):  # first count, then fill
        fill = cell_first[:-1].copy()
        for p in pieces:
            x0 = int((min(lon[p], lon[p + 1]) - west) / step_lon)
            x1 = int((max(lon[p], lon[p + 1]) - west) / step_lon)
            y0 = int((min(lat[p], lat[p + 1]) - south) / step_lat)
            y1 = int((max(lat[p], lat[p + 1]) - south) / step_lat)
            for y in range(y0, y1 + 1):
                for x in range(x0, x1 + 1):
                    cell = y * wide + x
                    if turn == 0:
                        cell_first[cell + 1] += 1
                    else:
                        piece[fill[cell]] = p
                        fill[cell] += 1
        if turn == 0:
            for cell in range(wide * high):
                cell_first[cell + 1] += cell_first[cell]
            piece = np.zeros(cell_first[-1], np.int32)
    return cell_first, piece


@compiled
def _nearest(
    x: float, y: float, bit: int, lon: F64, lat: F64, point_edge: I32, edge_bits: U8, west: float, south: float,
    step_lon: float, step_lat: float, wide: int, high: int, cell_first: I64, piece: I32,
) -> tuple[int, float, float]:  # fmt: skip
    """(piece, position on it 0…1, squared distance in m²) of the nearest usable piece; piece −1 when there is none."""
    scale_x = M_PER_DEGREE * np.cos(np.radians(y))
    scale_y = M_PER_DEGREE
    column = min(max(int(np.floor((x - west) / step_lon)), 0), wide - 1)
    row = min(max(int(np.floor((y - south) / step_lat)), 0), high - 1)
    cell_m = min(step_lon * scale_x, step_lat * scale_y)
    best, best_t, best_d2 = -1, 0.0, np.inf
    for ring in range(max(wide, high) + 1):
        if best >= 0 and best_d2 <= ((ring - 1) * cell_m) ** 2 and ring > 0:
            break
        for cy in range(max(row - ring, 0), min(row + ring, high - 1) + 1):
            edge_row = cy == row - ring or cy == row + ring
            stride = 1 if edge_row else max(2 * ring, 1)
            for cx in range(column - ring, column + ring + 1, stride):
                if cx < 0 or cx >= wide:
                    continue
                cell = cy * wide + cx
                for i in range(cell_first[cell], cell_first[cell + 1]):
                    p = piece[i]
                    if edge_bits[point_edge[p]] & bit == 0:
                        continue
                    ax, ay = (lon[p] - x) * scale_x, (lat[p] - y) * scale_y
                    bx, by = (lon[p + 1] - x) * scale_x - ax, (lat[p + 1] - y) * scale_y - ay
                    length2 = bx * bx + by * by
                    t = 0.0
                    if length2 > 0:
                        t = min(max(-(ax * bx + ay * by) / length2, 0.0), 1.0)
                    d2 = (ax + t * bx) ** 2 + (ay + t * by) ** 2
                    if d2 < best_d2 or (d2 == best_d2 and p < best):
                        best, best_t, best_d2 = p, t, d2
    return best, best_t, best_d2


@compiled
def nearest_many(
    xs: F64, ys: F64, bits: U8, lon: F64, lat: F64, point_edge: I32, point_fraction: F64, edge_bits: U8,
    edge_u: I32, edge_v: I32, edge_m: npt.NDArray[np.float32], west: float, south: float, step_lon: float,
    step_lat: float, wide: int, high: int, cell_first: I64, piece: I32,
    out_node: I32, out_edge: I32, out_fraction: F64, out_m: F64,
) -> None:  # fmt: skip
    """Snap many points; NaN stays nowhere (node and edge −1). ``bits``: one bit, of the kind of vehicle."""
    for i in range(len(xs)):
        out_node[i], out_edge[i], out_fraction[i], out_m[i] = -1, -1, 0.0, np.inf
        if not (np.isfinite(xs[i]) and np.isfinite(ys[i])):
            continue
        p, t, d2 = _nearest(
            xs[i], ys[i], bits[i], lon, lat, point_edge, edge_bits, west, south, step_lon, step_lat, wide, high,
            cell_first, piece,
        )  # fmt: skip
        if p < 0:
            continue
        edge = point_edge[p]
        fraction = point_fraction[p] + t * (point_fraction[p + 1] - point_fraction[p])
        out_m[i] = np.sqrt(d2)
        if fraction * edge_m[edge] <= JUNCTION_M:
            out_node[i] = edge_u[edge]
        elif (1.0 - fraction) * edge_m[edge] <= JUNCTION_M:
            out_node[i] = edge_v[edge]
        else:
            out_edge[i], out_fraction[i] = edge, fraction
