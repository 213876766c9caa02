"""Ordering for several calls at once, so that all together are served best."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from itertools import takewhile

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.acts import give_order
from linli.operations.dispatch.models import Order
from linli.operations.dispatch.rules import JointPlan
from linli.operations.joint.queries import plan_jointly
from linli.operations.units.models import Unit

declare("joint.nothing", zh="没有可以联合派警的待派警情。", en="There is no waiting call to plan for.")
declare(
    "joint.no_roads",
    zh="尚未导入路网，无法联合派警。",
    en="No road network is loaded; calls cannot be planned jointly.",
)
declare(
    "joint.changed",
    zh="情况刚有变化，方案已不同；请看新方案再确认。",
    en="Things have just changed and the plan is another one; look at it and confirm again.",
)
declare("joint.too_many", zh="一次最多联合{most}起警情。", en="At most {most} calls at once.")

MOST = 30


@dataclass(frozen=True, slots=True)
class GivenJointly:
    """The orders that were given, and the plan with its reasons. A call that nobody is left for has none."""

    orders: list[Order]
    plan: JointPlan
    matters: list[Matter]

    def scope_paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(path for matter in self.matters for path in matter.scope_paths()))


def common_path(matters: list[Matter]) -> str:
    """The lowest place of the tree that leads all these calls: who orders for all needs the right there."""
    chains = [matter.scope_paths()[0].strip("/").split("/") for matter in matters]
    shared = [codes[0] for codes in takewhile(lambda codes: len(set(codes)) == 1, zip(*chains, strict=False))]
    return "/" + "".join(f"{code}/" for code in shared if code)


@act(
    "order.give_jointly",
    zh="联合派警",
    en="order jointly",
    keeps=("matters",),
    within=lambda facts: common_path(facts["matters"]),
)
def give_jointly(actor: Actor, *, matters: list[Matter], expected: dict[str, uuid.UUID] | None = None) -> GivenJointly:
    """One unit for each waiting call where there are enough. All or nothing: a unit taken meanwhile is a Conflict.

    ``expected`` is the plan that the desk was shown, unit by call number: when the plan of now is another one, or a
    call of it waits no more, nothing is ordered (Conflict ``joint.changed``), so that nobody confirms what he did not
    see.
    """
    waiting = [matter for matter in matters if matter.kind == "incident" and matter.state == "waiting"]
    if not waiting:
        raise Invalid("joint.nothing", field="matters")
    if len(waiting) > MOST:
        raise Invalid("joint.too_many", most=MOST, field="matters")
    plan = plan_jointly(waiting, clock.now())
    if plan is None:
        raise Conflict("joint.no_roads")
    planned = {
        matter.number: one.suggestion.unit.id
        for matter, one in zip(waiting, plan.assigned, strict=True)
        if one.suggestion is not None
    }
    if expected is not None and (planned != expected or len(waiting) != len(matters)):
        raise Conflict("joint.changed")
    units = {unit.pk: unit for unit in Unit.objects.select_related("agency").filter(pk__in=list(planned.values()))}
    orders = [
        give_order(actor, matter=matter, unit=units[planned[matter.number]], via="joint")
        for matter in waiting
        if matter.number in planned
    ]
    return GivenJointly(orders, plan, waiting)
