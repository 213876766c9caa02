"""What waits to go out, and what a receipt is about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from linli.kernel.scope import Actor
from linli.works.channels.rules.breaker import LEFT_ALONE
from linli.works.outbox.models import Message
from linli.works.outbox.rules.texts import good_for_s

_RESIDENTS = "/door"


def oldest_unsent_at() -> datetime | None:
    """When the oldest message that still waits was queued, or None: the one figure that says whether sending works."""
    return Message.objects.filter(state="queued").order_by("queued_at").values_list("queued_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel does: what waits and since when, what went and failed in the last hour, what it said last.

    ``left_alone``: its gateway has failed three times in a row, and what waits is not tried for some seconds.
    """

    waiting: int
    oldest_at: datetime | None
    left_alone: bool
    sent: int
    failed: int
    last_sent_at: datetime | None
    last_error: str


def channel_state(channel: str, at: datetime) -> ChannelState:
    """How a channel does at a moment."""
    rows = Message.objects.filter(channel=channel)
    waiting = rows.filter(state="queued")
    hour = timedelta(hours=1)
    told = waiting.exclude(last_error="").order_by("-queued_at").values_list("last_error", flat=True).first()
    ended = rows.filter(state="failed").order_by("-failed_at").values_list("last_error", flat=True).first()
    return ChannelState(
        waiting=waiting.count(),
        oldest_at=waiting.order_by("queued_at").values_list("queued_at", flat=True).first(),
        left_alone=waiting.filter(last_error=LEFT_ALONE).exists(),
        sent=rows.filter(sent_at__gt=at - hour).count(),
        failed=rows.filter(failed_at__gt=at - hour).count(),
        last_sent_at=rows.filter(sent_at__isnull=False).order_by("-sent_at").values_list("sent_at", flat=True).first(),
        last_error=told or ended or "",
    )


def recent_messages(actor: Actor, *, channel: str, limit: int = 20) -> list[Message]:
    """The latest messages of a channel, for who looks after channels: states and errors, never to whom."""
    return list(Message.objects.visible_to(actor).filter(channel=channel).order_by("-queued_at")[:limit])


def message_of_receipt(channel: str, message_id: str, gateway_id: str) -> Message | None:
    """The message of a channel that a receipt names by our key, else by the gateway's own number."""
    rows = Message.objects.filter(channel=channel)
    try:
        key = uuid.UUID(message_id)
    except ValueError:
        key = None
    if key is not None:
        return rows.filter(pk=key).first()
    return rows.filter(gateway_id=gateway_id).order_by("-queued_at").first() if gateway_id else None


def waits_behind_another(message: Message) -> bool:
    """Whether an earlier message about the same subject to the same person on this channel has not gone yet.

    "Your order is recalled" must never come before the order.
    """
    earlier = Message.objects.filter(
        subject_type=message.subject_type,
        subject_id=message.subject_id,
        channel=message.channel,
        recipient=message.recipient,
        state="queued",
    )
    before = Q(queued_at__lt=message.queued_at) | Q(queued_at=message.queued_at, pk__lt=message.pk)
    return message.recipient is not None and earlier.filter(before).exists()


def is_stale(message: Message, at: datetime) -> bool:
    """Whether a message has waited so long that it would only mislead whoever gets it."""
    return (at - message.queued_at).total_seconds() > good_for_s(message.template)


def is_on_its_way(*, template: str, channel: str, subject_type: str, subject_id: str, recipient: uuid.UUID) -> bool:
    """Whether this person has been sent this about this subject on this channel already, and it has not failed."""
    rows = Message.objects.filter(subject_type=subject_type, subject_id=subject_id, template=template)
    return rows.filter(channel=channel, recipient=recipient).exclude(state="failed").exists()


def public_link(path: str) -> str:
    """A path of ours as a link that opens from outside; empty while LINLI_PUBLIC_URL names no address. Residents' pages
    open where residents reach us (LINLI_RESIDENTS_URL).
    """
    theirs = path.startswith(_RESIDENTS) and settings.LINLI_RESIDENTS_URL
    base = str(theirs or settings.LINLI_PUBLIC_URL).rstrip("/")
    return f"{base}{path}" if base and path else ""
