"""``/ogc/``: OGC API Features. Errors have the statuses of the standard: 400 for a parameter that is wrong or unknown,
404 for a collection or feature that is not there for this actor.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError

from linli.api import problems
from linli.api.asked import asked_of, declared_parameters
from linli.api.auth import ApiRequest, Bearer, Session
from linli.api.idempotency import answered
from linli.api.ogc import documents
from linli.api.ogc.definition import MEDIA_TYPE, definition
from linli.api.shown import Shown
from linli.kernel import clock
from linli.kernel.errors import NotFound, Refusal, declare
from linli.places.grid.queries import county_box
from linli.places.map.queries import features_of, layer_named, layers_in_order
from linli.places.map.rules import LAYERS, Layer, LayerQuery

declare("ogc.unknown_parameter", zh="没有参数“{field}”。", en="There is no parameter {field}.")

DEFAULT_ITEMS, MOST_ITEMS = 10, 10_000
_PLAIN = ("bbox", "datetime", "limit", "cursor", "at", "begun_since", "begun_until", "max_age_s")
_TEXT = {"type": "string"}
_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "bbox",
        "in": "query",
        "style": "form",
        "explode": False,
        "schema": {
            "type": "array",
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            "items": {"type": "number"},
        },
    },
    {
        "name": "limit",
        "in": "query",
        "style": "form",
        "explode": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": DEFAULT_ITEMS},
    },
    {"name": "cursor", "in": "query", "description": "the id that the page before ended with", "schema": _TEXT},
    *declared_parameters(),
]

_FILTERS = {item.name for layer in LAYERS.values() for item in layer.filters}
_FOR_ALL = [item for item in _PARAMETERS if item["name"] not in _FILTERS]

router = Router(tags=["features"])


@router.get("", summary="Landing page")
def landing(request: ApiRequest) -> HttpResponse:
    """Links to the definition, the conformance declaration and the collections."""
    _nothing_asked(request)
    return answered(documents.landing(_root(request)))


@router.get("/api", summary="Definition")
def described(request: ApiRequest) -> HttpResponse:
    """All this as OpenAPI 3.0, with the filters of each collection."""
    _nothing_asked(request)
    answer = answered(definition(_root(request), layers_in_order(), _FOR_ALL))
    answer.headers["Content-Type"] = MEDIA_TYPE
    return answer


@router.get("/conformance", summary="Conformance")
def conformance(request: ApiRequest) -> HttpResponse:
    """The requirement classes that this server conforms to."""
    _nothing_asked(request)
    return answered({"conformsTo": list(documents.CONFORMS)})


@router.get("/collections", summary="Collections")
def collections(request: ApiRequest) -> HttpResponse:
    """Every layer of the map as a collection."""
    _nothing_asked(request)
    return answered(documents.collections(_root(request), layers_in_order(), county_box()))


@router.get("/collections/{collection}", summary="One collection")
def collection(request: ApiRequest, collection: str) -> HttpResponse:
    """A layer of the map."""
    _nothing_asked(request)
    return answered(documents.collection(_root(request), layer_named(collection), county_box()))


@router.get("/collections/{collection}/items", summary="Features", openapi_extra={"parameters": _PARAMETERS})
def items(request: ApiRequest, collection: str) -> HttpResponse:
    """A page of what the actor may see, ascending by id. ``datetime`` as a moment: as things stood then; as an
    interval: what existed within. Each collection's own filters are listed by ``/api/v1/map/layers``.
    """
    layer = layer_named(collection)
    asked = {name: request.GET[name] for name in request.GET}
    _known(layer, asked)
    limit = _limit(asked.get("limit", ""))
    query = asked_of(layer, asked, limit=limit + 1, after=asked.get("cursor", ""))
    page = list(features_of(request.auth, layer, query))
    following = page[limit - 1].id if len(page) > limit else ""
    shown = documents.items(_root(request), layer, page[:limit], asked=asked, following=following, at=clock.now())
    return _geojson(shown)


@router.get("/collections/{collection}/items/{feature}", summary="One feature")
def item(request: ApiRequest, collection: str, feature: str) -> HttpResponse:
    """One feature as it stands now."""
    _nothing_asked(request)
    layer = layer_named(collection)
    found = next(features_of(request.auth, layer, LayerQuery(only=feature, limit=1)), None)
    if found is None:
        raise NotFound("row.unknown", what=feature[:80])
    return _geojson(documents.item(_root(request), layer, found))


def _root(request: HttpRequest) -> str:
    return request.build_absolute_uri("/ogc")


def _known(layer: Layer, asked: dict[str, str]) -> None:
    """The standard refuses a parameter that the definition does not name."""
    known = {*_PLAIN, *(item.name for item in layer.filters)}
    for name in asked:
        if name not in known:
            raise Refusal("ogc.unknown_parameter", field=name[:40])


def _nothing_asked(request: HttpRequest) -> None:
    for name in request.GET:
        raise Refusal("ogc.unknown_parameter", field=name[:40])


def _limit(text: str) -> int:
    """More than the most is taken as the most (requirement ``fc-limit-response-1``)."""
    if not text:
        return DEFAULT_ITEMS
    if not text.isdecimal() or int(text) < 1:
        raise Refusal("fact.wrong", field="limit", why=text[:20])
    return min(int(text), MOST_ITEMS)


def _geojson(shown: Shown) -> HttpResponse:
    answer = answered(shown)
    answer.headers["Content-Type"] = documents.GEOJSON
    answer.headers["Content-Crs"] = f"<{documents.CRS84}>"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problems.problem(refusal, status=400 if refusal.status == 422 else refusal.status)


api = NinjaAPI(
    title="Linli: OGC API Features",
    version="1",
    description="The layers of the map as features, with the rights of the API. Coordinates are WGS-84 (CRS84).",
    auth=[Bearer(), Session()],
    docs_url=None,
    urls_namespace="ogc",
)
api.add_router("", router)
_HANDLERS: dict[type[Exception], Any] = {
    Refusal: _refused,
    AuthenticationError: problems.on_stranger,
    ValidationError: problems.on_wrong_facts,
    HttpError: problems.on_http_error,
    OperationalError: problems.on_busy,
    Exception: problems.on_fault,
}
for kind, handler in _HANDLERS.items():
    api.add_exception_handler(kind, handler)
