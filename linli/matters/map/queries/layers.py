"""Matters and hazards as layers: features through ``visible_to``, marks and totals from what is held in memory."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Fact, Matter
from linli.matters.map.queries.held import HELD, View
from linli.matters.map.rules import COLOURS, merged, narrowing
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery, Mark, Tile, Totals
from linli.places.map.rules.points import I64, MIXED, Cells, Points, cells_of, picked
from linli.places.map.rules.tiles import F64, U64, cluster_level, degrees_of, in_tile

_PAGE = 1000
_MOST_MARKS = 800
_COARSE = 5


def _matters(actor: Actor, query: LayerQuery) -> Iterator[Feature]:
    """Matters that have a place; each exists from when it was received until it is closed."""
    if query.only:
        rows = Matter.objects.visible_to(actor).filter(pk=_key(query.only), lon__isnull=False, lat__isnull=False)
        yield from (feature for feature in _features(rows) if _takes(feature, query))
        return
    keys = _keys_in_order(actor, query)
    for begin in range(0, len(keys), _PAGE):
        some = [uuid.UUID(int=(int(high) << 64) | int(low)) for high, low in keys[begin : begin + _PAGE]]
        yield from _features(Matter.objects.visible_to(actor).filter(pk__in=some).order_by("pk"))


def _takes(feature: Feature, query: LayerQuery) -> bool:
    """One that was asked for by its id belongs to the layer only if its kind does."""
    return query.takes("kind", str(feature.properties["kind"]))


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _keys_in_order(actor: Actor, query: LayerQuery) -> U64:
    """Keys of what answers the query, ascending, from behind ``after``; no more than are asked for."""
    view = HELD.now(whole=not _wants_open(query))
    parts = [points.keys[places] for points, places in _answering(actor, query, view)]
    keys = np.concatenate(parts)
    if query.after:
        after = _key(query.after).int
        high, low = np.uint64(after >> 64), np.uint64(after & (2**64 - 1))
        keys = keys[(keys[:, 0] > high) | ((keys[:, 0] == high) & (keys[:, 1] > low))]
    if len(keys) > 4 * query.limit:
        # Only the first are wanted: sorting all of a million for each page would be most of its time.
        keys = keys[keys[:, 0] <= np.partition(keys[:, 0], query.limit)[query.limit]]
    ordered: U64 = keys[np.lexsort((keys[:, 1], keys[:, 0]))][: query.limit]
    return ordered


def _wants_open(query: LayerQuery) -> bool:
    """What is open is read first: who asks for that alone need not wait for the rest."""
    return query.where.get("open") == ("yes",)


def _answering(actor: Actor, query: LayerQuery, view: View) -> list[tuple[Points, I64]]:
    """Of the many and of the few the places of those that answer."""
    narrow = narrowing(query, view.words)
    found = []
    for points, seen in zip((view.many, view.few), HELD.seen_by(actor, view), strict=True):
        places = picked(points, seen, narrow, query.box)
        if query.area is not None and len(places):
            lon, lat = _degrees(points, places)
            shapely.prepare(query.area)
            places = places[shapely.contains_xy(query.area, lon, lat)]
        found.append((points, places))
    return found


def _degrees(points: Points, places: I64) -> tuple[F64, F64]:
    return degrees_of(points.x[places].astype(np.float64) + 0.5, points.y[places].astype(np.float64) + 0.5)


def _features(rows: Any) -> Iterator[Feature]:
    """Rows of matters as features. No address, no words of anybody: what the ledger's list shows of a matter."""
    page = list(rows.select_related("agency", "station", "grid"))
    colours = dict(
        Fact.objects.filter(matter__in=[row.pk for row in page], name="colour").values_list("matter_id", "text")
    )
    for row in page:
        yield Feature(
            str(row.pk),
            shapely.Point(row.lon, row.lat),
            {
                "number": row.number,
                "kind": row.kind,
                "state": row.state,
                "open": row.closed_at is None,
                "late": row.late_since is not None and row.closed_at is None,
                "title": row.title,
                "category": row.category or None,
                "priority": row.priority,
                "colour": colours.get(row.pk),
                "agency": row.agency.name if row.agency else None,
                "station": row.station.name if row.station else None,
                "grid": row.grid.name if row.grid else None,
                "received_at": _told(row.received_at),
                "due_at": _told(row.due_at),
                "closed_at": _told(row.closed_at),
            },
        )


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _counted(actor: Actor, query: LayerQuery) -> Totals:
    """How many, by kind."""
    view = HELD.now(whole=not _wants_open(query))
    by: Counter[str] = Counter()
    for points, places in _answering(actor, query, view):
        for number, count in enumerate(np.bincount(points.codes[places, 0], minlength=1).tolist()):
            if count:
                by[view.words.kinds.text(number)] += count
    return Totals(sum(by.values()), dict(by))


def _marked(actor: Actor, query: LayerQuery, tile: Tile) -> Iterable[Mark]:
    """A tile's marks: cells with one matter show it, others their number and what is common to them. While a process
    starts, those of what is open (``Layer.whole`` says so).
    """
    view = HELD.now(whole=False)
    parts, cells = _cells(actor, query, tile, view)
    keys = np.concatenate([points.keys[part.one] for points, part in parts])
    alone = _alone(actor, keys[cells.one[cells.count == 1]])
    x, y = in_tile(tile, cells.sum_x / cells.count, cells.sum_y / cells.count)
    return _drawn(cells, x, y, keys, alone, view)


def _cells(
    actor: Actor, query: LayerQuery, tile: Tile, view: View
) -> tuple[list[tuple[Points, Cells]], Cells]:  # fmt: skip
    """The tile added up by cells, of the many and of the few and of both together; by larger cells where there would be
    more marks than stand apart on a screen.
    """
    narrow, seen = narrowing(query, view.words), HELD.seen_by(actor, view)
    level = cluster_level(tile.z)
    while True:
        parts = [
            (points, cells_of(points, flags, narrow, tile, level))
            for points, flags in zip((view.many, view.few), seen, strict=True)
        ]
        cells = merged([part for _, part in parts])
        if len(cells.count) <= _MOST_MARKS or level <= tile.z + _COARSE:
            return parts, cells
        level -= 1


def _alone(actor: Actor, keys: U64) -> dict[int, dict[str, Any]]:
    """What is said of matters that are drawn singly, as far as the actor may see them, by their keys."""
    wanted = [uuid.UUID(int=(int(high) << 64) | int(low)) for high, low in keys]
    rows = Matter.objects.visible_to(actor).filter(pk__in=wanted).order_by()
    told = rows.values_list("pk", "number", "kind", "state", "closed_at", "late_since", "priority", "category")
    return {
        key.int: {
            "id": str(key),
            "n": 1,
            "number": number,
            "kind": kind,
            "state": state,
            "open": closed_at is None,
            "late": late_since is not None and closed_at is None,
            **({"priority": priority} if priority else {}),
            **({"category": category} if category else {}),
        }
        for key, number, kind, state, closed_at, late_since, priority, category in told
    }


def _drawn(
    cells: Cells, x: I64, y: I64, keys: U64, alone: dict[int, dict[str, Any]], view: View
) -> Iterator[Mark]:  # fmt: skip
    spots = zip(
        x.tolist(), y.tolist(), cells.count.tolist(), cells.lasting.tolist(), cells.common.tolist(),
        cells.highest.tolist(), cells.one.tolist(), strict=True,
    )  # fmt: skip
    kinds = list(view.words.kinds.number)
    for across, down, count, lasting, common, highest, one in spots:
        colour = {"colour": COLOURS[highest]} if 0 < highest < len(COLOURS) else {}
        if count == 1:
            known = alone.get((int(keys[one, 0]) << 64) | int(keys[one, 1]))
            if known is not None:
                yield Mark(across, down, {**known, **colour})
            continue
        kind = "" if common == MIXED else kinds[common]
        yield Mark(across, down, {"n": count, "open": lasting, "kind": kind, **colour})


_COLOURS = Filter(
    "colour",
    Words("颜色", "colour"),
    (
        Choice("blue", Words("蓝色", "blue")),
        Choice("yellow", Words("黄色", "yellow")),
        Choice("red", Words("红色", "red")),
    ),
)
_OPEN = Filter(
    "open", Words("办理情况", "progress"), (Choice("yes", Words("未结", "open")), Choice("no", Words("已结", "closed")))
)


def _states(*kinds: str) -> Filter:
    """The states of these kinds, each once."""
    found = {state.name: state.words for kind in kinds for state in KINDS[kind].workflow.states}
    return Filter("state", Words("状态", "state"), tuple(Choice(name, words) for name, words in found.items()))


def _is_whole() -> bool:
    return HELD.is_whole


def _only_hazards(query: LayerQuery) -> LayerQuery:
    return query.narrowed(kind=("hazard",))


def _hazards(actor: Actor, query: LayerQuery) -> Iterator[Feature]:
    """Matters of the kind hazard."""
    return _matters(actor, _only_hazards(query))


LAYERS.add(
    "matters",
    Layer(
        code="matters",
        words=Words("事项", "matters"),
        geometry="point",
        icon="alert-circle",
        order=40,
        source=_matters,
        filters=(
            Filter("kind", Words("种类", "kind"), tuple(Choice(kind.code, kind.words) for kind in KINDS.values())),
            _states(*KINDS),
            _COLOURS,
            _OPEN,
        ),
        clustered=True,
        dated=True,
        live=True,
        by="kind",
        counted=_counted,
        marked=_marked,
        whole=_is_whole,
    ),
)
LAYERS.add(
    "hazards",
    Layer(
        code="hazards",
        words=Words("隐患", "hazards"),
        geometry="point",
        icon="alert-triangle",
        order=50,
        source=_hazards,
        filters=(_states("hazard"), _OPEN),
        clustered=True,
        dated=True,
        live=True,
        by="state",
        counted=lambda actor, query: _counted(actor, _only_hazards(query)),
        marked=lambda actor, query, tile: _marked(actor, _only_hazards(query), tile),
        whole=_is_whole,
    ),
)
