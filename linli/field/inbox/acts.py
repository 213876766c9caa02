"""Storing what a phone sent before anything is done with it, and doing it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from linli.field.devices.acts import hear_from
from linli.field.devices.queries import is_wiped
from linli.field.inbox.models import Batch
from linli.field.inbox.rules import packed, read_batch, unpacked, when_sent
from linli.field.replay.acts import Coming, replay
from linli.field.replay.queries import author_named
from linli.field.replay.rules.answers import Answer
from linli.field.replay.rules.meeting import offset_of
from linli.kernel import clock
from linli.kernel.crypto import seal, unseal
from linli.kernel.scope import Actor
from linli.kernel.together import together
from linli.org.posts.queries import person_actor
from linli.works.jobs.acts import hourly

KEEP_DONE = timedelta(days=7)
KEEP_OPEN = timedelta(days=60)
_LEFT_ALONE = timedelta(minutes=5)
_MOST_TRIES = 20
_AT_ONCE = 50


def take_batch(
    actor: Actor, *, device: uuid.UUID, operations: Sequence[Any], sent_at: str = "", waiting: int | None = None
) -> list[Answer]:
    """Store the batch, then do it: an answer for each operation, in their order.

    No act of its own: each operation is one, with its own right and entry. The raw batch is committed first, so that
    whatever happens afterwards nothing that arrived is lost.
    """
    received_at, said_at = clock.now(), when_sent(sent_at)
    row = Batch(
        sender_id=actor.id,
        device_id=device,
        operations=len(operations),
        received_at=received_at,
        sent_at=said_at,
    )
    row.body = seal(packed(list(operations)), context=f"field.batch.{row.pk}")
    together(lambda: row.save(force_insert=True))
    offset_s = offset_of(said_at, received_at)
    coming = Coming(actor, device, received_at, offset_s, wiped=is_wiped(device))
    return _work(coming, row, operations, waiting)


def _work(coming: Coming, row: Batch, operations: Sequence[Any], waiting: int | None) -> list[Answer]:
    read = read_batch(operations)

    def ending() -> None:
        Batch.objects.filter(pk=row.pk).update(done_at=clock.now())
        if not coming.later:
            hear_from(coming.actor, device=coming.device, waiting=waiting or 0, offset_s=coming.offset_s)

    return read.in_order(replay(coming, read.operations, ending=ending))


@hourly("field.work_batches")
def work_batches(payload: dict[str, Any]) -> None:
    """What was stored and not finished (the server died between) is finished as its sender; he asks for the answers."""
    now = clock.now()
    left = Batch.objects.filter(done_at__isnull=True, received_at__lt=now - _LEFT_ALONE, tries__lt=_MOST_TRIES)
    for row in list(left.order_by("received_at")[:_AT_ONCE]):
        Batch.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
        person = author_named(row.sender_id)
        if person is not None:
            _again(row, person_actor(person, door="field", device=str(row.device_id)), now)
    Batch.objects.filter(done_at__lt=now - KEEP_DONE).delete()
    Batch.objects.filter(received_at__lt=now - KEEP_OPEN).delete()


def _again(row: Batch, actor: Actor, now: datetime) -> None:
    offset_s = offset_of(row.sent_at, row.received_at)
    coming = Coming(actor, row.device_id, row.received_at, offset_s, wiped=is_wiped(row.device_id), later=True)
    _work(coming, row, unpacked(unseal(row.body, context=f"field.batch.{row.pk}")), None)
