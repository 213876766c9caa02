"""The definition of the collections as OpenAPI 3.0, which is what requirements class OAS30 of the standard names.

The house's own descriptions are OpenAPI 3.1; programs that follow the standard read this one. Each collection's page of
features has a path of its own, because each has filters of its own and what is not named here is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from linli.api.shown import Shown
from linli.places.map.rules import Layer

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_GEOJSON, _JSON, _PROBLEM = "application/geo+json", "application/json", "application/problem+json"
_COLLECTION, _FEATURE = "collectionId", "featureId"
_WRONG = {
    "400": "a parameter that is wrong or not named here",
    "401": "no session and no token",
    "500": "a fault of the server",
}


def definition(root: str, layers: Iterable[Layer], plain: list[Shown]) -> Shown:
    """The document. ``root``: address of the landing page; ``plain``: the parameters that every collection takes."""
    known = list(layers)
    named = _path_parameter(_COLLECTION, [layer.code for layer in known])
    here = f"/collections/{{{_COLLECTION}}}"
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "邻里 Linli: OGC API Features",
            "version": "1",
            "description": "The layers of the map as features, with the rights of the API. Coordinates are CRS84.",
        },
        "servers": [{"url": root}],
        "security": [{"bearer": []}, {"session": []}],
        "paths": {
            "/": _get("landing", "Landing page", "object"),
            "/api": _get("definition", "This definition", "object", kind=MEDIA_TYPE),
            "/conformance": _get("conformance", "Conformance", "conformance"),
            "/collections": _get("collections", "Collections", "collections"),
            here: _get("collection", "One collection", "collection", [named], missing=True),
            **{f"/collections/{layer.code}/items": _items(layer, plain) for layer in known},
            f"{here}/items/{{{_FEATURE}}}": _get(
                "feature", "One feature", "feature", [named, _path_parameter(_FEATURE)], kind=_GEOJSON, missing=True
            ),
        },
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def _items(layer: Layer, plain: list[Shown]) -> Shown:
    own = [
        {
            "name": item.name,
            "in": "query",
            "style": "form",
            "explode": False,
            "description": f"{item.words.zh} · {item.words.en}",
            "schema": {
                "type": "array",
                "items": {"type": "string", **({"enum": [one.code for one in item.choices]} if item.choices else {})},
            },
        }
        for item in layer.filters
    ]
    title = f"{layer.words.zh} · {layer.words.en}"
    return _get(f"items_{layer.code}", title, "features", [*plain, *own], kind=_GEOJSON)


def _get(
    name: str, title: str, schema: str, asked: list[Shown] | None = None, *, kind: str = _JSON, missing: bool = False
) -> Shown:
    wrong = {**_WRONG, **({"404": "not there, or not for this reader"} if missing else {})}
    said: Shown = {"type": "object"} if schema == "object" else _ref(schema)
    return {
        "get": {
            "operationId": name,
            "summary": title,
            "tags": ["features"],
            "parameters": asked or [],
            "responses": {
                "200": {"description": title, "content": {kind: {"schema": said}}},
                **{
                    status: {"description": why, "content": {_PROBLEM: {"schema": _ref("exception")}}}
                    for status, why in wrong.items()
                },
            },
        }
    }


def _path_parameter(name: str, known: list[str] | None = None) -> Shown:
    schema: Shown = {"type": "string", **({"enum": known} if known else {})}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _object(required: str, **properties: Any) -> Shown:
    return {"type": "object", "required": required.split(), "properties": properties}


_TEXT: Shown = {"type": "string"}
_COUNT: Shown = {"type": "integer", "minimum": 0}
_SCHEMAS: Shown = {
    "link": _object("href rel", href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
    "conformance": _object("conformsTo", conformsTo={"type": "array", "items": _TEXT}),
    "collection": _object(
        "id links",
        id=_TEXT,
        title=_TEXT,
        itemType=_TEXT,
        crs={"type": "array", "items": _TEXT},
        extent={"type": "object"},
        links=_list_of("link"),
    ),
    "collections": _object("links collections", links=_list_of("link"), collections=_list_of("collection")),
    "feature": _object(
        "type geometry properties",
        type={"type": "string", "enum": ["Feature"]},
        id=_TEXT,
        geometry={"type": "object"},
        properties={"type": "object"},
        links=_list_of("link"),
    ),
    "features": _object(
        "type features",
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_list_of("feature"),
        links=_list_of("link"),
        timeStamp={"type": "string", "format": "date-time"},
        numberMatched=_COUNT,
        numberReturned=_COUNT,
    ),
    "exception": _object("title status code", title=_TEXT, title_en=_TEXT, status={"type": "integer"}, code=_TEXT),
}
