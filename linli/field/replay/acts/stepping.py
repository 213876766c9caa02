"""Carrying a batch out in short transactions: each operation behind a savepoint, its answer beside its change."""

from __future__ import annotations

import functools
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import structlog
from django.db import OperationalError, connection

from linli.field.replay.acts.doing import Outcome, do
from linli.field.replay.acts.keeping import keep
from linli.field.replay.models import Operation
from linli.field.replay.queries import answer_of, body_of, known_operations, settled_branches, waiting_in
from linli.field.replay.rules import meeting
from linli.field.replay.rules.answers import Answer
from linli.field.replay.rules.meeting import Known, Sent
from linli.field.replay.rules.serving import release, serve
from linli.kernel import clock
from linli.kernel.kept import looked_up_once
from linli.kernel.prepared import ask
from linli.kernel.scope import Actor
from linli.kernel.together import together

log = structlog.get_logger(__name__)

STEP_S = 0.03
"""A step ends when it has run so long: calls wait for the same lock."""
AT_LEAST, AT_MOST = 8, 50
"""Operations of one step: one flush to disk and one look at what is known for so many."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A batch as it is worked on: whose, from which phone, how far its clock was off."""

    actor: Actor
    device: uuid.UUID
    received_at: datetime
    offset_s: float = 0.0
    wiped: bool = False
    later: bool = False
    """The phone is not there to hear the answers: it will ask for them."""


class _Book:
    """The tables as one step sees them, under the author's lock."""

    def __init__(self, coming: Coming, operations: Sequence[Sent]) -> None:
        self._coming = coming
        self._rows = known_operations(coming.actor.id, (one.id for one in operations))
        branches = {one.branch for one in operations}
        self._settled = settled_branches(coming.actor.id, coming.device, branches)
        self._waiting = waiting_in(coming.actor.id, coming.device, branches)

    def known(self, sent: Sent) -> Known | None:
        row = self._rows.get(sent.id)
        return Known(row.digest, row.state == Operation.ANSWERED, row.received_at) if row else None

    def settled(self, branch: uuid.UUID) -> int:
        return self._settled.get(branch, 0)

    def repeated(self, sent: Sent) -> Answer:
        return answer_of(self._rows[sent.id], replayed=True)

    def hold(self, sent: Sent) -> Answer:
        row = self._rows.get(sent.id)
        facts = {"after": sent.seq - 1}
        kept = row or self._kept(sent, Outcome("retry", "field.waits", facts, state=Operation.EARLIER), late=False)
        return answer_of(kept, replayed=False)

    def quarantine(self, sent: Sent) -> Answer:
        outcome = Outcome("conflict", "field.phone_wiped", {"class": "wiped"}, reason="wiped")
        return answer_of(self._kept(sent, outcome, late=False), replayed=False)

    def work(self, sent: Sent, *, late: bool) -> Answer:
        row = self._rows.get(sent.id)
        offset_s = row.offset_s if row else self._coming.offset_s
        at = meeting.true_time(sent.device_at, offset_s, self._coming.received_at)
        return answer_of(self._kept(sent, _done(self._coming.actor, sent, at), late=late), replayed=False)

    def waits_at(self, branch: uuid.UUID, seq: int) -> Sent | None:
        row = self._waiting.pop((branch, seq), None)
        if row is None:
            return None
        self._rows[row.op_id] = row
        return body_of(row)

    def _kept(self, sent: Sent, outcome: Outcome, *, late: bool) -> Operation:
        """The answer written down. What was kept before is told when the phone asks, it may not be there."""
        coming, before = self._coming, self._rows.get(sent.id)
        later = coming.later or late or before is not None
        row = keep(
            coming.actor,
            *(sent, outcome),
            device=coming.device,
            offset_s=coming.offset_s,
            known=before,
            later=later and outcome.state == Operation.ANSWERED,
        )
        self._rows[sent.id] = row
        if outcome.state == Operation.EARLIER:
            self._waiting[sent.branch, sent.seq] = row
        else:
            self._waiting.pop((sent.branch, sent.seq), None)
            self._settled[sent.branch] = max(self.settled(sent.branch), sent.seq)
        return row


def replay(coming: Coming, operations: Sequence[Sent], *, ending: Callable[[], None] | None = None) -> list[Answer]:
    """Do the operations in the order in which they came; one answer for each. ``ending`` is done with the last step.

    A step whose transaction fails leaves nothing behind, and its operations are to be sent again.
    """
    waiting, answers = deque(operations), list[Answer]()
    while waiting or ending is not None:
        taken: list[Sent] = []
        try:
            answers += together(functools.partial(_step, coming, waiting, taken, ending))
        except OperationalError as busy:
            log.warning("field_step_failed", error=repr(busy))
            left = [*taken, *waiting]
            return [*answers, *(Answer(str(one.id), "retry", "request.busy") for one in left)]
        if not waiting:
            break
    return answers


def _step(coming: Coming, waiting: deque[Sent], taken: list[Sent], ending: Callable[[], None] | None) -> list[Answer]:
    """As many operations as fit in one short transaction, under the author's lock."""
    began_s, answers = time.monotonic(), list[Answer]()
    one_at_a_time(coming.actor.id)
    book, sender = _Book(coming, list(islice(waiting, AT_MOST))), coming.actor.id
    with looked_up_once():
        while waiting and len(taken) < AT_MOST and (len(taken) < AT_LEAST or time.monotonic() - began_s < STEP_S):
            taken.append(waiting.popleft())
            answers.append(serve(book, taken[-1], sender=sender, wiped=coming.wiped, now=coming.received_at))
    if not waiting and ending is not None:
        ending()
    return answers


def one_at_a_time(author: uuid.UUID) -> None:
    """One author's operations are worked on one after the other: his later answers get their times in the order in
    which they are seen, so that a phone that asks since a time misses none. On SQLite all writers stand in line anyway.
    """
    if connection.vendor == "postgresql":
        ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))::text", [f"field {author}"])


def _done(actor: Actor, sent: Sent, at: datetime | None) -> Outcome:
    """The act. A refusal takes back only its own; a fault of ours keeps the operation to try again."""
    try:
        return do(actor, sent, at=at)
    except OperationalError:
        raise
    except Exception as failed:
        # A fault in one act must not stop or lose the others.
        log.exception("field_operation_failed", act=sent.act, op=str(sent.id), error=repr(failed))
        return Outcome("retry", "field.fault", state=Operation.FAULT)


def again(coming: Coming, row: Operation) -> None:
    """A kept operation once more: its file is there, its fault mended, or it waited long enough."""
    one_at_a_time(coming.actor.id)
    row = Operation.objects.get(pk=row.pk)
    if row.state == Operation.ANSWERED:
        return
    sent = body_of(row)
    book = _Book(coming, [sent])
    book.work(sent, late=True)
    release(book, row.branch_id)


def now_from(actor: Actor, device: uuid.UUID) -> Coming:
    """For what is done while the phone is away."""
    return Coming(actor, device, clock.now(), later=True)
