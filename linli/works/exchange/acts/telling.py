"""Queueing what a peer is told, in the transaction of the act that it follows from."""

from __future__ import annotations

from typing import Any

from linli.kernel import clock
from linli.works.exchange.models import Bundle, Item, Peer
from linli.works.jobs.acts import schedule


def tell(peer: Peer, *, kind: str, shared_id: str, body: dict[str, Any]) -> Item:
    """Queue one item for a peer and plan the sending. Items of one incident arrive in the order in which they are
    queued.
    """
    item = Item.objects.create(peer=peer, kind=kind, shared_id=shared_id[:64], body=body, queued_at=clock.now())
    schedule(
        "exchange.send",
        due_at=clock.now(),
        payload={"peer": str(peer.pk)},
        key=send_key(peer),
        lane=f"peer:{peer.name}",
    )
    return item


def send_key(peer: Peer) -> str:
    """The key of a peer's sending job: one that waits is enough."""
    return f"exchange.send:{peer.pk}"


def forget_sealed(bundle: Bundle) -> None:
    """A bundle has been read there: what was sealed in it is kept here no longer, in the caller's transaction."""
    for item in Item.objects.filter(bundle=bundle, kind="table").only("pk", "body"):
        if item.body.pop("sealed", None) is not None:
            Item.objects.filter(pk=item.pk).update(body=item.body)
