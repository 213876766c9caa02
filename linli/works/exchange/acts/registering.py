"""Registering a peer, by the administrator."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.works.exchange.models import Peer
from linli.works.exchange.rules.mapping import read_field_map
from linli.works.jobs.acts import schedule

declare("peer.unknown_kind", zh="对接方式只能是http或files。", en="A peer is connected by http or by files.")
declare(
    "peer.bad_url", zh="对接地址须以http://或https://开头。", en="A peer's address begins with http:// or https://."
)
declare(
    "peer.no_key",
    zh="对接“{peer}”须有至少16个字符的密钥。",
    en="The peer {peer} needs a key of at least 16 characters.",
)
declare(
    "peer.no_folder",
    zh="文件夹“{folder}”不存在或不是绝对路径。",
    en="The folder {folder} is missing, or no absolute path.",
)

_SHORTEST_KEY = 16


@act("peer.register", zh="登记对接系统", en="register a peer", keeps=("peer", "kind", "wants_all", "enabled"))
def register_peer(
    actor: Actor,
    *,
    peer: str,
    kind: str,
    our_name: str = "linli",
    url: str = "",
    key: str = "",
    inbox: str = "",
    outbox: str = "",
    field_map: str = "",
    wants_all: bool = False,
    agency_code: str = "",
    enabled: bool = True,
) -> Peer:
    """Register the system called ``peer``, or change it; a blank key leaves the one that is there.

    Raises Invalid on what cannot work: an address that is none, a folder that is missing, a field map that cannot
    be read.
    """
    if kind not in Peer.KINDS:
        raise Invalid("peer.unknown_kind", field="kind")
    if kind == "http" and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise Invalid("peer.bad_url", field="url")
    for folder in (inbox, outbox) if kind == "files" else ():
        if folder and not (Path(folder).is_absolute() and Path(folder).is_dir()):
            raise Invalid("peer.no_folder", folder=folder, field="inbox")
    read_field_map(field_map)
    row = Peer.objects.filter(name=peer).first() or Peer(name=peer, version=0)
    if len(key) < _SHORTEST_KEY and (key or not row.key_sealed):
        raise Invalid("peer.no_key", peer=peer, field="key")
    row.kind, row.our_name, row.url, row.inbox, row.outbox = kind, our_name, url, inbox, outbox
    row.field_map, row.wants_all, row.agency_code, row.enabled = field_map, wants_all, agency_code, enabled
    if key:
        row.set_key(key)
    row.version += 1
    row.save()
    if enabled and kind == "files" and inbox:
        look_at(row)
    return row


def look_at(peer: Peer) -> None:
    """Plan the looking into a peer's folder; it goes on by itself."""
    schedule(
        "exchange.look",
        due_at=clock.now(),
        payload={"peer": str(peer.pk)},
        key=f"exchange.look:{peer.pk}",
        lane=f"peer:{peer.name}",
    )
