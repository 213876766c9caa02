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
    """The orders that were given. ``plan`` is the plan of this moment with its reasons, in which a call that nobody is
    left for has no unit; None when what was ordered is what the desk had been shown.
    """

    orders: list[Order]
    plan: JointPlan | None
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

    ``expected`` is the plan that the desk was shown, unit by call number: that is what is ordered, as long as its calls
    wait and its units are free. Positions grow older while one reads and another plan may be a second better by then;
    whoever confirms is not sent back for that. When a call waits no more, or a unit was taken, nothing is ordered
    (Conflict ``joint.changed``, ``order.unit_taken``), so that nobody confirms what he did not see.
    """
    waiting = [matter for matter in matters if matter.kind == "incident" and matter.state == "waiting"]
    if not waiting or expected == {}:
        raise Invalid("joint.nothing", field="matters")
    if len(waiting) > MOST:
        raise Invalid("joint.too_many", most=MOST, field="matters")
    plan = None
    if expected is None:
        plan = plan_jointly(waiting, clock.now())
        if plan is None:
            raise Conflict("joint.no_roads")
    chosen = expected if plan is None else _units_of(waiting, plan)
    return GivenJointly(_ordered(actor, waiting, chosen or {}), plan, waiting)


def _units_of(waiting: list[Matter], plan: JointPlan) -> dict[str, uuid.UUID]:
    """Unit by call number, for the calls that somebody is left for."""
    pairs = zip(waiting, plan.assigned, strict=True)
    return {matter.number: one.suggestion.unit.id for matter, one in pairs if one.suggestion is not None}


def _ordered(actor: Actor, waiting: list[Matter], chosen: dict[str, uuid.UUID]) -> list[Order]:
    """The orders, in the order of the calls; Conflict when a call or a unit of the plan is there no more."""
    units = {unit.pk: unit for unit in Unit.objects.select_related("agency").filter(pk__in=list(chosen.values()))}
    called = [matter for matter in waiting if matter.number in chosen]
    if len(called) != len(chosen) or not units.keys() >= set(chosen.values()):
        raise Conflict("joint.changed")
    return [give_order(actor, matter=matter, unit=units[chosen[matter.number]], via="joint") for matter in called]
