"""Configuring a way out, by the administrator."""

from __future__ import annotations

from datetime import time
from typing import Any
from urllib.parse import urlsplit

from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.works.channels.models import ChannelConfig
from linli.works.channels.rules.shapes import BY_APPRISE, KINDS

declare("channel.unknown_kind", zh="没有“{kind}”这类通道。", en="There is no kind of channel {kind}.")
declare(
    "channel.bad_url",
    zh="通道地址须以http://或https://开头。",
    en="A channel's address begins with http:// or https://.",
)
declare("channel.no_secret", zh="通道“{channel}”缺少密钥。", en="The channel {channel} has no secret.")


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
) -> ChannelConfig:
    """Set up or change the way out called ``channel``; blank secrets leave those that are there.

    ``quiet`` are the hours (Asia/Shanghai) in which messages that are not urgent wait. Raises Invalid on what
    cannot work.
    """
    if kind not in KINDS:
        raise Invalid("channel.unknown_kind", kind=kind, field="kind")
    if kind not in BY_APPRISE and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise Invalid("channel.bad_url", field="url")
    row = ChannelConfig.objects.filter(name=channel).first() or ChannelConfig(name=channel, version=0)
    row.kind, row.url, row.enabled, row.place = kind, url, enabled, place
    row.options = options if options is not None else row.options
    row.quiet_from, row.quiet_until = quiet or (None, None)
    if secret:
        row.set_secret(secret)
    if receipt_secret:
        row.set_receipt_secret(receipt_secret)
    if not row.secret_sealed and kind != "wecom_robot":
        raise Invalid("channel.no_secret", channel=channel, field="secret")
    row.version += 1
    row.save()
    return row
