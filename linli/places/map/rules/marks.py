"""Near points drawn as one: by the cells of a fixed grid, so that neighbouring tiles agree and nothing flickers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linli.places.map.rules.layers import Feature
from linli.places.map.rules.tiles import BITS, F64, Mark, Tile, cluster_level, in_tile


def clustered(tile: Tile, x: F64, y: F64, points: Sequence[Feature]) -> list[Mark]:
    """One mark a cell: a point that is alone keeps its properties, more are drawn in their middle with ``n``."""
    side = 2.0 ** (BITS - cluster_level(tile.z))
    cells = np.floor(x / side).astype(np.int64) << 32 | np.floor(y / side).astype(np.int64)
    _, which, count = np.unique(cells, return_inverse=True, return_counts=True)
    middle_x, middle_y = np.bincount(which, x) / count, np.bincount(which, y) / count
    wide, high = in_tile(tile, middle_x, middle_y)
    first = np.full(len(count), -1, np.int64)
    first[which[::-1]] = np.arange(len(points))[::-1]
    marks = []
    for cell, number in enumerate(count.tolist()):
        own = points[int(first[cell])]
        said = {"id": own.id, "n": 1, **own.properties} if number == 1 else {"n": number}
        marks.append(Mark(int(wide[cell]), int(high[cell]), said))
    return marks
