"""Bundling what is queued for a peer and handing it over: by HTTP, or as a file that appears whole or not at all.

The number is given in the transaction that closes the bundle; the bytes follow from the rows; so a crash anywhere
leaves a bundle that is handed over again, byte for byte the same, and the peer knows it by its number.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor, system
from linli.works.channels.acts.carrying import Line
from linli.works.channels.rules.shapes import NotSent, read_gateway
from linli.works.channels.rules.signing import signed_headers
from linli.works.exchange.acts.telling import forget_sealed, send_key
from linli.works.exchange.models import Bundle, Item, Peer
from linli.works.exchange.queries import items_of
from linli.works.exchange.rules.envelope import LARGEST_BYTES, file_name, write_bundle
from linli.works.jobs.acts import Later, job, let_another_wait
from linli.works.outbox.acts.sending import give_back_connection
from linli.works.outbox.rules.failing import wait_s

log = structlog.get_logger(__name__)

EXCHANGE = system("exchange")
_MOST_ITEMS = 500
_SENDING_S = 20
_MEANWHILE_S = 0.3
_lines: dict[uuid.UUID, tuple[int, Line]] = {}


@job("exchange.send")
def send_to_peer(payload: dict[str, Any]) -> None:
    """Hand over everything that waits for a peer, one bundle after the other. Whoever comes meanwhile waits."""
    peer = Peer.objects.filter(pk=payload["peer"], enabled=True).first()
    if peer is None:
        return
    let_another_wait(send_key(peer))
    with alone_with(peer):
        hand_over_all(EXCHANGE, peer=peer)


@contextmanager
def alone_with(peer: Peer) -> Iterator[None]:
    """Nobody else sends to this peer meanwhile; one that died is waited for 20 s. Raises Later when somebody does."""
    now = clock.now()
    free = Peer.objects.filter(Q(sending_until__isnull=True) | Q(sending_until__lt=now), pk=peer.pk)
    with transaction.atomic():
        mine = free.update(sending_until=now + timedelta(seconds=_SENDING_S))
    if not mine:
        raise Later(now + timedelta(seconds=_MEANWHILE_S))
    try:
        yield
    finally:
        with transaction.atomic():
            Peer.objects.filter(pk=peer.pk).update(sending_until=None)


def hand_over_all(actor: Actor, *, peer: Peer) -> list[Bundle]:
    """Hand over what waits, oldest first; raises Later when the peer cannot be reached now. Call it alone for a
    peer.
    """
    done: list[Bundle] = []
    while (bundle := _next_bundle(actor, peer)) is not None:
        Peer.objects.filter(pk=peer.pk).update(sending_until=clock.now() + timedelta(seconds=_SENDING_S))
        _hand_over(peer, bundle)
        done.append(bundle)
    return done


def _next_bundle(actor: Actor, peer: Peer) -> Bundle | None:
    left = Bundle.objects.filter(peer=peer, state="made").order_by("sequence").first()
    if left is not None or not Item.objects.filter(peer=peer, bundle__isnull=True).exists():
        return left
    return close_bundle(actor, peer=peer)


@act("exchange.write", zh="发送交换数据", en="write to a peer", keeps=("peer",))
def close_bundle(actor: Actor, *, peer: Peer) -> Bundle:
    """Put what waits for a peer into one bundle with the next number."""
    Peer.objects.filter(pk=peer.pk).update(sequence=F("sequence") + 1)
    peer.refresh_from_db()
    waiting = Item.objects.filter(peer=peer, bundle__isnull=True).order_by("queued_at", "id")
    keys, size = list[uuid.UUID](), 0
    for key, body in waiting.values_list("pk", "body")[:_MOST_ITEMS]:
        size += len(json.dumps(body, ensure_ascii=False).encode())
        if keys and size > LARGEST_BYTES // 2:
            break  # whoever reads takes no larger file
        keys.append(key)
    bundle = Bundle.objects.create(peer=peer, sequence=peer.sequence, made_at=clock.now())
    Item.objects.filter(pk__in=keys).update(bundle=bundle)
    return bundle


def _hand_over(peer: Peer, bundle: Bundle) -> None:
    raw = write_bundle(
        sender=peer.our_name,
        receiver=peer.name,
        sequence=bundle.sequence,
        made_at=bundle.made_at,
        items=items_of(bundle),
        key=peer.key,
    )
    try:
        if peer.kind == "http":
            _post(peer, bundle, raw)
        else:
            _put_file(peer, bundle, raw)
    except NotSent as failed:
        _note_failure(bundle, failed)
        return
    now = clock.now()
    _set(bundle, state="handed_over", handed_over_at=now, **({"acknowledged_at": now} if peer.kind == "http" else {}))
    if peer.kind == "http":
        with transaction.atomic():
            forget_sealed(bundle)


def _post(peer: Peer, bundle: Bundle, raw: bytes) -> None:
    headers = signed_headers(raw, secret=peer.key, now_s=clock.now().timestamp())
    give_back_connection()
    read_gateway(
        *_line_to(peer).ask("POST", peer.url, body=raw, headers={**headers, "Idempotency-Key": str(bundle.pk)})
    )


def _line_to(peer: Peer) -> Line:
    """This process's own connections to a peer; made anew when its registration changed."""
    version, line = _lines.get(peer.pk, (0, None))
    if line is None or version != peer.version:
        if line is not None:
            line.close()
        line = Line()
        _lines[peer.pk] = (peer.version, line)
    return line


def forget_lines() -> None:
    """Let all connections go (tests, another database)."""
    while _lines:
        _lines.popitem()[1][1].close()


def _put_file(peer: Peer, bundle: Bundle, raw: bytes) -> None:
    folder = Path(peer.outbox)
    name = file_name(peer.our_name, bundle.sequence)
    aside = folder / f".{name}.writing"
    try:
        with aside.open("wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(folder / name)
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as failed:
        raise NotSent(f"{type(failed).__name__}: {failed.strerror or failed}") from failed


def _note_failure(bundle: Bundle, failed: NotSent) -> None:
    """A peer that cannot be reached is tried again later; one that refuses a bundle for good keeps its number and
    the reason.
    """
    log.warning("bundle_not_handed_over", sequence=bundle.sequence, why=failed.why, for_good=failed.for_good)
    if failed.for_good:
        _set(bundle, state="refused", last_error=failed.why)
        return
    _set(bundle, attempts=bundle.attempts + 1, last_error=failed.why)
    raise Later(clock.now() + timedelta(seconds=wait_s(bundle.attempts)))


def _set(bundle: Bundle, **columns: Any) -> None:
    with transaction.atomic():
        Bundle.objects.filter(pk=bundle.pk).update(**columns)
    for name, value in columns.items():
        setattr(bundle, name, value)
