"""Finding devices, and what share of them works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import shapely
from django.db.models import Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.devices.models import DEVICE_LIFE, Device
from linli.places.devices.rules import KINDS, LONGEST_M, OWNERS
from linli.places.map.queries import in_order, within_box
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery


def devices_of(
    actor: Actor, *, kind: str = "", state: str = "", owner_kind: str = "", words: str = ""
) -> QuerySet[Device]:
    """What the actor may see and still stands, narrowed by kind, state, owner and words of name, code, owner, place."""
    rows = Device.objects.visible_to(actor)
    rows = rows.filter(state=state) if state else rows.standing()
    if kind:
        rows = rows.filter(kind=kind)
    if owner_kind:
        rows = rows.filter(owner_kind=owner_kind)
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(code__icontains=words)
            | Q(owner__icontains=words)
            | Q(address_text__icontains=words)
        )
    return rows


def device_by_code(actor: Actor, code: str) -> Device:
    """One of them; hidden and absent look the same (NotFound)."""
    found = Device.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def _standing(actor: Actor, query: LayerQuery) -> QuerySet[Device]:
    rows = in_order(within_box(Device.objects.visible_to(actor).standing(), query), query)
    for name in ("kind", "owner_kind", "state"):
        if query.where.get(name):
            rows = rows.filter(**{f"{name}__in": query.where[name]})
    return rows


def _shown(row: Device) -> dict[str, object]:
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "owner_kind": row.owner_kind,
        "state": row.state,
        "direction_deg": row.direction_deg,
    }


def _points(actor: Actor, query: LayerQuery) -> Iterable[Feature]:
    """Where devices stand."""
    for row in _standing(actor, query).iterator(chunk_size=500):
        point = shapely.Point(row.lon, row.lat)
        if query.meets(point):
            yield Feature(str(row.pk), point, _shown(row))


def _covers(actor: Actor, query: LayerQuery) -> Iterable[Feature]:
    """The ground that working devices see, when direction, angle and range are known."""
    # A device just outside the box may see into it.
    wide = replace(query, bbox=query.box.grown(LONGEST_M), area=None) if query.box else query
    for row in _standing(actor, wide).iterator(chunk_size=500):
        shape = row.cover
        if shape is not None and query.meets(shape):
            yield Feature(str(row.pk), shape, _shown(row))


_FILTERS = (
    Filter("kind", Words("类别", "kind"), tuple(Choice(code, words) for code, words in KINDS.items())),
    Filter("owner_kind", Words("权属", "owner"), tuple(Choice(code, words) for code, words in OWNERS.items())),
    Filter(
        "state",
        Words("状态", "state"),
        tuple(Choice(state.name, state.words) for state in DEVICE_LIFE.states if not state.final),
    ),
)

LAYERS.add(
    "devices",
    Layer(
        code="devices",
        words=Words("前端设备", "devices"),
        geometry="point",
        icon="device-cctv",
        order=70,
        source=_points,
        filters=_FILTERS,
        clustered=True,
        by="kind",
        rows=_standing,
    ),
)
LAYERS.add(
    "device_cover",
    Layer(
        code="device_cover",
        words=Words("视频覆盖", "cover of devices"),
        geometry="polygon",
        icon="cone",
        order=75,
        source=_covers,
        filters=_FILTERS,
        min_zoom=13,
    ),
)
