"""Setting the declared minutes."""

from __future__ import annotations

from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.routing.queries import bureau
from linli.operations.limits.models import Limit

declare(
    "limit.order",
    zh="时限应逐级递增：送达＜签收＜所台＜局台。",
    en="Limits must grow: delivered < signed < desk < bureau.",
)


def _root(facts: dict[str, object]) -> str:
    """The promised minutes are the whole bureau's, so the right is needed at the root of the tree."""
    root = bureau()
    return root.path if root else "/"


@act("limits.set", zh="设定时限", en="set limits", keeps=("category", "zone", "seconds"), within=_root)
def set_limit(actor: Actor, *, category: str = "", zone: str = "", seconds: dict[str, int]) -> Limit:
    """Set the seconds of each step for a category beginning and a zone."""
    row = Limit.objects.filter(category=category, zone=zone).first() or Limit(category=category, zone=zone)
    for name in ("delivered_s", "signed_s", "desk_s", "bureau_s", "moving_s", "target_s"):
        setattr(row, name, int(seconds.get(name, getattr(row, name))))
    if not 0 < row.delivered_s < row.signed_s < row.desk_s < row.bureau_s:
        raise Invalid("limit.order", field="seconds")
    row.version += 1
    row.save()
    return row
