"""Counting wrong receipts."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from linli.tips.receipts.models import WrongHour
from linli.tips.receipts.queries import this_hour


def count_wrong() -> None:
    """One more wrong receipt in this hour. No act: nothing is recorded of anybody, and a right receipt writes nothing
    at all.
    """
    hour_at = this_hour()
    with transaction.atomic():
        if WrongHour.objects.filter(hour_at=hour_at).update(wrong=F("wrong") + 1):
            return
        WrongHour.objects.update_or_create(id=1, defaults={"hour_at": hour_at, "wrong": 1})
