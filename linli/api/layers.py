"""The map: which layers there are, and their vector tiles."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from ninja import Router

from linli.api.asked import asked_of, declared_parameters
from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.shown import Shown, bilingual
from linli.kernel.errors import NotFound
from linli.places.map.queries import is_cut, layer_named, layers_in_order, marks_of, rimmed, shapes_of
from linli.places.map.rules import Layer, Mark, Tile
from linli.places.map.rules.encode import CONTENT_TYPE, points_tile, shapes_tile

router = Router(tags=["map"])
_MOST_SHAPES = 100_000


@router.get("/map/layers", summary="The layers of the map")
def layers(request: ApiRequest) -> HttpResponse:
    """Every declared layer with its words, filters and addresses, in the order in which the map lists them."""
    return answered({"items": [layer_shown(layer) for layer in layers_in_order()]})


def layer_shown(layer: Layer) -> Shown:
    """A layer as clients read it."""
    filters = [
        {
            "name": item.name,
            **bilingual(item.words),
            "choices": [{"code": choice.code, **bilingual(choice.words)} for choice in item.choices],
        }
        for item in layer.filters
    ]
    return {
        "code": layer.code,
        **bilingual(layer.words),
        "geometry": layer.geometry,
        "clustered": layer.clustered,
        "dated": layer.dated,
        "live": layer.live,
        "people": layer.people,
        "min_zoom": layer.min_zoom,
        "icon": layer.icon,
        "order": layer.order,
        "whole": layer.whole is None or layer.whole(),
        "filters": filters,
        "tiles": f"/api/v1/map/tiles/{layer.code}/{{z}}/{{x}}/{{y}}.mvt",
        "items": f"/ogc/collections/{layer.code}/items",
    }


@router.get(
    "/map/tiles/{layer}/{z}/{x}/{y}.mvt",
    summary="A vector tile of a layer",
    openapi_extra={"parameters": declared_parameters()},
)
def tile(request: ApiRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """What the actor may see of a layer in a tile, narrowed as ``items`` are (``datetime``, ``max_age_s`` and the
    layer's filters). 204 where there is nothing. ``Linli-Partial: loading`` while only what is open was read (the
    server has just started), ``Linli-Partial: cut`` when a tile holds more than can be drawn.
    """
    declared = layer_named(layer)
    try:
        square = Tile(z, x, y)
    except ValueError as wrong:
        raise NotFound("row.unknown", what=f"{z}/{x}/{y}") from wrong
    made, lacks = _tile(request, declared, square) if z >= declared.min_zoom else (b"", "")
    answer = HttpResponse(made, status=200 if made else 204, content_type=CONTENT_TYPE)
    answer.headers["Cache-Control"] = "no-store" if lacks else "private, max-age=2"
    if lacks:
        answer.headers["Linli-Partial"] = lacks
    return answer


def _tile(request: ApiRequest, layer: Layer, square: Tile) -> tuple[bytes, str]:
    """The tile, and why it is not all there is: also said on its marks, because maps read no headers."""
    query = asked_of(layer, request.GET, bbox=rimmed(square), limit=_MOST_SHAPES)
    whole = layer.whole is None or layer.whole()
    if layer.geometry != "point":
        shapes = shapes_of(request.auth, layer, query)
        return shapes_tile(layer.code, square, shapes) if shapes else b"", "cut" if len(shapes) == _MOST_SHAPES else ""
    marks: list[Mark] = marks_of(request.auth, layer, query, square)
    lacks = "loading" if not whole else "cut" if is_cut(layer, marks) else ""
    if lacks:
        marks = [replace(mark, properties={**mark.properties, "lacks": lacks}) for mark in marks]
    return points_tile(layer.code, marks) if marks else b"", lacks
