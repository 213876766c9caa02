"""Is the network in one piece? Strongly connected parts for each kind of vehicle: from everywhere to everywhere and
back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from linli.kernel.late import late
from linli.places.roads.rules.network import F64, FAR, I32, I64, KINDS, U8

if TYPE_CHECKING:
    from scipy import sparse
    from scipy.sparse import csgraph
else:
    sparse = late("scipy.sparse")
    csgraph = late("scipy.sparse.csgraph")

# A piece smaller than this is a car park or a road cut off by the border of the extract: nothing is snapped to it.
_SMALL_NODES = 100
_SMALL_SHARE = 0.01
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Pieces:
    """``main_kinds``: bit per kind for each edge that lies in a piece large enough to snap to."""

    main_kinds: U8
    report: dict[str, Any]


def find_pieces(nodes: int, edge_u: I32, edge_v: I32, arc_ms: I32, node_ref: I64, at: tuple[F64, F64]) -> Pieces:
    """Parts of the network for each kind. ``arc_ms`` [3, 2m]; ``at`` longitudes and latitudes of the nodes."""
    main_kinds = np.zeros(len(edge_u), np.uint8)
    report: dict[str, Any] = {}
    for kind, name in enumerate(KINDS):
        part, used = _strong_parts(nodes, edge_u, edge_v, arc_ms[kind])
        if not used.any():
            report[name] = {"nodes": 0, "parts": 0, "largest_share": 0.0, "stranded": 0, "stranded_nodes": []}
            continue
        sizes = np.bincount(part[used], minlength=int(part.max()) + 1)
        least = min(_SMALL_NODES, _SMALL_SHARE * int(used.sum()))
        open_edge = (arc_ms[kind, 0::2] < FAR) | (arc_ms[kind, 1::2] < FAR)
        whole = part[edge_u] == part[edge_v]
        large = sizes[part[edge_u]] >= least
        # A network without a single ring has no strong part at all; then every open road may be snapped to.
        keep = open_edge & whole & large if sizes.max() > 1 else open_edge
        main_kinds[keep] |= 1 << kind
        report[name] = _describe(part, used, sizes, node_ref, at)
    return Pieces(main_kinds, report)


def _strong_parts(nodes: int, edge_u: I32, edge_v: I32, ms: I32) -> tuple[I32, npt.NDArray[np.bool_]]:
    forth, back = ms[0::2] < FAR, ms[1::2] < FAR
    tail = np.concatenate([edge_u[forth], edge_v[back]])
    head = np.concatenate([edge_v[forth], edge_u[back]])
    matrix = sparse.csr_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(nodes, nodes))
    _, part = csgraph.connected_components(matrix, directed=True, connection="strong")
    used = np.zeros(nodes, np.bool_)
    used[tail] = True
    used[head] = True
    return part, used


def _describe(
    part: I32, used: npt.NDArray[np.bool_], sizes: npt.NDArray[np.intp], node_ref: I64, at: tuple[F64, F64]
) -> dict[str, Any]:
    largest = int(sizes.argmax())
    stranded = np.flatnonzero(used & (part != largest))
    by_size = np.sort(sizes[sizes > 0])[::-1]
    return {
        "nodes": int(used.sum()),
        "parts": len(by_size),
        "largest_share": round(float(sizes[largest] / used.sum()), 6),
        "largest_parts": [int(size) for size in by_size[:10]],
        "stranded": len(stranded),
        "stranded_nodes": [
            {"node": int(node_ref[i]), "lon": _plain(at[0][i]), "lat": _plain(at[1][i])} for i in stranded[:_NAMED]
        ],
    }


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 7)
