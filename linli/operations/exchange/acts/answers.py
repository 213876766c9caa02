"""What comes back about an order's messages: delivered, signed or declined by a key on the telephone, or nobody
reached.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Refusal, declare
from linli.kernel.scope import Actor, system
from linli.matters.handovers.models import Handover
from linli.matters.ledger.models import Matter
from linli.matters.notes.acts import write_note
from linli.operations.dispatch.acts import decline_order, deliver_order, sign_order
from linli.operations.dispatch.models import Escalation, Order
from linli.operations.limits.queries import limit_for
from linli.org.people.models import Person
from linli.org.posts.queries import person_actor
from linli.works.channels.queries import ways_out
from linli.works.jobs.acts import job, schedule
from linli.works.outbox.acts import MessageAnswered, MessageDelivered, MessageFailed
from linli.works.outbox.models import Message

declare(
    "order.not_reached",
    zh="派警消息未能送达{call_sign}，请用电台或电话联系。",
    en="The order could not be delivered to {call_sign}; use the radio or the telephone.",
)

CHANNELS = system("channels")
BY_KEY = "电话按键：不能前往"


@news.listen(MessageDelivered)
def on_delivered(item: MessageDelivered) -> None:
    """The gateway's receipt delivers the order, if nothing has yet."""
    order = _order_of(item.message)
    if order is not None and order.state == "ordered" and item.message.template == "order.new":
        _try(lambda: deliver_order(CHANNELS, order=order, source="channel"))


@news.listen(MessageAnswered)
def on_answered(item: MessageAnswered) -> None:
    """1 signs and 2 declines for the person who was called: a person's own word, given by voice."""
    order = _order_of(item.message)
    whose = item.message.recipient
    person = Person.objects.filter(pk=whose).first() if whose else None
    if order is None or person is None:
        return
    actor = person_actor(person, door="voice")
    if item.answer == "sign":
        _try(lambda: sign_order(actor, order=order, source="voice"))
    else:
        _try(lambda: decline_order(actor, order=order, reason=BY_KEY, source="voice"))


def _try(deed: Callable[[], object]) -> None:
    # The order may have moved on meanwhile (signed on the phone page, recalled): the receipt stands, and so does it.
    try:
        with transaction.atomic():
            deed()
    except Refusal:
        return


def _order_of(message: Message) -> Order | None:
    if message.subject_type != "operations.order":
        return None
    rows = Order.objects.select_related("unit__agency", "matter__agency", "matter__station")
    return rows.filter(pk=message.subject_id).first()


@news.listen(MessageFailed)
def on_failed(item: MessageFailed) -> None:
    """No channel is left. An open page may still have the order, so the desk is told when its time has passed.

    Where no channel is set up at all, orders live on the phone page, and only the ladder watches them.
    """
    message = item.message
    order = _order_of(message)
    if order is not None and message.template == "order.new" and ways_out():
        agency = order.matter.agency
        wait_s = limit_for(order.matter.category, agency.zone if agency else "").delivered_s
        schedule(
            "order.unreachable",
            due_at=max(clock.now(), order.ordered_at + timedelta(seconds=wait_s)),
            payload={"order": str(order.pk)},
            key=f"order:{order.pk}:unreachable",
        )
    elif order is not None and message.template == "order.recalled" and ways_out():
        text = f"撤回派警的消息未能送达{order.unit.call_sign}，请用电台或电话通知。"
        write_note(CHANNELS, matter=order.matter, text=text)
    elif message.subject_type == "matters.handover":
        ticket = Handover.objects.select_related("matter", "to_agency").filter(pk=message.subject_id).first()
        if ticket is not None and ticket.state in ("sent", "accepted"):
            text = f"移交通知未能送达{ticket.to_agency.name}，请电话联系。"
            write_note(CHANNELS, matter=ticket.matter, text=text)


@job("order.unreachable")
def run_unreachable(payload: dict[str, str]) -> None:
    """Tell the desk, unless the order has reached somebody meanwhile."""
    rows = Order.objects.select_related("unit__agency", "matter__agency", "matter__station")
    order = rows.filter(pk=payload["order"], state="ordered").first()
    if order is not None and not _reached(order):
        say_unreachable(CHANNELS, order=order)


def _reached(order: Order) -> bool:
    """Whether some message of this order is with a gateway or its recipient: then the ladder's own times hold."""
    rows = Message.objects.filter(subject_type="operations.order", subject_id=str(order.pk), template="order.new")
    return rows.filter(state__in=("queued", "sent", "delivered")).exists()


@act("order.unreachable", zh="派警未能送达", en="say that an order reached nobody", about="order")
def say_unreachable(actor: Actor, *, order: Order) -> Order:
    """No channel could deliver the order: a warning on the call, seen by the desk at once. Said twice, it is once."""
    try:
        with transaction.atomic():
            Escalation.objects.create(order=order, step="unreachable", at=clock.now())
    except IntegrityError:
        return order
    facts = {"call_sign": order.unit.call_sign}
    words = Refusal("order.not_reached", **facts).words
    warning = {"code": "order.not_reached", "zh": words.zh, "en": words.en, "facts": facts}
    kept = Matter.objects.values_list("warnings", flat=True).get(pk=order.matter_id)
    Matter.objects.filter(pk=order.matter_id).update(warnings=[*kept, warning], version=F("version") + 1)
    order.matter.refresh_from_db()
    return order
