"""The orders of one's own unit on the phone, and what each step of them asks for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from linli.kernel import clock
from linli.kernel.inputs import Given, Input, Offline, Prepare, Spot, asked
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.models import ACTIVE, ORDER_LIFE, Order

_DONE_SHOWN = timedelta(hours=2)
_MOST = 40


def _where(actor: Actor, given: Given) -> dict[str, Any]:
    """The position that the phone gives beside the claim, as the act takes it."""
    spot = given.values.get("place") or Spot()
    return {"lon": spot.lon, "lat": spot.lat, "accuracy_m": spot.accuracy_m}


def _step(move: str, icon: str, order: int, *inputs: Input, prepare: Prepare | None = None) -> Offline:
    """A step of an order, offered in the states from which it leads."""
    step = ORDER_LIFE.move(move)
    return Offline(
        *(inputs, None, Order),
        states=step.sources,
        to=step.target,
        prepare=prepare,
        group="order" if not step.machine else "unseen",
        icon=icon,
        order=order,
    )


ON_PHONE: dict[str, Offline] = {
    "deliver": _step("deliver", "bell", 99),
    "sign": _step("sign", "check", 10),
    "set_out": _step("set_out", "walk", 20),
    "arrive": _step("arrive", "map-pin-check", 30, asked("place", "place", "位置", "position"), prepare=_where),
    "finish": _step(
        *("finish", "circle-check", 40),
        asked("result", "long_text", "处置结果", "result", required=True, longest=400),
    ),
    "decline": _step("decline", "x", 90, asked("reason", "text", "原因", "reason", required=True)),
    "feed_back": Offline(
        inputs=(asked("outcome", "long_text", "反馈内容", "what came of it", required=True, longest=400),),
        subject=Matter,
        states=("done",),
        kinds=("incident",),
        to="fed_back",
        group="order",
        icon="message-check",
        order=45,
    ),
}
"""What a phone is asked for each step of one's own order, by the name of the step."""


def _due(actor: Actor) -> list[tuple[uuid.UUID, int]]:
    """Orders of the unit that one is in: those that run, and those just done whose call wants feedback."""
    mine = Order.objects.filter(unit__crew__person_id=actor.id, unit__crew__until__isnull=True)
    running = mine.filter(state__in=ACTIVE).order_by("ordered_at")
    waiting = mine.filter(state="done", matter__state="done", done_at__gte=clock.now() - _DONE_SHOWN)
    return [*running.values_list("pk", "version")[:_MOST], *waiting.values_list("pk", "version")[:_MOST]]


def _shown(actor: Actor, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    rows = Order.objects.visible_to(actor).filter(pk__in=keys).select_related("unit", "matter")
    return {row.pk: _one(row) for row in rows}


def _one(row: Order) -> Shown:
    matter, state = row.matter, ORDER_LIFE.state(row.state)
    narrative = str(matter.details.get("narrative", ""))
    return {
        "group": "now",
        "title": matter.title or matter.number,
        "lines": [line for line in (narrative, row.unit.call_sign) if line],
        "state": row.state,
        "state_words": state.words.as_json(),
        "at": row.ordered_at,
        "due_at": row.target_at,
        "lon": matter.lon,
        "lat": matter.lat,
        "address": matter.address,
        "number": matter.number,
        "priority": matter.priority,
    }


part(Part("order", Order, Words("派警单", "orders"), 0, _due, _shown, most=2 * _MOST))
