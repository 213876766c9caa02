"""Back-up: the crew asks, the best free units go, each with an order and a clock of its own."""

from __future__ import annotations

from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.operations.dispatch.acts import give_order
from linli.operations.dispatch.models import ACTIVE, Order
from linli.operations.dispatch.queries import recommended
from linli.operations.units.models import Unit

declare("backup.not_active", zh="派警单已结束，不能请求增援。", en="This order has ended; no back-up can be asked for.")
declare("backup.nobody", zh="暂无可增援警力，请用电台报告指挥中心。", en="Nobody is free; tell the desk by radio.")
declare("backup.count", zh="一次可请求1至{most}个警组。", en="Ask for 1 to {most} units at once.")

MOST = 5


@act(
    "order.call_backup",
    zh="请求增援",
    en="call for back-up",
    keeps=("count",),
    about="order",
    within=lambda facts: facts["order"].unit.agency.path,
)
def call_backup(actor: Actor, *, order: Order, count: int = 1) -> list[Order]:
    """Order the next best ``count`` units to the same call. Raises Conflict ``backup.nobody`` when none can be had."""
    if order.state not in ACTIVE:
        raise Conflict("backup.not_active")
    if not 1 <= count <= MOST:
        raise Invalid("backup.count", most=MOST, field="count")
    asked = frozenset(Order.objects.active().filter(matter=order.matter).values_list("unit_id", flat=True))
    units, _, _ = recommended(order.matter, k=count + 3, without=asked)
    sent: list[Order] = []
    for suggestion in units:
        unit = Unit.objects.select_related("agency").get(pk=suggestion.unit.id)
        try:
            sent.append(give_order(actor, matter=order.matter, unit=unit, via="backup"))
        except Conflict:
            continue
        if len(sent) == count:
            break
    if not sent:
        raise Conflict("backup.nobody")
    return sent
