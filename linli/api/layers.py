"""The map: which layers there are, and their vector tiles."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from linli.api.asked import asked_of, declared_parameters
from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.shown import Shown, bilingual
from linli.kernel.errors import NotFound
from linli.places.map.queries import layer_named, layers_in_order, marks_of, rimmed, shapes_of
from linli.places.map.rules import Layer, Tile
from linli.places.map.rules.encode import CONTENT_TYPE, points_tile, shapes_tile

router = Router(tags=["map"])


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
    layer's filters). 204 where there is nothing.
    """
    declared = layer_named(layer)
    try:
        square = Tile(z, x, y)
    except ValueError as wrong:
        raise NotFound("row.unknown", what=f"{z}/{x}/{y}") from wrong
    made = _tile(request, declared, square) if z >= declared.min_zoom else b""
    answer = HttpResponse(made, status=200 if made else 204, content_type=CONTENT_TYPE)
    answer.headers["Cache-Control"] = "private, max-age=2"
    return answer


def _tile(request: ApiRequest, layer: Layer, square: Tile) -> bytes:
    query = asked_of(layer, request.GET, bbox=rimmed(square), limit=100_000)
    if layer.geometry != "point":
        shapes = shapes_of(request.auth, layer, query)
        return shapes_tile(layer.code, square, shapes) if shapes else b""
    marks: list[Any] = marks_of(request.auth, layer, query, square)
    return points_tile(layer.code, marks) if marks else b""
