"""Which ways out there are."""

from __future__ import annotations

from linli.kernel.errors import NotFound
from linli.works.channels.models import ChannelConfig


def ways_out() -> list[ChannelConfig]:
    """Every enabled channel, in the order in which one stands in for another."""
    return list(ChannelConfig.objects.filter(enabled=True))


def channel_named(name: str) -> ChannelConfig:
    """The channel of this name, enabled or not; NotFound otherwise."""
    found = ChannelConfig.objects.filter(name=name).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found
