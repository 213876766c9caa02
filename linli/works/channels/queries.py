"""Which ways out there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from linli.kernel.errors import NotFound
from linli.works.channels.models import ChannelConfig, Wish
from linli.works.channels.rules.ordering import own_order
from linli.works.channels.rules.shapes import ADDRESS_OF


def ways_out() -> list[ChannelConfig]:
    """Every enabled channel, in the order in which one stands in for another."""
    return list(ChannelConfig.objects.filter(enabled=True))


def channel_named(name: str) -> ChannelConfig:
    """The channel of this name, enabled or not; NotFound otherwise."""
    found = ChannelConfig.objects.filter(name=name).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found


def wish_of(recipient: uuid.UUID | None) -> Wish | None:
    """How a person wants to be reached, if he has said so. For the sender; pages read their own by ``visible_to``."""
    return Wish.objects.filter(recipient=recipient).first() if recipient else None


def order_for(recipient: uuid.UUID | None) -> list[str]:
    """The enabled channels in the order in which this person is tried."""
    wish = wish_of(recipient)
    return own_order([(row.name, row.own_order) for row in ways_out()], wish.channels if wish else [])


def orders_for(recipients: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The same for many, in two questions."""
    channels = [(row.name, row.own_order) for row in ways_out()]
    wished = dict(Wish.objects.filter(recipient__in=recipients).values_list("recipient", "channels"))
    return {one: own_order(channels, wished.get(one, [])) for one in recipients}


def addresses_by_channel(
    *, wecom: str, phone: str, kinds: tuple[str, ...] = (), ways: Sequence[ChannelConfig] | None = None
) -> dict[str, str]:
    """A person's addresses by the names of the enabled channels that can take them; of ``kinds`` only, if given.
    ``ways``: the ways out, where they are known already.
    """
    held = {"wecom": wecom, "phone": phone}
    known = ways_out() if ways is None else ways
    open_now = [row for row in known if row.kind in ADDRESS_OF and (not kinds or row.kind in kinds)]
    found = {row.name: held[ADDRESS_OF[row.kind]] for row in open_now}
    return {name: address for name, address in found.items() if address}


def has_way_out(kind: str) -> bool:
    """Whether a channel of this kind is enabled."""
    return ChannelConfig.objects.filter(kind=kind, enabled=True).exists()
