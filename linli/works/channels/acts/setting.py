"""Configuring a way out, by the administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.works.channels.models import ChannelConfig, Wish
from linli.works.channels.rules.shapes import BY_APPRISE, KINDS

declare("channel.unknown_kind", zh="没有“{kind}”这类通道。", en="There is no kind of channel {kind}.")
declare(
    "channel.bad_url",
    zh="通道地址须以http://或https://开头。",
    en="A channel's address begins with http:// or https://.",
)
declare("channel.unknown", zh="没有通道“{channel}”。", en="There is no channel {channel}.")
declare("channel.language", zh="消息只有中文和英文。", en="Messages are in Chinese or English.")
declare("channel.no_secret", zh="通道“{channel}”缺少密钥。", en="The channel {channel} has no secret.")

LANGUAGES = ("zh", "en")


@act("channel.set", zh="设置消息通道", en="set up a channel", keeps=("channel", "kind", "enabled", "place"))
def set_channel(
    actor: Actor,
    *,
    channel: str,
    kind: str,
    url: str = "",
    secret: str = "",
    receipt_secret: str = "",
    options: dict[str, Any] | None = None,
    enabled: bool = True,
    place: int = 1,
    quiet: tuple[time, time] | None = None,
    own_order: bool = True,
) -> ChannelConfig:
    """Set up or change the way out called ``channel``; blank secrets leave those that are there.

    With ``own_order`` people may put it before or behind others; without, it keeps its place for everybody.
    ``quiet`` are the hours (Asia/Shanghai) in which messages that are not urgent wait. Raises Invalid on what
    cannot work.
    """
    if kind not in KINDS:
        raise Invalid("channel.unknown_kind", kind=kind, field="kind")
    if kind not in {*BY_APPRISE, "group"} and (
        urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname
    ):
        raise Invalid("channel.bad_url", field="url")
    row = ChannelConfig.objects.filter(name=channel).first() or ChannelConfig(name=channel, version=0)
    row.kind, row.url, row.enabled, row.place, row.own_order = kind, url, enabled, place, own_order
    row.options = options if options is not None else row.options
    row.quiet_from, row.quiet_until = quiet or (None, None)
    if secret:
        row.set_secret(secret)
    if receipt_secret:
        row.set_receipt_secret(receipt_secret)
    if not row.secret_sealed and kind not in ("wecom_robot", "group"):
        raise Invalid("channel.no_secret", channel=channel, field="secret")
    row.version += 1
    row.save()
    return row


def open_group_channel(channel: str) -> ChannelConfig:
    """The one way out to chat groups, made with the first group; it needs no gateway of ours. Part of the act of a
    group.
    """
    made, _ = ChannelConfig.objects.get_or_create(name=channel, defaults={"kind": "group", "place": 99})
    return made


@act("channel.wish", zh="设置接收顺序", en="choose how one is reached", keeps=("order", "language"))
def wish_channels(
    actor: Actor,
    *,
    order: Sequence[str],
    language: str = "zh",
    quiet: tuple[time, time] | None = None,
) -> Wish:
    """One's own order of channels, language and quiet hours for what is not urgent; names that nobody knows are
    refused.
    """
    if language not in LANGUAGES:
        raise Invalid("channel.language", field="language", language=language)
    known = set(ChannelConfig.objects.exclude(kind="group").values_list("name", flat=True))
    for name in order:
        if name not in known:
            raise Invalid("channel.unknown", field="order", channel=name[:20])
    row, _ = Wish.objects.get_or_create(recipient=actor.id)
    row.channels, row.language = list(dict.fromkeys(order)), language
    row.quiet_from, row.quiet_until = quiet or (None, None)
    row.version += 1
    row.save()
    return row
