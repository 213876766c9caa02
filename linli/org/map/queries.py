"""Stations, rooms and partners as a layer: where they stand, and whether their door is open."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator

import shapely
from django.db.models import Q

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.rooms.models import OpeningHours
from linli.org.rooms.rules import is_open
from linli.places.map.queries import days_of, in_order, within_box
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery


def _agencies(actor: Actor, query: LayerQuery) -> Iterator[Feature]:
    """Agencies that stood on the days asked for."""
    first, last = days_of(query)
    rows = within_box(Agency.objects.visible_to(actor), query)
    rows = rows.filter(Q(opened_on__isnull=True) | Q(opened_on__lte=last))
    rows = rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=first))
    for name in ("kind", "zone"):
        if query.where.get(name):
            rows = rows.filter(**{f"{name}__in": query.where[name]})
    at = clock.shanghai(query.at or clock.now())
    hours = _hours()
    for row in in_order(rows, query).iterator(chunk_size=500):
        place = shapely.Point(row.lon or 0.0, row.lat or 0.0)
        if query.meets(place):
            said = {"code": row.code, "name": row.name, "kind": row.kind, "zone": row.zone}
            yield Feature(str(row.pk), place, {**said, "open": is_open(hours[row.pk], at)})


def _hours() -> dict[uuid.UUID, list[tuple[int, int, int]]]:
    """Opening hours by room: one small table."""
    found: dict[uuid.UUID, list[tuple[int, int, int]]] = defaultdict(list)
    for agency, *span in OpeningHours.objects.values_list("agency_id", "weekday", "from_minute", "until_minute"):
        found[agency].append((span[0], span[1], span[2]))
    return found


LAYERS.add(
    "agencies",
    Layer(
        code="agencies",
        words=Words("所队警务室", "stations and rooms"),
        geometry="point",
        icon="building-community",
        order=20,
        source=_agencies,
        filters=(
            Filter(
                "kind",
                Words("类别", "kind"),
                tuple(Choice(kind, Words(*words)) for kind, words in Agency.KINDS.items()),
            ),
            Filter(
                "zone",
                Words("地段", "zone"),
                tuple(Choice(zone, Words(*words)) for zone, words in Agency.ZONES.items()),
            ),
        ),
        dated=True,
        by="kind",
    ),
)
