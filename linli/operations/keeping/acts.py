"""Orders of thinned matters: times stay for the figures, words and places of people go."""

from __future__ import annotations

from linli.kernel import news
from linli.matters.keeping.acts import MattersThinned
from linli.operations.dispatch.models import Order, Recommendation


@news.listen(MattersThinned)
def forget_words(told: MattersThinned) -> None:
    """Results, reasons, where units stood: nothing of it is counted."""
    Order.objects.filter(matter__in=told.keys).update(result="", reason="", start_lon=None, start_lat=None)
    Recommendation.objects.filter(matter__in=told.keys).update(snapshot={}, units=[])
