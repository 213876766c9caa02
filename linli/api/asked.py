"""What a request asks of a layer: box, time, filters. One reading for tiles, collections and areas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import shapely
from django.utils.dateparse import parse_datetime
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock
from linli.kernel.errors import Invalid, declare
from linli.kernel.geo import Box, possible
from linli.places.map.rules import LAYERS, Layer, LayerQuery

declare("map.unknown_value", zh="“{field}”没有“{value}”这个取值。", en="{field} has no value {value}.")

_OPEN_ENDS = ("", "..")
_TEXT = {"type": "string"}


def declared_parameters() -> list[dict[str, Any]]:
    """Times and filters as an OpenAPI document has them; filters of all layers, which each belong to some."""
    moments_of = {"at": "as things stood then", "begun_since": "began since then", "begun_until": "began until then"}
    filters = sorted({item.name for layer in LAYERS.values() for item in layer.filters})
    return [
        {"name": "datetime", "in": "query", "style": "form", "explode": False, "schema": _TEXT},
        *({"name": name, "in": "query", "description": said, "schema": _TEXT} for name, said in moments_of.items()),
        {"name": "max_age_s", "in": "query", "schema": {"type": "number"}},
        *({"name": name, "in": "query", "description": "of some layers", "schema": _TEXT} for name in filters),
    ]


def asked_of(
    layer: Layer, given: Mapping[str, str], *, bbox: Box | None = None, limit: int = 1000, after: str = ""
) -> LayerQuery:
    """The query in the parameters of an address. Raises Invalid naming the parameter that is wrong."""
    at, since, until = moments(given.get("datetime", ""))
    if given.get("at"):
        at = moment(given["at"], "at")
    now = clock.now()
    if at is not None and abs((now - at).total_seconds()) < 1.0:
        at = None
    begun = [moment(given[name], name) if given.get(name) else None for name in ("begun_since", "begun_until")]
    age = _age(given.get("max_age_s", ""))
    if age is not None:
        begun[0] = max((at or now) - timedelta(seconds=age), begun[0] or datetime.min.replace(tzinfo=UTC))
    where = {item.name: tuple(given[item.name].split(",")) for item in layer.filters if given.get(item.name)}
    for item in layer.filters:
        known = {choice.code for choice in item.choices}
        for value in where.get(item.name, ()):
            if known and value not in known:
                raise Invalid("map.unknown_value", field=item.name, value=value[:40])
    box, area = (bbox, None) if bbox is not None or not given.get("bbox") else box_in(given["bbox"])
    return LayerQuery(
        bbox=box,
        area=area,
        at=at,
        since=since,
        until=until,
        begun_since=begun[0],
        begun_until=begun[1],
        where=where,
        after=after,
        limit=limit,
    )


def box_in(text: str) -> tuple[Box | None, BaseGeometry | None]:
    """``west,south,east,north`` in degrees, or six numbers with heights, which are passed over (OGC API Features).

    A box whose west lies east of its east crosses the 180th meridian: then it is two boxes, and so an area.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="bbox", why=text[:80]) from wrong
    if len(numbers) not in (4, 6):
        raise Invalid("fact.wrong", field="bbox", why=text[:80])
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if not (possible(west, south) and possible(east, north) and south <= north):
        raise Invalid("fact.wrong", field="bbox", why=text[:80])
    if west > east:
        return None, shapely.MultiPolygon([shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)])
    return Box(west, south, east, north), None


def moments(text: str) -> tuple[datetime | None, datetime | None, datetime | None]:
    """``datetime`` of OGC API Features: a moment, or an interval whose ends may be open. (at, since, until)."""
    if not text:
        return None, None, None
    begin, slash, end = text.partition("/")
    if not slash:
        return moment(begin, "datetime"), None, None
    if begin in _OPEN_ENDS and end in _OPEN_ENDS:
        return None, None, None
    since = None if begin in _OPEN_ENDS else moment(begin, "datetime")
    until = None if end in _OPEN_ENDS else moment(end, "datetime")
    if since is not None and until is not None and since > until:
        raise Invalid("fact.wrong", field="datetime", why=text[:80])
    return None, since, until


def moment(text: str, field: str) -> datetime:
    """A moment with its offset (RFC 3339)."""
    try:
        # A plus sign in an address arrives as a space.
        found = parse_datetime(text.strip().replace(" ", "+") if "T" in text or "t" in text else "")
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid("fact.wrong", field=field, why=text[:60])
    return found


def _age(text: str) -> float | None:
    if not text:
        return None
    try:
        age = float(text)
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="max_age_s", why=text[:40]) from wrong
    if not 0 < age < 1e10:
        raise Invalid("fact.wrong", field="max_age_s", why=text[:40])
    return age
