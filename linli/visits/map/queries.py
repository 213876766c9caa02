"""Two layers of doors: where a visit is due, and which doors a batch of contact cards has not reached.

A visit's layer never says its reason, nor whether anybody lives alone there: a door, and how soon (ADR 0190).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import shapely
from django.db.models import F, Q, QuerySet

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.map.queries import in_order, within_box
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery
from linli.visits.cards.models import CardDoor
from linli.visits.cards.rules import DONE
from linli.visits.plans.models import Due
from linli.visits.plans.queries.weeks import AHEAD_DAYS
from linli.visits.reasons.queries import reasons_on
from linli.visits.records.rules import OFFICERS

LEFT = {"left": Words("还没去", "not yet"), "absent": Words("没人，要再去", "nobody in, to go again")}
SOON = {"late": Words("已过期", "late"), "due": Words("三十天内到期", "due within thirty days")}


def _choices(table: dict[str, Words]) -> tuple[Choice, ...]:
    return tuple(Choice(code, words) for code, words in table.items())


def _cards_left(actor: Actor, query: LayerQuery) -> QuerySet[CardDoor]:
    """Doors of batches that are going out, without those that need no second walk."""
    rows = CardDoor.objects.visible_to(actor).filter(batch__state="going_out").exclude(outcome__in=DONE)
    rows = rows.annotate(lon=F("address__lon"), lat=F("address__lat"))
    if query.where.get("state"):
        rows = rows.filter(outcome__in=["" if one == "left" else one for one in query.where["state"]])
    if query.where.get("grid"):
        rows = rows.filter(batch__grid_code__in=query.where["grid"])
    return in_order(within_box(rows, query), query)


def _card_doors(actor: Actor, query: LayerQuery) -> Iterable[Feature]:
    for row in _cards_left(actor, query).select_related("address", "batch").iterator(chunk_size=500):
        point = shapely.Point(row.address.lon, row.address.lat)
        if query.meets(point):
            said = {"name": row.text, "state": row.outcome or "left", "grid": row.batch.grid_code}
            yield Feature(str(row.pk), point, said)


def _doors_due(actor: Actor, query: LayerQuery) -> QuerySet[Due]:
    """Doors that are due by now or within the thirty days that fill a week; those of an officer's reasons for officers
    alone.
    """
    today = clock.today()
    rows = Due.objects.visible_to(actor).standing().filter(due_on__lte=today + timedelta(days=AHEAD_DAYS))
    rows = rows.filter(Q(over_on__isnull=True) | Q(over_on__gte=today))
    known = reasons_on(today)
    if not (actor.is_system or actor.holds(*OFFICERS)):
        known = {code: one for code, one in known.items() if one.helpers}
    rows = rows.filter(reason__in=list(known))
    wanted = query.where.get("state", ())
    if wanted:
        late = Q(due_on__lt=today)
        rows = rows.filter((late if "late" in wanted else Q(pk=None)) | (~late if "due" in wanted else Q(pk=None)))
    if query.where.get("grid"):
        rows = rows.filter(grid_code__in=query.where["grid"])
    return in_order(within_box(rows, query), query)


def _visit_doors(actor: Actor, query: LayerQuery) -> Iterable[Feature]:
    today = clock.today()
    for row in _doors_due(actor, query).iterator(chunk_size=500):
        if row.lon is None or row.lat is None:
            continue
        point = shapely.Point(row.lon, row.lat)
        if query.meets(point):
            yield Feature(str(row.pk), point, _said(row, today))


def _said(row: Due, today: date) -> dict[str, str]:
    return {"name": row.place, "state": "late" if row.due_on < today else "due", "grid": row.grid_code}


LAYERS.add(
    "visit_doors",
    Layer(
        code="visit_doors",
        words=Words("待走访门户", "doors due for a visit"),
        geometry="point",
        icon="walk",
        order=82,
        source=_visit_doors,
        filters=(Filter("state", Words("期限", "due"), _choices(SOON)), Filter("grid", Words("警格", "grid"))),
        clustered=True,
        people=True,
        rows=_doors_due,
    ),
)
LAYERS.add(
    "card_doors",
    Layer(
        code="card_doors",
        words=Words("联系卡未到户", "doors without their contact card"),
        geometry="point",
        icon="clipboard-check",
        order=85,
        source=_card_doors,
        filters=(Filter("state", Words("发放情况", "state"), _choices(LEFT)), Filter("grid", Words("警格", "grid"))),
        clustered=True,
        rows=_cards_left,
    ),
)
