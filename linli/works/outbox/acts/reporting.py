"""What became of a message: told by the gateway in a signed receipt, or by our own sender when it gives up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.works.channels.models import ChannelConfig
from linli.works.channels.rules.shapes import KEYPAD
from linli.works.channels.rules.signing import is_genuine
from linli.works.outbox.acts.queueing import let_another_stand_in
from linli.works.outbox.models import MESSAGE_LIFE, Message
from linli.works.outbox.queries import message_of_receipt
from linli.works.outbox.rules.texts import has_keypad

declare("receipt.forged", zh="回执签名不符，未采用。", en="The receipt's signature does not hold; nothing was changed.")
declare("receipt.unreadable", zh="回执内容无法识别：{why}。", en="The receipt cannot be read: {why}.")
declare("receipt.unknown_message", zh="没有这条消息的发送记录。", en="No such message went out on this channel.")


@dataclass(frozen=True, slots=True)
class MessageDelivered:
    """News: the gateway says that the message is with its recipient."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """News: the message did not arrive and nothing stands in for it."""

    message: Message
    why: str


@dataclass(frozen=True, slots=True)
class MessageAnswered:
    """News: the recipient pressed a key; ``answer`` is sign or decline."""

    message: Message
    answer: str


@act("message.report", zh="消息回执", en="report on a message", keeps=("state", "key"), about="message")
def report_message(actor: Actor, *, message: Message, state: str, key: str = "", why: str = "") -> Message:
    """Write down what became of a message: ``delivered`` or ``failed``, and the key that was pressed. Said twice,
    it is once.

    For one that failed another channel of the same person stands in; where there is none, that is news for the desk.
    """
    now = clock.now()
    if state == "delivered" and message.state != "delivered":
        take(message, MESSAGE_LIFE, "deliver", delivered_at=now)
        news.announce(MessageDelivered(message))
    elif state == "failed" and message.state in ("queued", "sent"):
        take(message, MESSAGE_LIFE, "fail", failed_at=now, last_error=why[:300])
        if not let_another_stand_in(message):
            news.announce(MessageFailed(message, why))
    fresh = Message.objects.filter(pk=message.pk).exclude(answer=key)
    if key and has_keypad(message.template) and fresh.update(answer=key):
        message.answer = key
        news.announce(MessageAnswered(message, KEYPAD[key]))
    return message


def take_receipt(*, channel: str, raw: bytes, at_s: str, signature: str) -> Message:
    """Take a gateway's signed receipt: ``{"id" | "gateway_id", "state": delivered | failed, "key"?, "why"?}``.

    Raises NotAllowed ``receipt.forged`` before anything is read, Invalid when it makes no sense. A repeated receipt
    changes nothing and is answered like the first.
    """
    config = ChannelConfig.objects.filter(name=channel, enabled=True).first()
    secret = config.receipt_secret if config else ""
    if not is_genuine(raw, secret=secret, at_s=at_s, signature=signature, now_s=clock.now().timestamp()):
        raise NotAllowed("receipt.forged")
    told = _read(raw)
    message = message_of_receipt(channel, str(told.get("id", "")), str(told.get("gateway_id", "")))
    if message is None:
        raise Invalid("receipt.unknown_message", field="id")
    state, key = str(told["state"]), str(told.get("key", ""))
    if message.state in (state, "delivered") and (not key or key == message.answer):
        return message
    try:
        return report_message(
            system(f"channel:{channel}"), message=message, state=state, key=key, why=str(told.get("why", ""))
        )
    except Conflict:
        # The same receipt in flight twice: the other has just done it.
        return message


def _read(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError as broken:
        raise Invalid("receipt.unreadable", why="JSON") from broken
    if not isinstance(told, dict) or told.get("state") not in ("delivered", "failed"):
        raise Invalid("receipt.unreadable", why="state")
    if str(told.get("key", "")) not in ("", *KEYPAD):
        raise Invalid("receipt.unreadable", why="key")
    return told
