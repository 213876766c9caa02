"""The documents of OGC API Features Part 1: landing page, conformance, collections, features."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import shapely

from linli.api.ogc.definition import MEDIA_TYPE
from linli.api.shown import Shown
from linli.kernel.geo import Box
from linli.places.map.rules import Feature, Layer

CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
GEOJSON, JSON = "application/geo+json", "application/json"


def link(rel: str, href: str, kind: str, title: str = "") -> Shown:
    """A link as the standard has it."""
    return {"rel": rel, "href": href, "type": kind, **({"title": title} if title else {})}


def landing(root: str) -> Shown:
    """Where everything begins."""
    return {
        "title": "邻里 Linli",
        "description": "地图图层，权限与接口相同 · the layers of the map, with the rights of the API",
        "links": [
            link("self", f"{root}/", JSON, "this document"),
            link("service-desc", f"{root}/api", MEDIA_TYPE, "the definition of this API"),
            link("conformance", f"{root}/conformance", JSON, "what this server conforms to"),
            link("data", f"{root}/collections", JSON, "the collections"),
        ],
    }


def collection(root: str, layer: Layer, extent: Box | None) -> Shown:
    """One collection. Its extent in space is that of the county, as far as grids are drawn; in time it is open."""
    here = f"{root}/collections/{quote(layer.code)}"
    space: Shown = {"spatial": {"bbox": [list(extent)], "crs": CRS84}} if extent else {}
    return {
        "id": layer.code,
        "title": f"{layer.words.zh} · {layer.words.en}",
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {**space, "temporal": {"interval": [[None, None]], "trs": GREGORIAN}},
        "links": [
            link("self", here, JSON),
            link("items", f"{here}/items", GEOJSON, layer.words.zh),
        ],
    }


def collections(root: str, layers: Iterable[Layer], extent: Box | None) -> Shown:
    """All collections."""
    return {
        "links": [link("self", f"{root}/collections", JSON)],
        "collections": [collection(root, layer, extent) for layer in layers],
    }


def items(
    root: str, layer: Layer, features: list[Feature], *, asked: dict[str, str], following: str, at: datetime
) -> Shown:
    """A page of features, with the link to the next one when there is one. How many match is said when this page is
    all of them; counting a million rows for every page is what the standard lets a server leave out.
    """
    here = f"{root}/collections/{quote(layer.code)}/items"
    own = f"{here}?{urlencode(asked)}" if asked else here
    links = [link("self", own, GEOJSON), link("collection", here.removesuffix("/items"), JSON)]
    if following:
        links.append(link("next", f"{here}?{urlencode({**asked, 'cursor': following})}", GEOJSON))
    return {
        "type": "FeatureCollection",
        "timeStamp": at,
        **({} if following or asked.get("cursor") else {"numberMatched": len(features)}),
        "numberReturned": len(features),
        "links": links,
        "features": [feature_shown(item) for item in features],
    }


def item(root: str, layer: Layer, feature: Feature) -> Shown:
    """One feature with its links."""
    above = f"{root}/collections/{quote(layer.code)}"
    links = [
        link("self", f"{above}/items/{quote(feature.id, safe='')}", GEOJSON),
        link("collection", above, JSON),
    ]
    return {**feature_shown(feature), "links": links}


def feature_shown(feature: Feature) -> Shown:
    """A feature as GeoJSON: degrees in seven decimals, a centimetre."""
    geometry: dict[str, Any] = shapely.geometry.mapping(shapely.transform(feature.geometry, lambda xy: xy.round(7)))
    return {"type": "Feature", "id": feature.id, "geometry": geometry, "properties": dict(feature.properties)}
