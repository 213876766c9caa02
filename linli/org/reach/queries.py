"""By which channels a person can be reached, and what became of his last test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linli.kernel.words import Words
from linli.org.people.models import Person
from linli.works.channels.models import ChannelConfig
from linli.works.channels.queries import addresses_by_channel, order_for, orders_for, ways_out
from linli.works.channels.rules.shapes import ADDRESS_OF, KINDS
from linli.works.outbox.models import MESSAGE_LIFE, Message

TEST = "alert.test"
_READ = tuple(kind for kind in ADDRESS_OF if kind != "voice")
_RECEIPTS = ("sms", "voice", "wecom_app")


@dataclass(frozen=True, slots=True)
class Way:
    """One channel by which a person can be reached; ``may_move``: he may put it elsewhere. ``test`` is his last."""

    config: ChannelConfig
    words: Words
    may_move: bool
    test: Message | None

    @property
    def outcome(self) -> Words:
        """What became of the last test, in words."""
        if self.test is None:
            return Words("还没有测试", "not tested yet")
        if self.test.state == "sent" and not self.has_receipts:
            return Words("已发出（此通道没有回执，请看手机）", "sent (no receipts on this channel: look at the phone)")
        return MESSAGE_LIFE.state(self.test.state).words

    @property
    def has_receipts(self) -> bool:
        """Whether this channel says when a message has arrived."""
        return bool(self.config.receipt_secret) or self.config.kind in _RECEIPTS[:2]


def addresses_of(person: Person) -> dict[str, str]:
    """A person's addresses by enabled channel. Only for sending: never shown."""
    return addresses_by_channel(wecom=person.wecom_id, phone=person.phone)


def written_to(person: Person) -> dict[str, str]:
    """A person's addresses where something can be read, by channel in the order in which he is tried: nobody's
    telephone rings for what can wait until it is read. Only for sending.
    """
    held = addresses_by_channel(wecom=person.wecom_id, phone=person.phone, kinds=_READ)
    return {name: held[name] for name in order_for(person.pk) if name in held}


def written_to_all(people: Sequence[Person]) -> dict[UUID, dict[str, str]]:
    """The same for many, in three questions; those whom no channel reaches are left out."""
    ways, orders = ways_out(), orders_for([person.pk for person in people])
    found: dict[UUID, dict[str, str]] = {}
    for person in people:
        held = addresses_by_channel(wecom=person.wecom_id, phone=person.phone, kinds=_READ, ways=ways)
        if held:
            found[person.pk] = {name: held[name] for name in orders[person.pk] if name in held}
    return found


def ways_to(person: Person) -> list[Way]:
    """The channels that reach a person, in the order in which they are tried."""
    held = addresses_of(person)
    configs = {row.name: row for row in ways_out()}
    tests: dict[str, Message] = {}
    for row in Message.objects.filter(template=TEST, recipient=person.pk).order_by("queued_at"):
        tests[row.channel] = row
    names = [name for name in order_for(person.pk) if name in held]
    return [Way(configs[name], KINDS[configs[name].kind], configs[name].own_order, tests.get(name)) for name in names]


def first_way(person: Person, usual: str) -> str:
    """The channel that rings first: his own choice, else ``usual``. Without a word of his own nothing changes."""
    held = addresses_of(person)
    names = [name for name in order_for(person.pk) if name in held]
    bureau = [row.name for row in ways_out() if row.name in held]
    return names[0] if names and names != bureau else usual
