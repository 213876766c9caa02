"""What a crew does from its phone about an order that is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.kernel.acts import act
from linli.kernel.inputs import Offline, asked
from linli.kernel.scope import Actor
from linli.operations.dispatch.acts import feed_back
from linli.operations.dispatch.models import Order

FEED_BACK = Offline(
    inputs=(asked("outcome", "long_text", "反馈内容", "what came of it", required=True, longest=400),),
    subject=Order,
    states=("done",),
    group="order",
    icon="message-check",
    order=45,
)


@act("order.feed_back", zh="反馈", en="feed back", about="order", offline=FEED_BACK)
def feed_back_from_order(actor: Actor, *, order: Order, outcome: str, device_at: datetime | None = None) -> Any:
    """Write what came of the call of an order that is done: the phone offers it right after 办结, line or no line.
    Raises Conflict while other units still work on the call, NotAllowed for who did not carry the order.
    """
    return feed_back(actor, matter=order.matter, outcome=outcome, device_at=device_at)
