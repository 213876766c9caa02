"""Testing one's alert: a message on every channel that should reach a person, each with what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linli.kernel.acts import act
from linli.kernel.errors import Conflict, declare
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.org.people.acts import home_of
from linli.org.people.models import Person
from linli.org.reach.queries import TEST, addresses_of, written_to, written_to_all
from linli.works.outbox.acts.queueing import queue_message, store, store_many
from linli.works.outbox.models import Message

declare(
    "reach.nothing",
    zh="没有能联系到{name}的通道：请登记手机号或企业微信账号，并由管理员启用通道。",
    en="No channel reaches {name}: enter a telephone number or WeCom user, and enable a channel.",
)
declare("reach.not_you", zh="这里只能测试自己的提醒。", en="Here one tests one's own alert only.")
declare("reach.waits", zh="上一次测试还没有发完，请稍候。", en="The last test is still going out.")


@act("reach.test_own", zh="测试我的提醒", en="test my alert", about="person")
def try_my_alert(actor: Actor, *, person: Person) -> Person:
    """Send the test sentence to oneself on every channel; no channel stands in for another, each answers for itself."""
    if person.pk != actor.id:
        raise Conflict("reach.not_you")
    _send(person)
    return person


@act(
    "reach.test",
    zh="测试他人的提醒",
    en="test somebody's alert",
    about="person",
    within=lambda facts: home_of(facts["person"]),
)
def try_alert_of(actor: Actor, *, person: Person) -> Person:
    """The same for somebody whose alerts one looks after."""
    _send(person)
    return person


def _send(person: Person) -> None:
    held = addresses_of(person)
    if not held:
        raise Conflict("reach.nothing", name=person.name)
    if Message.objects.filter(template=TEST, recipient=person.pk, state="queued").exists():
        raise Conflict("reach.waits")
    for channel, address in held.items():
        queue_message(
            channel=channel,
            template=TEST,
            address=address,
            body={"channel": channel},
            subject_type="org.person",
            subject_id=str(person.pk),
            recipient=person.pk,
        )


def let_know(
    person: Person,
    *,
    template: str,
    body: dict[str, Any],
    subject_type: str,
    subject_id: str,
    key: uuid.UUID | None = None,
) -> Message | None:
    """Queue a written message on the channel that the person reads first; the others stand in. None where no enabled
    channel reaches him. Part of the caller's deed. With a ``key`` a deed that is done twice sends one.
    """
    held = written_to(person)
    if not held:
        return None
    message = Message(
        id=key or new_id(),
        channel=next(iter(held)),
        template=template,
        recipient=person.pk,
        body=body,
        subject_type=subject_type,
        subject_id=subject_id,
    )
    return store(message, held)


@dataclass(frozen=True, slots=True)
class Word:
    """What one of many is told: about which row of his, under which key."""

    person: Person
    subject_id: str
    key: uuid.UUID


def let_all_know(words: Sequence[Word], *, template: str, body: dict[str, Any], subject_type: str) -> None:
    """:func:`let_know` for many in a few statements; whom no channel reaches is left out."""
    held = written_to_all([word.person for word in words])
    store_many(
        [
            (
                Message(
                    id=word.key,
                    channel=next(iter(held[word.person.pk])),
                    template=template,
                    recipient=word.person.pk,
                    body=body,
                    subject_type=subject_type,
                    subject_id=word.subject_id,
                ),
                held[word.person.pk],
            )
            for word in words
            if word.person.pk in held
        ]
    )
