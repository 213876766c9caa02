"""What a figure may ask of a matter's orders and stamps, as annotations by name."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from linli.matters.ledger.models import Fact, Stamp
from linli.matters.line.models import Hop
from linli.matters.line.rules import LEVELS
from linli.matters.tasks.models import Receipt
from linli.operations.dispatch.models import Order
from linli.operations.sorties.models import Sortie


def proofs() -> dict[str, Any]:
    """``was_timed``: an order with a promise and an arrival. ``was_in_time``: one that kept it. ``has_no_arrival``: it
    is over, somebody was sent, and neither an order nor a stamp says when anybody arrived. ``found``: the declared
    result of a tip. ``sortie_n``, ``held_n``, ``gang_n``, ``goods_yuan``: of its sorties, added up (W3).
    """
    orders = Order.objects.filter(matter_id=OuterRef("pk")).order_by()
    arrived = Q(arrived_at__isnull=False) | Q(arrived_proven_at__isnull=False)
    kept = Q(arrived_at__lte=F("target_at")) | Q(arrived_proven_at__lte=F("target_at"))
    stamps = Stamp.objects.filter(matter_id=OuterRef("pk")).order_by()
    return {
        "was_timed": Exists(orders.filter(arrived, target_at__isnull=False)),
        "was_in_time": Exists(orders.filter(kept)),
        "has_no_arrival": Q(closed_at__isnull=False)
        & (Exists(orders.filter(state="done")) | Exists(stamps.filter(milestone="ordered")))
        & ~Exists(orders.filter(arrived))
        & ~Exists(stamps.filter(milestone="arrived")),
        "found": Subquery(Fact.objects.filter(matter_id=OuterRef("pk"), name="finding").order_by().values("text")[:1]),
        "sortie_n": _of_sorties(Count("pk")),
        "held_n": _of_sorties(Sum("held")),
        "gang_n": _of_sorties(Sum("gangs")),
        "goods_yuan": _of_sorties(Sum("goods_yuan")),
        **of_the_line(),
    }


def of_the_line() -> dict[str, Any]:
    """``hop_n``, ``signed_in_time`` and, of each level n, ``line_came_n`` and ``line_signed_n``: of the way up;
    ``receipt_n``, ``receipt_done_n``: of the way down (F2, W6).
    """
    hops = Hop.objects.filter(matter_id=OuterRef("pk")).order_by()
    in_time = Q(signed_at__isnull=False, signed_at__lte=F("due_at"))
    late = hops.filter(state="unsigned") | hops.filter(signed_at__gt=F("due_at"))
    receipts = Receipt.objects.filter(tasking__matter_id=OuterRef("pk")).order_by()
    found: dict[str, Any] = {
        "hop_n": _counted(hops, "matter_id"),
        "signed_in_time": Q(Exists(hops.filter(in_time))) & ~Q(Exists(late)),
        "receipt_n": _counted(receipts, "tasking_id"),
        "receipt_done_n": _counted(receipts.filter(state="done"), "tasking_id"),
    }
    for level in LEVELS[1:]:
        mine = hops.filter(level=level.number)
        found[f"line_came_{level.number}"] = _counted(mine, "matter_id")
        found[f"line_signed_{level.number}"] = _counted(mine.filter(in_time), "matter_id")
    return found


def _counted(rows: QuerySet[Any], by: str) -> Subquery:
    return Subquery(rows.values(by).annotate(n=Count("pk")).values("n"), output_field=BigIntegerField())


def _of_sorties(added_up: Count | Sum) -> Subquery:
    mine = Sortie.objects.filter(matter_id=OuterRef("pk")).order_by().values("matter_id")
    return Subquery(mine.annotate(n=added_up).values("n"), output_field=BigIntegerField())
