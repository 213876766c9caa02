"""From many starts at once: how soon each junction is reached, and what share of roads and doors that is in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linli.operations.coverage.rules.ground import Ground
from linli.places.roads.rules.network import F64, FAR, I32, KINDS
from linli.places.roads.rules.open_roads import OpenRoads
from linli.places.roads.rules.search import travel_all

Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Start:
    """Somebody who can set out: by which vehicle, and the (vertex, milliseconds from now) at which the roads begin."""

    kind: int
    seeds: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """``road`` [m]: the share of each edge reached in time; ``door`` [a]: whether each door is; ``soonest_ms`` [m]."""

    road: F64
    door: Bits
    soonest_ms: I32


def reached(roads: OpenRoads, starts: Sequence[Start], within_ms: int) -> I32:
    """Milliseconds until each junction is reached [kinds, n] by the soonest of the starts; FAR beyond ``within_ms``."""
    found = np.full((len(KINDS), roads.network.nodes), FAR, np.int32)
    for kind in range(len(KINDS)):
        found[kind] = reached_by(roads, [start for start in starts if start.kind == kind], kind, within_ms)
    return found


def reached_by(roads: OpenRoads, starts: Sequence[Start], kind: int, within_ms: int) -> I32:
    """The same for the starts of one kind of vehicle [n]."""
    network = roads.network
    seeds = [seed for start in starts for seed in start.seeds if seed[1] <= within_ms]
    out = np.full(network.vertices, FAR, np.int32)
    if seeds:
        graph, labels = roads.forth(), roads.labels()
        travel_all(
            graph.first[kind], graph.pack, labels.label, labels.heap, labels.next_search(),
            np.array(seeds, np.int64), within_ms, out,
        )  # fmt: skip
    nodes = out[: network.nodes].copy()
    # Behind the nodes stand their copies, which remember by which road one came.
    np.minimum.at(nodes, network.vertex_node[network.nodes :], out[network.nodes :])
    return nodes


def shares_of(ground: Ground, roads: OpenRoads, node_ms: I32) -> Shares:
    """What is reached in time, by the best kind of vehicle for each edge and door."""
    network = ground.network
    road = np.zeros(network.edges)
    door = np.zeros(len(ground.door_edge), np.bool_)
    soonest = np.full(network.edges, FAR, np.int32)
    for kind in range(len(KINDS)):
        if not (node_ms[kind] < FAR).any():
            continue
        road = np.maximum(road, _edge_shares(ground, roads, node_ms[kind], kind))
        door |= _doors_in_time(ground, roads, node_ms[kind], kind)
        at_ends = np.minimum(node_ms[kind][network.edge_u], node_ms[kind][network.edge_v])
        soonest = np.minimum(soonest, at_ends).astype(np.int32)
    return Shares(road, door, soonest)


def _edge_shares(ground: Ground, roads: OpenRoads, node_ms: I32, kind: int) -> F64:
    """From both ends as far as the time lasts."""
    network, arc_ms = ground.network, roads.arc_ms[kind]
    share = np.zeros(network.edges)
    for end, way in ((network.edge_u, 0), (network.edge_v, 1)):
        whole = arc_ms[way::2]
        left = ground.edge_target_ms - node_ms[end]
        usable = (whole < FAR) & (left > 0)
        share += np.where(usable, np.clip(left / np.maximum(whole, 1), 0.0, 1.0), 0.0)
    full: F64 = np.minimum(share, 1.0)
    return full


def _doors_in_time(ground: Ground, roads: OpenRoads, node_ms: I32, kind: int) -> Bits:
    network, arc_ms = ground.network, roads.arc_ms[kind]
    edge = np.maximum(ground.door_edge, 0)
    found = np.zeros(len(edge), np.bool_)
    for end, way, gone in (
        (network.edge_u, 0, ground.door_fraction),
        (network.edge_v, 1, 1.0 - ground.door_fraction),
    ):
        whole = arc_ms[way::2][edge]
        ms = node_ms[end[edge]] + gone * whole
        found |= (whole < FAR) & (node_ms[end[edge]] < FAR) & (ms <= ground.door_target_ms)
    inside: Bits = found & (ground.door_edge >= 0)
    return inside
