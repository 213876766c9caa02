"""Coverage as a layer: hexagons with the share of their roads that is reached in time."""

from __future__ import annotations

from collections.abc import Iterator

import h3
import shapely

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.operations.coverage.queries.now import coverage
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery

_WHOLE = 0.5


def _cells(actor: Actor, query: LayerQuery) -> Iterator[Feature]:
    """Cells ascending by their H3 index."""
    basis = query.where.get("basis", ("",))[0]
    for cell in sorted(coverage(actor, at=query.at, basis=basis).cells, key=lambda item: str(item["id"])):
        if cell["id"] <= query.after or (query.only and cell["id"] != query.only):
            continue
        shape = shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell["id"])])
        covered = cell["share"] >= _WHOLE
        if query.meets(shape) and query.takes("covered", "yes" if covered else "no"):
            yield Feature(cell["id"], shape, {"share": cell["share"], "seconds": cell["seconds"], "covered": covered})


LAYERS.add(
    "coverage",
    Layer(
        code="coverage",
        words=Words("到达时限覆盖", "coverage of the promise"),
        geometry="polygon",
        icon="clock-check",
        order=90,
        source=_cells,
        filters=(
            Filter(
                "covered",
                Words("是否覆盖", "covered"),
                (Choice("yes", Words("时限内可达", "in time")), Choice("no", Words("时限内不可达", "not in time"))),
            ),
            Filter(
                "basis",
                Words("依据", "basis"),
                (
                    Choice("units", Words("实时警力", "units now")),
                    Choice("rooms", Words("开放警务室", "rooms by hours")),
                ),
            ),
        ),
        dated=True,
        live=True,
        by="covered",
    ),
)
