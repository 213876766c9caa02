"""Reading what a peer has sent, as files or by HTTP: each bundle once, each item once; a bad file goes aside with the
reason beside it, a bad body is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, Refusal, declare
from linli.kernel.registry import Registry
from linli.kernel.scope import Actor, HeldPost, system
from linli.works.exchange.acts.telling import forget_sealed, tell
from linli.works.exchange.models import Bundle, Peer, Received, ReceivedItem
from linli.works.exchange.queries import key_of, missing_numbers, peer_named
from linli.works.exchange.rules.envelope import LARGEST_BYTES, Opened, open_bundle
from linli.works.jobs.acts import Later, job

log = structlog.get_logger(__name__)

declare("exchange.too_large", zh="文件超过{most}字节。", en="The file has more than {most} bytes.")
declare(
    "exchange.not_its_own",
    zh="数据包由“{sender}”签发，只能用它自己的令牌送来。",
    en="The bundle is signed by {sender}, and comes by its own token alone.",
)
declare("exchange.unknown_item", zh="不认识的内容类型“{kind}”。", en="There is no kind of item {kind}.")

Taker = Callable[[Actor, Peer, dict[str, Any]], str]
TAKERS: Registry[Taker] = Registry("kinds of exchanged items")
_LOOK_EVERY_S = 5


def takes(kind: str) -> Callable[[Taker], Taker]:
    """Register who takes items of a kind: given the peer as actor, the peer and the item, he returns the row's key
    or number.
    """

    def register(taker: Taker) -> Taker:
        return TAKERS.add(kind, taker)

    return register


@dataclass(slots=True)
class Outcome:
    """What a reading did: files by fate, items by what became of them, and the numbers that never came."""

    read: int = 0
    replayed: int = 0
    rejected: list[dict[str, str]] = field(default_factory=list)
    items: dict[str, int] = field(default_factory=dict)
    missing: dict[str, list[int]] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Take in what came of another folder."""
        self.read += other.read
        self.replayed += other.replayed
        self.rejected += other.rejected
        for name, count in other.items.items():
            self.items[name] = self.items.get(name, 0) + count
        self.missing |= other.missing

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "replayed": self.replayed,
            "rejected": self.rejected,
            "items": self.items,
            "missing": self.missing,
        }


def actor_of(peer: Peer) -> Actor:
    """The peer as an actor: a machine at the narrow post of an intake machine."""
    machine = system(peer.name)
    posts = (HeldPost("intake_machine", machine.id, "/"),)
    return Actor(id=machine.id, name=peer.name, kind="partner", posts=posts, door="files")


def read_folder(folder: Path) -> Outcome:
    """Read every bundle in a folder, in the order of the names; afterwards they lie in ``done`` or ``rejected``
    below it.
    """
    outcome = Outcome()
    heard: dict[str, Peer] = {}
    for path in sorted(folder.glob("*.json")):
        if not path.is_file() or path.name.startswith("."):
            continue
        try:
            opened = _open(path)
            peer = heard.setdefault(opened.sender, peer_named(opened.sender))
            fresh = _read_bundle(actor_of(peer), peer, opened, outcome)
        except Refusal as refused:
            _reject(path, refused, outcome)
            continue
        outcome.read += fresh
        outcome.replayed += not fresh
        _move(path, folder / "done")
    outcome.missing = {name: numbers for name, peer in heard.items() if (numbers := missing_numbers(peer))}
    return outcome


def read_posted(actor: Actor, raw: bytes) -> Outcome:
    """Read a bundle that its sender brings by HTTP, as a file of his would be read (ADR 0220). Raises NotAllowed when
    it is signed by another than who brings it, Invalid for what a file would be put aside for.
    """
    opened = open_bundle(raw, key_of=key_of)
    if actor.kind != "partner" or opened.sender != actor.name:
        raise NotAllowed("exchange.not_its_own", sender=opened.sender[:40])
    peer, outcome = peer_named(opened.sender), Outcome()
    fresh = _read_bundle(actor, peer, opened, outcome)
    outcome.read, outcome.replayed = int(fresh), int(not fresh)
    missing = missing_numbers(peer)
    outcome.missing = {peer.name: missing} if missing else {}
    return outcome


def _open(path: Path) -> Opened:
    if path.stat().st_size > LARGEST_BYTES:
        raise Invalid("exchange.too_large", most=LARGEST_BYTES)
    return open_bundle(path.read_bytes(), key_of=key_of)


def _read_bundle(actor: Actor, peer: Peer, opened: Opened, outcome: Outcome) -> bool:
    """Read one bundle; False when it had been read before. After a crash it goes on where it stopped."""
    with transaction.atomic():
        row, _ = Received.objects.get_or_create(
            peer=peer, sequence=opened.sequence, defaults={"digest": opened.digest, "received_at": clock.now()}
        )
    if row.digest != opened.digest:
        raise Invalid("exchange.reused", sequence=opened.sequence)
    if row.done_at is not None:
        return False
    answers = [_read_once(actor, peer, opened.sequence, item, outcome) for item in opened.items]
    with transaction.atomic():
        first = Received.objects.filter(pk=row.pk, done_at__isnull=True).update(done_at=clock.now())
        if first and any(item.get("kind") != "ack" for item in opened.items):
            rejected = [{"id": done.item_id, "why": done.why} for done in answers if done.outcome == "rejected"]
            tell(peer, kind="ack", shared_id="", body={"sequence": opened.sequence, "rejected": rejected})
    return True


def _read_once(actor: Actor, peer: Peer, sequence: int, item: dict[str, Any], outcome: Outcome) -> ReceivedItem:
    done = ReceivedItem.objects.filter(peer=peer, item_id=item["id"]).first()
    if done is None:
        try:
            done = read_item(actor, peer=peer, sequence=sequence, item=item, item_kind=str(item.get("kind", ""))[:20])
        except IntegrityError:
            # Two readers at one folder, or the same call by two ways: the other was first, ours is rolled back.
            done = ReceivedItem.objects.filter(peer=peer, item_id=item["id"]).first() or read_item(
                actor, peer=peer, sequence=sequence, item=item, item_kind=str(item.get("kind", ""))[:20]
            )
    outcome.items[done.outcome] = outcome.items.get(done.outcome, 0) + 1
    return done


@act("exchange.read", zh="接收交换数据", en="read from a peer", keeps=("peer", "sequence", "item_kind"))
def read_item(actor: Actor, *, peer: Peer, sequence: int, item: dict[str, Any], item_kind: str) -> ReceivedItem:
    """Do what one item asks for, and note it in the same transaction: so it is done once, whatever is sent again.

    An item that is refused is noted as rejected with the reason; its neighbours are read all the same.
    """
    row = ReceivedItem(
        peer=peer, item_id=item["id"], kind=item_kind, sequence=sequence, outcome="taken", at=clock.now()
    )
    try:
        with transaction.atomic():
            if item_kind not in TAKERS:
                raise Invalid("exchange.unknown_item", kind=item_kind)
            row.subject = TAKERS[item_kind](actor, peer, item)[:64]
    except Known as known:
        row.outcome, row.subject = "known", known.subject[:64]
    except Refusal as refused:
        row.outcome, row.why = "rejected", refused.words.zh[:300]
    row.save(force_insert=True)
    return row


class Known(Exception):
    """Raised by a taker: what the item tells is known already; ``subject`` is the row's number."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(subject)


@takes("ack")
def take_ack(actor: Actor, peer: Peer, item: dict[str, Any]) -> str:
    """The peer has read one of our bundles."""
    told = item.get("ack")
    sequence = told.get("sequence") if isinstance(told, dict) else None
    if not isinstance(sequence, int):
        raise Invalid("exchange.field", field="ack.sequence")
    rows = Bundle.objects.filter(peer=peer, sequence=sequence, acknowledged_at__isnull=True)
    for bundle in rows:
        forget_sealed(bundle)
    rows.update(state="acknowledged", acknowledged_at=clock.now())
    return str(sequence)


def _reject(path: Path, refused: Refusal, outcome: Outcome) -> None:
    words = refused.words
    log.warning("bundle_rejected", file=path.name, code=refused.code)
    outcome.rejected.append({"file": path.name, "code": refused.code, "zh": words.zh, "en": words.en})
    aside = _move(path, path.parent / "rejected")
    reason = {"code": refused.code, "zh": words.zh, "en": words.en, "at": clock.now().isoformat()}
    aside.with_name(f"{aside.name}.reason").write_text(json.dumps(reason, ensure_ascii=False, indent=1))


def _move(path: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    target, count = folder / path.name, 1
    while target.exists() and target.read_bytes() != path.read_bytes():
        target, count = folder / f"{path.stem}.{count}{path.suffix}", count + 1
    return path.replace(target)


@job("exchange.look")
def look(payload: dict[str, Any]) -> None:
    """Look into a files peer's inbox, again and again while it is enabled."""
    peer = Peer.objects.filter(pk=payload["peer"], enabled=True, kind="files").exclude(inbox="").first()
    if peer is None:
        return
    try:
        outcome = read_folder(Path(peer.inbox))
        if outcome.rejected or outcome.missing:
            log.warning("exchange_doubts", peer=peer.name, **outcome.as_json())
    except (OSError, Conflict) as failed:
        log.warning("inbox_unreadable", peer=peer.name, why=repr(failed))
    raise Later(clock.now() + timedelta(seconds=_LOOK_EVERY_S))
