"""Queueing a message in the act's transaction. Sending is the worker's job: a dead channel never slows the desk."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Refusal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.works.channels.models import ChannelConfig
from linli.works.channels.queries import order_for
from linli.works.jobs.acts import schedule, schedule_many
from linli.works.jobs.models import Job
from linli.works.outbox.models import Message
from linli.works.outbox.queries import is_stale
from linli.works.outbox.rules.failing import stand_in
from linli.works.outbox.rules.texts import is_for_groups

_STAND_IN = uuid.UUID("0f3c9d3e-7d5b-5a53-8a0f-6c696e6c6902")


def queue_message(
    *,
    channel: str,
    template: str,
    address: str,
    body: dict[str, Any],
    subject_type: str,
    subject_id: str,
    others: dict[str, str] | None = None,
    recipient: uuid.UUID | None = None,
) -> Message:
    """Store the message and the job that sends it, in the caller's transaction.

    ``others`` are the same person's addresses on other channels, which stand in when this one cannot; ``recipient``
    is the person's key: whose order it is when a key is pressed on the telephone.
    """
    return store(
        Message(
            id=new_id(),
            channel=channel,
            template=template,
            recipient=recipient,
            body=body,
            subject_type=subject_type,
            subject_id=subject_id,
        ),
        {**(others or {}), channel: address},
    )


def queue_to_group(
    *,
    channel: str,
    template: str,
    address: str,
    body: dict[str, Any],
    subject_type: str,
    subject_id: str,
    group: uuid.UUID,
) -> Message:
    """Store a message to everybody in a chat group; ``group`` is the group's key.

    A text that was not declared for groups is a fault of the house and raises RuntimeError: nothing personal may be
    read by a whole village.
    """
    if not is_for_groups(template):
        raise RuntimeError(f"{template} is not declared for groups")
    return queue_message(
        channel=channel,
        template=template,
        address=address,
        body=body,
        subject_type=subject_type,
        subject_id=subject_id,
        recipient=group,
    )


def store(message: Message, addresses: dict[str, str]) -> Message:
    """Write a message and its job. A message with this key that is there already stays as it is."""
    message.set_addresses(addresses)
    message.queued_at = clock.now()
    Message.objects.bulk_create([message], ignore_conflicts=True)
    send_at(message, clock.now())
    return message


def store_many(messages: Sequence[tuple[Message, dict[str, str]]]) -> None:
    """The same for many at once: two writes, however many there are."""
    now = clock.now()
    for message, addresses in messages:
        message.set_addresses(addresses)
        message.queued_at = now
    Message.objects.bulk_create([message for message, _ in messages], ignore_conflicts=True)
    schedule_many([_sending(message, now) for message, _ in messages])


def _sending(message: Message, due_at: datetime) -> Job:
    return Job(
        name="outbox.send",
        lane=lane_of(message.channel),
        key=f"outbox:{message.pk}",
        payload={"message": str(message.pk)},
        due_at=due_at,
        created_at=clock.now(),
    )


def send_at(message: Message, due_at: datetime) -> None:
    """Plan the sending: one lane for each channel."""
    schedule(
        "outbox.send",
        due_at=due_at,
        payload={"message": str(message.pk)},
        key=f"outbox:{message.pk}",
        lane=lane_of(message.channel),
    )


def let_another_stand_in(message: Message) -> bool:
    """Queue the same message on the next channel that this person has; False when none is left.

    The new key follows from the message and the channel: done again after a crash, it finds the row of the first time.
    """
    try:
        addresses = message.addresses
    except Refusal:
        return False
    if is_stale(message, clock.now()):
        return False
    tried = [*message.tried, message.channel]
    other = stand_in(order_for(message.recipient), addresses, tried)
    if other is None:
        return False
    again = Message(
        id=uuid.uuid5(_STAND_IN, f"{message.pk}:{other}"),
        channel=other,
        template=message.template,
        recipient=message.recipient,
        body=message.body,
        subject_type=message.subject_type,
        subject_id=message.subject_id,
        tried=tried,
        instead_of=message,
    )
    store(again, addresses)
    return True


def lane_of(channel: str) -> str:
    """The lane of a channel's jobs."""
    return f"send:{channel}"


@act("channel.test", zh="测试消息通道", en="test a channel", keeps=("channel",))
def try_channel(actor: Actor, *, channel: ChannelConfig, address: str, subject_id: str = "") -> Message:
    """Send a test message to an address ("test my alert"); its receipt shows in the list of messages. No other
    channel stands in.
    """
    return queue_message(
        channel=channel.name,
        template="channel.test",
        address=address,
        body={"channel": channel.name},
        subject_type="works.channelconfig",
        subject_id=subject_id or str(channel.pk),
    )
