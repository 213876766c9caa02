"""Which limits hold for a call."""

from __future__ import annotations

from linli.kernel.kept import Kept
from linli.operations.limits.models import Limit

_LIMITS = Kept(lambda: list(Limit.objects.all()), changed_by=("limits.",))


def limit_for(category: str, zone: str) -> Limit:
    """The most particular row for this category and zone; an unsaved row of defaults when none is configured."""
    fitting = [row for row in _LIMITS.get() if category.startswith(row.category) and row.zone in ("", zone)]
    return max(fitting, key=lambda row: (len(row.category), bool(row.zone)), default=Limit())
