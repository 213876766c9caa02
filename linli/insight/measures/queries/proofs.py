"""What a figure may ask of a matter's orders and stamps, as annotations by name."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from linli.matters.ledger.models import Stamp
from linli.operations.dispatch.models import Order


def proofs() -> dict[str, Any]:
    """``was_timed``: an order with a promise and an arrival. ``was_in_time``: one that kept it. ``has_no_arrival``: it
    is over, somebody was sent, and neither an order nor a stamp says when anybody arrived.
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
    }
