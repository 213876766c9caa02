"""DingTalk, Feishu and mail: apprise speaks them all, behind our one port."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from linli.kernel.late import late
from linli.works.channels.rules.shapes import NotSent, Parcel, Sent, with_link

if TYPE_CHECKING:
    import apprise
else:
    apprise = late("apprise")


def carry_by_apprise(address: str, parcel: Parcel) -> Sent:
    """Send over an apprise address; ``{to}`` in it is replaced by the recipient. Raises NotSent. It gives no number
    back.

    apprise waits 4 s to connect and 4 s for an answer unless the address says otherwise (``cto``, ``rto``).
    """
    sender = apprise.Apprise()
    if not sender.add(address.replace("{to}", quote(parcel.to, safe="@+"))):
        raise NotSent("apprise cannot read the channel's address", for_good=True)
    with apprise.LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call]  # apprise types the rest
        if sender.notify(body=with_link(parcel), title=parcel.text[:32]):
            return Sent()
        words = said.getvalue().strip().splitlines()
    raise NotSent(words[-1] if words else "apprise could not send it")
