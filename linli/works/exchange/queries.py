"""Which peers there are, what waits for them, which numbers are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from linli.kernel.errors import NotFound
from linli.kernel.kept import Kept
from linli.works.exchange.models import Bundle, Item, Peer, Received
from linli.works.exchange.rules.envelope import gaps, utc
from linli.works.exchange.rules.mapping import as_ours, read_field_map

_ENABLED: Kept[list[Peer]] = Kept(
    lambda: list(Peer.objects.filter(enabled=True).order_by("name")), changed_by=("peer.",)
)
"""Every call and every step asks whom to tell."""


def peer_named(name: str) -> Peer:
    """The peer of this name, enabled or not; NotFound otherwise."""
    found = Peer.objects.filter(name=name).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found


def peers(kind: str = "") -> list[Peer]:
    """Every enabled peer, or those of one kind."""
    rows = Peer.objects.filter(enabled=True).order_by("name")
    return list(rows.filter(kind=kind) if kind else rows)


_ENABLED = Kept(lambda: list(Peer.objects.filter(enabled=True)), changed_by=("peer.",))


def peers_told(external_source: str) -> list[Peer]:
    """Who is told the state of an incident from this source: its own system, and peers that want all."""
    return [row for row in _ENABLED.get() if row.wants_all or (external_source and row.name == external_source)]


def peers_for_agency(code: str) -> list[Peer]:
    """The systems that speak for a partner agency."""
    return [peer for peer in _ENABLED.get() if code and peer.agency_code == code]


def key_of(sender: str) -> tuple[str, str] | None:
    """The key of an enabled peer and what it calls us; None for a stranger."""
    peer = Peer.objects.filter(name=sender, enabled=True).first()
    return (peer.key, peer.our_name) if peer else None


def in_our_words(source: str, sent: dict[str, Any]) -> dict[str, Any]:
    """A body that a machine sent, under our names and codes when its system is a registered peer with a field map."""
    peer = next((one for one in _ENABLED.get() if one.name == source and one.field_map), None)
    return as_ours(sent, read_field_map(peer.field_map)) if peer else sent


def missing_numbers(peer: Peer) -> list[int]:
    """Numbers of bundles that a peer has sent and that never came."""
    return gaps(Received.objects.filter(peer=peer, done_at__isnull=False).values_list("sequence", flat=True))


def as_sent(item: Item) -> dict[str, Any]:
    """An item as it stands in a bundle."""
    return {
        "id": str(item.pk),
        "kind": item.kind,
        "sharedIncidentId": item.shared_id,
        "at": utc(item.queued_at),
        item.kind: item.body,
    }


def items_of(bundle: Bundle) -> list[dict[str, Any]]:
    """What a bundle holds, in the order in which it was queued."""
    return [as_sent(item) for item in bundle.items.order_by("queued_at", "id")]


@dataclass(frozen=True, slots=True)
class PeerState:
    """How the exchange with a peer does: items that wait to be bundled, bundles on their way, the last error, numbers
    of the peer that never came.
    """

    waiting: int
    on_the_way: int
    refused: int
    last_sent_at: datetime | None
    last_received_at: datetime | None
    last_error: str
    missing: list[int]


def peer_state(peer: Peer) -> PeerState:
    """How the exchange with a peer does."""
    bundles = Bundle.objects.filter(peer=peer)
    return PeerState(
        waiting=Item.objects.filter(peer=peer, bundle__isnull=True).count(),
        on_the_way=bundles.filter(state__in=("made", "handed_over")).count(),
        refused=bundles.filter(state="refused").count(),
        last_sent_at=bundles.aggregate(at=Max("handed_over_at"))["at"],
        last_received_at=Received.objects.filter(peer=peer).aggregate(at=Max("received_at"))["at"],
        last_error=bundles.exclude(last_error="").order_by("-sequence").values_list("last_error", flat=True).first()
        or "",
        missing=missing_numbers(peer),
    )
