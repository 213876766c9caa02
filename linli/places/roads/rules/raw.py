"""What a parser hands over: a road network in the source's order, before ordering and turn restrictions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linli.places.roads.rules.hours import Spans
from linli.places.roads.rules.network import F64, I32, I64, U8


@dataclass(slots=True, eq=False)
class Ban:
    """A sequence of arcs that may not be driven one after the other. ``kinds``: bit per vehicle kind; ``hours``: when,
    () always.
    """

    arcs: tuple[int, ...]
    kinds: int
    hours: Spans = ()


@dataclass(slots=True, eq=False)
class Shut:
    """An arc that may not be driven in these hours, by these kinds."""

    arc: int
    kinds: int
    hours: Spans


@dataclass(slots=True, eq=False)
class RawNetwork:
    """Columns as in :class:`network.RoadNetwork`; ``shape_*`` may be None when every edge is straight."""

    node_ref: I64
    node_lon: F64
    node_lat: F64
    edge_u: I32
    edge_v: I32
    edge_way: I64
    edge_name: I32
    edge_class: U8
    edge_m: F64
    arc_ms: I32
    names: list[str]
    shape_first: I64 | None = None
    shape_lon: F64 | None = None
    shape_lat: F64 | None = None
    bans: list[Ban] = field(default_factory=list)
    shut: list[Shut] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def has_points(self) -> bool:
        return len(self.node_lon) > 0 and not bool(np.isnan(self.node_lon).any())
