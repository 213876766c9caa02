"""Places: from what was heard to a point; grids and rooms for the map."""

from __future__ import annotations

import uuid
from typing import Any

import shapely
from django.http import HttpResponse
from ninja import Router

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.ledger import brief
from linli.api.shown import Shown, bilingual
from linli.kernel import clock
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.geo import Point, possible
from linli.matters.search.queries.known import here
from linli.matters.search.queries.spots import places_meant
from linli.org.agencies.models import Agency
from linli.places.addresses.queries import Candidate
from linli.places.grid.models import Grid
from linli.places.grid.queries import grid_at

router = Router(tags=["places"])


@router.get("/places/search", summary="Find a place")
def search(request: ApiRequest, q: str, near: str = "", limit: int = 8) -> HttpResponse:
    """Places that may be meant by what was heard, the likeliest first: addresses, and rooms, stations and premises by
    their names. ``near`` is lon,lat.
    """
    found = places_meant(request.auth, q, near=_point(near) if near else None, limit=max(1, min(limit, 20)))
    return answered({"items": [_place(item) for item in found]})


@router.get("/places/here", summary="What is known at a place")
def known_there(request: ApiRequest, lon: float, lat: float, address_id: uuid.UUID | None = None) -> HttpResponse:
    """Which grid, room and officer answer for a place; what is open, what was called in last and which premises are
    registered there, within the actor's reach.
    """
    actor = request.auth
    if not possible(lon, lat):
        raise Invalid("fact.wrong", field="lon", why=f"{lon},{lat}")
    if not (actor.posts or actor.is_system):
        raise NotFound("row.unknown", what="here")
    found = here(actor, lon=lon, lat=lat, address_id=address_id)
    grid, room, station, officer = (
        found.answering.grid, found.answering.agency, found.answering.station, found.answering.officer,
    )  # fmt: skip
    return answered(
        {
            "lon": lon,
            "lat": lat,
            "grid": {"code": grid.code, "name": grid.name} if grid else None,
            "room": _agency(room),
            "station": _agency(station),
            "officer": officer.name if officer else None,
            "known": [{"code": one.code, "count": one.count, **bilingual(one.words)} for one in found.known],
            "open": [brief(one) for one in found.open],
            "before": [brief(one) for one in found.before],
            "premises": [
                {"code": one.code, "name": one.name, "kind": bilingual(one.KINDS[one.kind]), "hazard": one.hazard_note}
                for one in found.premises
            ],
        }
    )


def _agency(row: Agency | None) -> Shown | None:
    return {"code": row.code, "name": row.name, "is_room": row.is_room, "phone": row.phone} if row else None


def _point(text: str) -> Point:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="near", why=text[:60]) from wrong
    if not possible(lon, lat):
        raise Invalid("fact.wrong", field="near", why=text[:60])
    return Point(lon, lat)


def _place(item: Candidate) -> Shown:
    grid = grid_at(item.lon, item.lat)
    return {
        "text": item.text,
        "lon": item.lon,
        "lat": item.lat,
        "kind": item.kind,
        "score": item.score,
        "why": [{"code": why.code, **bilingual(why.words)} for why in item.why],
        "grid": {"code": grid.code, "name": grid.name} if grid else None,
        "address_id": item.address_id,
    }


@router.get("/map/grids.geojson", summary="Grids as polygons")
def grids(request: ApiRequest, kind: str = "police") -> HttpResponse:
    """The grids in force today (GeoJSON, WGS-84)."""
    rows = Grid.objects.visible_to(request.auth).filter(kind=kind).on(clock.today())
    features = [
        _feature(shapely.geometry.mapping(row.shape), {"code": row.code, "name": row.name, "kind": row.kind})
        for row in rows
    ]
    return _collection(features)


@router.get("/map/rooms.geojson", summary="Stations and rooms as points")
def rooms(request: ApiRequest) -> HttpResponse:
    """Police stations and rooms with their place (GeoJSON, WGS-84)."""
    kinds = ("station", *Agency.ROOM_KINDS)
    rows = Agency.objects.visible_to(request.auth).at_work().filter(kind__in=kinds, lon__isnull=False)
    features = [
        _feature(
            {"type": "Point", "coordinates": [row.lon, row.lat]},
            {"code": row.code, "name": row.name, "kind": row.kind, "zone": row.zone},
        )
        for row in rows
    ]
    return _collection(features)


def _feature(geometry: Any, properties: Shown) -> Shown:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(features: list[Shown]) -> HttpResponse:
    answer = answered({"type": "FeatureCollection", "features": features})
    answer.headers["Content-Type"] = "application/geo+json"
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer
