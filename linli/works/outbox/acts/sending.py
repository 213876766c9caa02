"""The job that hands a message to its gateway: outside every transaction, at least once, known to the gateway by
the message's key.

Read the message, ask the gateway, write what came of it: a crash after any of these steps leaves a job whose lease runs
out, and the next attempt either finds the message sent or sends it again under the same key.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F

from linli.kernel import clock
from linli.kernel.errors import Conflict, Refusal
from linli.kernel.scope import system
from linli.kernel.workflow import take
from linli.works.channels.acts.carrying import CARRIERS
from linli.works.channels.models import ChannelConfig
from linli.works.channels.queries import order_for, ways_out, wish_of
from linli.works.channels.rules.quiet import quiet_until
from linli.works.channels.rules.shapes import NotSent, Parcel, Sent
from linli.works.jobs.acts import SWEEP_AT_ONCE, Later, hourly, job
from linli.works.outbox.acts.reporting import report_message
from linli.works.outbox.models import MESSAGE_LIFE, Message
from linli.works.outbox.queries import is_stale, public_link, waits_behind_another
from linli.works.outbox.rules.failing import stand_in, tries_again, wait_s
from linli.works.outbox.rules.texts import has_keypad, is_urgent, text_of

log = structlog.get_logger(__name__)

SENDER = system("sender")
_BEHIND_S = 0.2
KEEP_MESSAGES = timedelta(days=183)


@job("outbox.send")
def send(payload: dict[str, Any]) -> None:
    """Hand one message over, or say what is done instead: another channel, another time, or that nobody was reached."""
    message = Message.objects.filter(pk=payload["message"]).first()
    if message is None or message.state != "queued":
        return
    if is_stale(message, clock.now()):
        report_message(SENDER, message=message, state="failed", why="too late to be of use")
        return
    if waits_behind_another(message):
        raise Later(clock.now() + timedelta(seconds=_BEHIND_S))
    channels = {config.name: config for config in ways_out()}
    config = channels.get(message.channel)
    if config is not None:
        _keep_quiet(config, message)
    order = order_for(message.recipient)
    try:
        parcel = _parcel(message)
        sent = _ask(config, parcel)
    except NotSent as failed:
        _cannot(message, failed, order)
    else:
        _done(message, sent)


def _keep_quiet(config: ChannelConfig, message: Message) -> None:
    if is_urgent(message.template):
        return
    now, wish = clock.shanghai(clock.now()), wish_of(message.recipient)
    for begins, ends in (
        (config.quiet_from, config.quiet_until),
        *([(wish.quiet_from, wish.quiet_until)] if wish else []),
    ):
        until_at = quiet_until(now, begins, ends)
        if until_at is not None:
            raise Later(until_at)


def _parcel(message: Message) -> Parcel:
    try:
        to = message.addresses.get(message.channel, "")
    except Refusal as sealed:
        raise NotSent(str(sealed), for_good=True) from sealed
    if not to:
        raise NotSent("no address on this channel", for_good=True)
    wish = wish_of(message.recipient)
    written, said = text_of(message.template, message.body, wish.language if wish else "zh")
    return Parcel(
        id=str(message.pk),
        to=to,
        text=written,
        link=public_link(str(message.body.get("link", ""))),
        say=said,
        keypad=has_keypad(message.template),
    )


def _ask(config: ChannelConfig | None, parcel: Parcel) -> Sent:
    if config is None:
        raise NotSent("this channel is not configured or not enabled", for_good=True)
    carrier = CARRIERS.of(config)
    give_back_connection()
    return carrier.send(parcel)


def give_back_connection() -> None:
    """Hold no pooled connection while waiting for the network: gateways that hang would use up the pool."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()


def _done(message: Message, sent: Sent) -> None:
    with transaction.atomic():
        try:
            take(message, MESSAGE_LIFE, "hand_over", sent_at=clock.now(), gateway_id=sent.gateway_id, last_error="")
        except Conflict:
            # Its receipt was quicker than we: keep the gateway's number and when it took over.
            Message.objects.filter(pk=message.pk, sent_at__isnull=True).update(
                sent_at=clock.now(), gateway_id=sent.gateway_id
            )


def _cannot(message: Message, failed: NotSent, order: list[str]) -> None:
    attempts = message.attempts + 1
    other = stand_in(order, _addresses(message), (*message.tried, message.channel))
    again = tries_again(attempts, urgent=is_urgent(message.template), for_good=failed.for_good, other=other)
    log.warning("message_not_sent", channel=message.channel, attempts=attempts, again=again, why=failed.why)
    with transaction.atomic():
        Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1, last_error=failed.why)
        message.refresh_from_db()
        if message.state == "queued" and not again:
            report_message(SENDER, message=message, state="failed", why=failed.why)
    if again:
        raise Later(clock.now() + timedelta(seconds=wait_s(attempts)))


def _addresses(message: Message) -> dict[str, str]:
    try:
        return message.addresses
    except Refusal:
        return {}


@hourly("outbox.sweep")
def sweep_messages(payload: dict[str, object]) -> None:
    """Forget messages after half a year (the Cybersecurity Law asks for six months of logs)."""
    old = Message.objects.filter(queued_at__lt=clock.now() - KEEP_MESSAGES).values_list("pk", flat=True)
    Message.objects.filter(pk__in=list(old[:SWEEP_AT_ONCE])).delete()
