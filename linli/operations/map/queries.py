"""Units in service as a layer: where each was last. There is no past: no track of anybody is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import shapely

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.operations.units.models import Unit
from linli.places.map.queries import in_order
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery

_STALE = timedelta(minutes=5)
_PRESENT = timedelta(minutes=1)


def _units(actor: Actor, query: LayerQuery) -> Iterator[Feature]:
    """Units with a position; nothing when another time than now is asked for."""
    now = clock.now()
    if query.at is not None and abs(now - query.at) > _PRESENT:
        return
    rows = Unit.objects.visible_to(actor).in_service().filter(position__isnull=False)
    if query.since is not None:
        rows = rows.filter(position__at__gte=query.since)
    if query.until is not None:
        rows = rows.filter(position__at__lte=query.until)
    for name in ("kind", "availability", "activity"):
        if query.where.get(name):
            rows = rows.filter(**{f"{name}__in": query.where[name]})
    box = query.box
    if box is not None:
        rows = rows.filter(position__lon__gte=box.west, position__lon__lte=box.east)
        rows = rows.filter(position__lat__gte=box.south, position__lat__lte=box.north)
    for row in in_order(rows.select_related("agency", "position"), query).iterator(chunk_size=500):
        place = shapely.Point(row.position.lon, row.position.lat)
        if query.meets(place):
            yield Feature(
                str(row.pk),
                place,
                {
                    "call_sign": row.call_sign,
                    "kind": row.kind,
                    "availability": row.availability,
                    "activity": row.activity,
                    "agency": row.agency.code,
                    "agency_name": row.agency.name,
                    "fix_at": row.position.at.isoformat(),
                    "stale": now - row.position.at > _STALE,
                },
            )


def _filter(name: str, words: Words, choices: dict[str, Words]) -> Filter:
    """A filter by one of a unit's declared properties; the blank activity is not asked for."""
    return Filter(name, words, tuple(Choice(code, said) for code, said in choices.items() if code))


LAYERS.add(
    "units",
    Layer(
        code="units",
        words=Words("警力", "units"),
        geometry="point",
        icon="car",
        order=30,
        source=_units,
        filters=(
            _filter("kind", Words("类别", "kind"), Unit.KINDS),
            _filter("availability", Words("状态", "availability"), Unit.AVAILABILITIES),
            _filter("activity", Words("勤务", "activity"), Unit.ACTIVITIES),
        ),
        live=True,
        by="availability",
    ),
)
