"""What and who is in an area that somebody drew."""

from __future__ import annotations

from typing import Any

import shapely
from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.ogc.documents import feature_shown
from linli.api.shown import Shown, bilingual
from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.geo import area_m2, from_geojson
from linli.kernel.scope import Actor
from linli.places.map.queries import area_features, area_totals, layer_named, layers_in_order
from linli.places.map.rules import Layer, LayerQuery
from linli.trail.reads.acts import note_read

router = Router(tags=["map"])

_ITEMS = 50
_NOT_DRAWN = ("coverage",)


class Area(Schema):
    """A polygon in WGS-84. ``kinds`` narrows matters, ``layers`` what is looked at (all of them when left out)."""

    geometry: dict[str, Any]
    at: AwareDatetime | None = None
    kinds: list[str] = Field([], max_length=50)
    layers: list[str] = Field([], max_length=50)
    purpose: str = Field("", max_length=200)


@router.post("/map/area", summary="What is in an area")
def area(request: ApiRequest, sent: Area) -> HttpResponse:
    """Totals of each layer in a drawn area and its first items, as far as the actor may see. What tells where people
    are needs a purpose; the look is noted. It is a question, so no answer is kept: asked again, it is answered anew.
    """
    return answered(area_shown(request.auth, sent))


def area_shown(actor: Actor, sent: Area) -> Shown:
    """The answer; raises Invalid for a wrong shape, an unknown kind, or a missing purpose."""
    shape = drawn(sent.geometry)
    layers = layers_asked(sent)
    at = None if sent.at is None or abs((clock.now() - sent.at).total_seconds()) < 1.0 else sent.at
    query = LayerQuery(area=shape, at=at)
    people = [layer.code for layer in layers if layer.people]
    if people:
        note_read(
            actor,
            subject_type="map.area",
            subject_id=shapely.geometry.box(*shape.bounds).wkt[:60],
            purpose=sent.purpose,
        )
    return {
        "area_m2": round(area_m2(shape)),
        "at": at or clock.now(),
        "layers": [_layer_shown(actor, layer, query, tuple(sent.kinds)) for layer in layers],
        "noted": bool(people),
    }


def drawn(geometry: dict[str, Any]) -> Any:
    """The shape that was sent."""
    try:
        return from_geojson(geometry)
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="geometry", why=str(wrong)[:120]) from wrong


def layers_asked(sent: Area) -> list[Layer]:
    """The layers to look at."""
    if sent.layers:
        return [layer_named(code) for code in dict.fromkeys(sent.layers)]
    return [layer for layer in layers_in_order() if layer.code not in _NOT_DRAWN and not layer.people]


def asked_within(layer: Layer, query: LayerQuery, kinds: tuple[str, ...]) -> LayerQuery:
    """Kinds narrow the matters; other layers have kinds of their own."""
    return query.narrowed(kind=kinds) if kinds and layer.code == "matters" else query


def _layer_shown(actor: Actor, layer: Layer, query: LayerQuery, kinds: tuple[str, ...]) -> Shown:
    own = asked_within(layer, query, kinds)
    totals, complete = area_totals(actor, layer, own)
    items = [feature_shown(feature) for feature in area_features(actor, layer, own, _ITEMS)]
    return {
        "code": layer.code,
        **bilingual(layer.words),
        "total": totals.count,
        "complete": complete,
        "by": dict(totals.by),
        "items": items,
    }
