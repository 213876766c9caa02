"""Giving orders and carrying them out. Each step is an act; what follows for the unit and the call follows in the same
transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.rows import reread
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.matters.ledger.acts import carry_out, share
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.routing.queries import category
from linli.operations.dispatch.models import ACTIVE, ORDER_LIFE, Order
from linli.operations.dispatch.queries import latest_recommendation
from linli.operations.limits.queries import limit_for
from linli.operations.phone.queries import ON_PHONE
from linli.operations.units.models import Position, Unit
from linli.works.jobs.acts import cancel

declare(
    "order.unit_taken",
    zh="{call_sign}刚被派往{number}，请另选警力。",
    en="{call_sign} was just sent to {number}; choose another.",
)
declare(
    "order.unit_unavailable",
    zh="{call_sign}现在不可用（{activity}）。",
    en="{call_sign} is not available ({activity}).",
)
declare(
    "order.call_ended",
    zh="该警情已{state_zh}，如需派警请先重新受理。",
    en="This call is {state_en}; reopen it before sending anybody.",
)
declare(
    "order.not_for_rooms",
    zh="“{category}”须由派出所办理，警务室警力不能单独受理。",
    en="{category} is for the police station; a room may not take it alone.",
)
declare(
    "order.not_an_incident", zh="只有警情和线索行动可以派警。", en="Only incidents, and teams on a tip, get orders."
)

POSITION = system("position")
_STAMPS = {
    "deliver": "delivered",
    "sign": "signed",
    "decline": "declined",
    "set_out": "under_way",
    "arrive": "arrived",
    "finish": "done",
}


class OrderChanged:
    """News: an order was given or took a move (``what``: given, deliver, sign, decline, set_out, arrive, finish,
    recall).
    """

    def __init__(self, order: Order, what: str, actor: Actor) -> None:
        self.order = order
        self.what = what
        self.actor = actor


def _unit_path(facts: dict[str, Any]) -> str:
    return str(facts["order"].unit.agency.path)


@act(
    "order.give",
    zh="派警",
    en="give an order",
    keeps=("unit", "matter", "via", "by_radio"),
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def give_order(actor: Actor, *, matter: Matter, unit: Unit, via: str = "desk", by_radio: bool = False) -> Order:
    """Send a unit to a call. Two desks racing for one unit get one winner and one Conflict ``order.unit_taken``.

    ``by_radio``: the crew has said yes on the radio (电台接令); delivery and signing are stamped with source radio.
    """
    _check_call(matter, unit)
    order = _take_unit(actor, matter, unit, via, by_radio)
    share(matter, unit.agency_id)
    _stamp(order, "ordered", actor, order.ordered_at)
    settle_call(actor, matter)
    news.announce(OrderChanged(order, "given", actor))
    if by_radio:
        advance(actor, order, "sign", source="radio")
    return order


def _check_call(matter: Matter, unit: Unit) -> None:
    if matter.kind != "incident" and matter.state != "acting":
        raise Invalid("order.not_an_incident")
    if matter.state in ("closed", "void", "handed_over", "fed_back"):
        state = matter.workflow.state(matter.state).words
        raise Conflict("order.call_ended", state_zh=state.zh, state_en=state.en)
    listed = category(matter.category)
    if listed is not None and listed.taken_by == "station" and unit.agency.is_room:
        raise Invalid("order.not_for_rooms", category=listed.zh, field="unit")


def _take_unit(actor: Actor, matter: Matter, unit: Unit, via: str, by_radio: bool) -> Order:
    now = clock.now()
    stored = latest_recommendation(matter)
    eta_s = next((row["eta_s"] for row in stored.units if row["unit"]["id"] == str(unit.pk)), None) if stored else None
    zone = matter.agency.zone if matter.agency else ""
    fix = Position.objects.filter(unit=unit).first()
    order = Order(
        matter=matter,
        unit=unit,
        via=via,
        ordered_by=actor.name,
        by_radio=by_radio,
        recommendation=stored,
        eta_s=eta_s,
        ordered_at=now,
        target_at=now + timedelta(seconds=limit_for(matter.category, zone).target_s),
        start_lon=fix.lon if fix else None,
        start_lat=fix.lat if fix else None,
    )
    free = Unit.objects.filter(pk=unit.pk, order_id__isnull=True, availability__in=("available", "conditional"))
    resume = {"availability": unit.availability, "activity": unit.activity}
    if not free.update(order_id=order.pk, resume=resume, touched_at=now, version=F("version") + 1):
        _say_why_not(unit)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict("order.unit_taken", call_sign=unit.call_sign, number="—") from taken
    reread(unit)
    return order


def _say_why_not(unit: Unit) -> None:
    reread(unit)
    if unit.order_id:
        other = Order.objects.select_related("matter").filter(pk=unit.order_id).first()
        raise Conflict("order.unit_taken", call_sign=unit.call_sign, number=other.matter.number if other else "—")
    activity = Unit.ACTIVITIES.get(unit.activity)
    raise Conflict(
        "order.unit_unavailable", call_sign=unit.call_sign, activity=activity.zh if activity else unit.activity
    )


def advance(
    actor: Actor,
    order: Order,
    move: str,
    *,
    source: str = "",
    device_at: datetime | None = None,
    proof: dict[str, Any] | None = None,
    **facts: Any,
) -> Order:
    """One step of an order with its stamp, and what it means for unit and call. Inside an act only."""
    now = clock.now()
    column = f"{_STAMPS.get(move, 'recalled')}_at"
    take(order, ORDER_LIFE, move, **{column: now, **facts})
    if move in _STAMPS:
        _stamp(order, _STAMPS[move], actor, now, source=source, device_at=device_at, proof=proof)
    if move in ("decline", "finish", "recall"):
        _free_unit(order, now)
        cancel(prefix=f"order:{order.pk}:")
    settle_call(actor, order.matter)
    news.announce(OrderChanged(order, move, actor))
    return order


def _stamp(
    order: Order,
    milestone: str,
    actor: Actor,
    at: datetime,
    *,
    source: str = "",
    device_at: datetime | None = None,
    proof: dict[str, Any] | None = None,
) -> None:
    said = source or ("person" if actor.kind == "person" else "machine")
    Stamp.objects.create(
        matter_id=order.matter_id,
        order_id=order.pk,
        milestone=milestone,
        source=said,
        claimed_by=actor.name,
        device_at=device_at,
        server_at=at,
        proof=proof,
    )


def _free_unit(order: Order, now: datetime) -> None:
    unit = Unit.objects.get(pk=order.unit_id)
    if unit.order_id != order.pk:
        return
    back = unit.resume or {"availability": "available", "activity": ""}
    Unit.objects.filter(pk=unit.pk, order_id=order.pk).update(
        order_id=None, resume=None, touched_at=now, version=F("version") + 1, **back
    )


def settle_call(actor: Actor, matter: Matter) -> None:
    """Bring the call's state in line with its orders: the last unit freed without a result returns it to waiting."""
    states = list(Order.objects.filter(matter=matter).values_list("state", "unit__agency_id"))
    active = [state for state, _ in states if state in ACTIVE]
    finished = [agency for state, agency in states if state == "done"]
    reread(matter)
    if active:
        step = "arrive" if "arrived" in active else "order"
    else:
        step = "finish" if finished else "return_to_waiting"
    if matter.kind != "incident":
        # A team on a tip: the sortie says when it is over, not the last unit that is free.
        Matter.objects.filter(pk=matter.pk).update(version=F("version") + 1)
        reread(matter)
        return
    goal = matter.workflow.move(step)
    if matter.state != goal.target and matter.state in goal.sources:
        carry_out(actor, matter=matter, step=goal, facts={})
        if step == "finish":
            Matter.objects.filter(pk=matter.pk).update(handled_by_id=finished[-1])
    else:
        # The call's own row says that something about it is new: pages that show it fetch again.
        Matter.objects.filter(pk=matter.pk).update(version=F("version") + 1)
    reread(matter, "handled_by")


@act("order.deliver", zh="送达", en="deliver an order", about="order", offline=ON_PHONE["deliver"], within=_unit_path)
def deliver_order(actor: Actor, *, order: Order, device_at: datetime | None = None, source: str = "machine") -> Order:
    """The crew's device or a gateway says that the order is there. Said twice, or after signing, it changes nothing."""
    if order.state != "ordered":
        return order
    return advance(actor, order, "deliver", source=source, device_at=device_at)


@act("order.sign", zh="接令", en="sign an order", about="order", offline=ON_PHONE["sign"], within=_unit_path)
def sign_order(actor: Actor, *, order: Order, device_at: datetime | None = None, source: str = "") -> Order:
    """The crew takes the order (签收). ``source`` voice: by the keypad of the call that rang them."""
    return advance(actor, order, "sign", source=source, device_at=device_at)


@act(
    "order.accept_by_radio",
    zh="电台接令",
    en="accept by radio",
    about="order",
    within=lambda facts: facts["order"].matter.scope_paths()[0],
)
def accept_by_radio(actor: Actor, *, order: Order) -> Order:
    """The desk signs for a crew that said yes on the radio; the stamp says so."""
    Order.objects.filter(pk=order.pk).update(by_radio=True)
    return advance(actor, order, "sign", source="radio")


@act(
    "order.decline",
    zh="谢绝",
    en="decline an order",
    keeps=("reason",),
    about="order",
    offline=ON_PHONE["decline"],
    within=_unit_path,
)
def decline_order(
    actor: Actor, *, order: Order, reason: str, device_at: datetime | None = None, source: str = ""
) -> Order:
    """The crew cannot go, and says why; the next unit is asked at once."""
    return advance(actor, order, "decline", source=source, device_at=device_at, reason=reason)


@act("order.set_out", zh="出发", en="set out", about="order", offline=ON_PHONE["set_out"], within=_unit_path)
def set_out(actor: Actor, *, order: Order, device_at: datetime | None = None) -> Order:
    """The crew is under way."""
    return advance(actor, order, "set_out", device_at=device_at)


@act("order.arrive", zh="到场", en="arrive", about="order", offline=ON_PHONE["arrive"], within=_unit_path)
def arrive(
    actor: Actor,
    *,
    order: Order,
    device_at: datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
    accuracy_m: float | None = None,
) -> Order:
    """A person claims arrival. After an arrival that a position has proven, the claim is noted beside it."""
    proof = {"lon": lon, "lat": lat, "accuracy_m": accuracy_m} if lon is not None and lat is not None else None
    if order.state == "arrived" and order.arrived_at is None:
        now = clock.now()
        if Order.objects.filter(pk=order.pk, state="arrived", arrived_at__isnull=True).update(
            arrived_at=now, version=F("version") + 1
        ):
            _stamp(order, "arrived", actor, now, device_at=device_at, proof=proof)
        reread(order)
        return order
    return advance(actor, order, "arrive", device_at=device_at, proof=proof)


@act(
    "order.prove_arrival",
    zh="位置证实到场",
    en="prove arrival by position",
    about="order",
    keeps=("proof",),
    within=_unit_path,
)
def prove_arrival(actor: Actor, *, order: Order, proof: dict[str, Any]) -> Order:
    """A position shows the unit on scene. The person's own claim stays open: machine stamps never stand for human
    ones.
    """
    now = clock.now()
    if order.state != "arrived":
        take(order, ORDER_LIFE, "arrive", arrived_proven_at=now)
        settle_call(actor, order.matter)
        news.announce(OrderChanged(order, "arrive", actor))
    elif not Order.objects.filter(pk=order.pk, arrived_proven_at__isnull=True).update(
        arrived_proven_at=now, version=F("version") + 1
    ):
        return order
    _stamp(order, "arrived", actor, now, source="position", proof=proof)
    reread(order)
    return order


@act("order.finish", zh="办结", en="finish an order", about="order", offline=ON_PHONE["finish"], within=_unit_path)
def finish_order(actor: Actor, *, order: Order, result: str, device_at: datetime | None = None) -> Order:
    """The crew is done on scene and says with what result."""
    return advance(actor, order, "finish", device_at=device_at, result=result)


@act(
    "order.recall",
    zh="撤回派警",
    en="recall an order",
    about="order",
    within=lambda facts: facts["order"].matter.scope_paths()[0],
)
def recall_order(actor: Actor, *, order: Order, reason: str) -> Order:
    """Take an order back; the unit is free again, and the last one freed returns the call to waiting at its original
    time.
    """
    return advance(actor, order, "recall", reason=reason)


@act(
    "incident.feed_back",
    zh="反馈",
    en="feed back",
    about="matter",
    offline=ON_PHONE["feed_back"],
)
def feed_back(actor: Actor, *, matter: Matter, outcome: str, device_at: datetime | None = None) -> Matter:
    """The crew or the desk writes what came of it; whoever carried the order may, and whoever the place belongs to."""
    rode = {"unit__crew__person_id": actor.id, "unit__crew__until__isnull": True}
    mine = Order.objects.filter(matter=matter, **rode).exists()
    if not (mine or actor.is_system or any(actor.reaches(path) for path in matter.scope_paths())):
        raise NotAllowed(
            "right.missing", act="incident.feed_back", act_zh="反馈", act_en="feed back", path=matter.scope_paths()[0]
        )
    carry_out(
        actor, matter=matter, step=matter.workflow.move("feed_back"), facts={"outcome": outcome}, device_at=device_at
    )
    return matter


def order_first_free(actor: Actor, matter: Matter, unit_ids: list[str], *, via: str) -> Order | None:
    """Order the first of these units that can still be had; None when all are gone."""
    for unit_id in unit_ids:
        unit = Unit.objects.select_related("agency").filter(pk=unit_id).first()
        if unit is None:
            continue
        try:
            return give_order(actor, matter=matter, unit=unit, via=via)
        except Conflict:
            continue
    return None
