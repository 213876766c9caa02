"""Which limits hold for a call."""

from __future__ import annotations

from linli.operations.limits.models import Limit


def limit_for(category: str, zone: str) -> Limit:
    """The most particular row for this category and zone; an unsaved row of defaults when none is configured."""
    fitting = [row for row in Limit.objects.all() if category.startswith(row.category) and row.zone in ("", zone)]
    return max(fitting, key=lambda row: (len(row.category), bool(row.zone)), default=Limit())
