"""What a network's rules by the hour leave open while they hold."""

from __future__ import annotations

import numpy as np

from linli.places.roads.rules.network import FAR, I32, KINDS, U8, RoadNetwork, frozen


def shut_by_hour(network: RoadNetwork, hours: tuple[int, ...]) -> list[tuple[int, int]]:
    """The arcs that are shut while these rules hold, each with a bit per kind of vehicle."""
    return [(arc, kinds) for arc, kinds, rule in network.road_hours.tolist() if rule in hours]


def barred(network: RoadNetwork, hours: tuple[int, ...]) -> U8:
    """[a] bit per kind that each turn is forbidden to while these rules hold."""
    rows = network.turn_hours[np.isin(network.turn_hours[:, 2], hours)]
    if not len(rows):
        return network.out_bar
    bar = network.out_bar.copy()
    np.bitwise_or.at(bar, rows[:, 0], rows[:, 1].astype(np.uint8))
    return np.asarray(frozen(bar))


def usable_edges(network: RoadNetwork, arc_ms: I32) -> U8:
    """[m] bit per kind that may use the edge in at least one direction."""
    bits = np.zeros(network.edges, np.uint8)
    for kind in range(len(KINDS)):
        bits |= ((arc_ms[kind, 0::2] < FAR) | (arc_ms[kind, 1::2] < FAR)).astype(np.uint8) << np.uint8(kind)
    return np.asarray(frozen(bits & network.main_kinds))
