"""The other side of an exchange: writes bundles as its system would, reads ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from linli.kernel import clock
from linli.kernel.scope import system
from linli.works.exchange.acts.carrying import hand_over_all
from linli.works.exchange.models import Bundle, Peer
from linli.works.exchange.rules.envelope import file_name, open_bundle, write_bundle

KEY = "a key of both sides, long enough"
BUREAU = "bureau110"


class Their:
    """The other side: writes bundles as its system would, reads ours."""

    def __init__(self, folder: Path, peer: str = BUREAU, key: str = KEY) -> None:
        self.inbox, self.outbox = folder / "in", folder / "out"
        self.inbox.mkdir()
        self.outbox.mkdir()
        self.peer, self.key, self.sequence = peer, key, 0

    def bundle(self, *items: dict[str, Any], sequence: int = 0, **other: Any) -> bytes:
        self.sequence = sequence or self.sequence + 1
        facts = {"sender": self.peer, "receiver": "linli", "key": self.key, **other}
        return write_bundle(sequence=self.sequence, made_at=clock.now(), items=list(items), **facts)

    def put(self, raw: bytes) -> Path:
        path = self.inbox / file_name(self.peer, self.sequence)
        path.write_bytes(raw)
        return path

    def send(self, *items: dict[str, Any], **more: Any) -> Path:
        return self.put(self.bundle(*items, **more))

    def ours(self) -> list[dict[str, Any]]:
        """Every item that we have written for them, opened with their key."""
        found: list[dict[str, Any]] = []
        for path in sorted(self.outbox.glob("*.json")):
            found += open_bundle(path.read_bytes(), key_of=lambda sender: (self.key, self.peer)).items
        return found


def written(peer: str = BUREAU) -> list[Bundle]:
    return hand_over_all(system("setup"), peer=Peer.objects.get(name=peer))
