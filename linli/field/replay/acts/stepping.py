"""Carrying a batch out in short transactions: each operation behind a savepoint, its answer beside its change."""

from __future__ import annotations

import functools
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from django.db import OperationalError, connection

from linli.field.replay.acts.doing import Outcome, do
from linli.field.replay.acts.keeping import keep
from linli.field.replay.models import Operation
from linli.field.replay.queries import answer_of, body_of, known_operations, settled_branches, waits_next
from linli.field.replay.rules import meeting
from linli.field.replay.rules.answers import Answer
from linli.field.replay.rules.meeting import Known, Sent
from linli.kernel import clock
from linli.kernel.kept import looked_up_once
from linli.kernel.prepared import ask
from linli.kernel.scope import Actor
from linli.kernel.together import together

log = structlog.get_logger(__name__)

STEP_S = 0.03
"""A step ends when it has run so long: calls wait for the same lock."""


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


@dataclass(slots=True)
class _Sight:
    """What a step knows of its operations and branches."""

    known: dict[uuid.UUID, Operation] = field(default_factory=dict)
    settled: dict[uuid.UUID, int] = field(default_factory=dict)


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
    _lock(coming.actor.id)
    sight = _Sight(
        known_operations(coming.actor.id, (one.id for one in waiting)),
        settled_branches(coming.actor.id, (one.branch for one in waiting)),
    )
    with looked_up_once():
        while waiting and (not taken or time.monotonic() - began_s < STEP_S):
            taken.append(waiting.popleft())
            answers.append(_answered(coming, taken[-1], sight))
    if not waiting and ending is not None:
        ending()
    return answers


def _lock(author: uuid.UUID) -> None:
    """One author's operations are worked on one after the other; on SQLite all writers stand in line anyway."""
    if connection.vendor == "postgresql":
        ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))::text", [f"field {author}"])


def _answered(coming: Coming, sent: Sent, sight: _Sight) -> Answer:
    """One operation met: repeated, refused, held, or done; and then those that waited for it."""
    row, settled = sight.known.get(sent.id), sight.settled.get(sent.branch, 0)
    known = Known(row.digest, row.state == Operation.ANSWERED, row.received_at) if row else None
    verdict = meeting.meets(
        sent, sender=coming.actor.id, known=known, settled=settled, wiped=coming.wiped, now=coming.received_at
    )
    if verdict == meeting.OTHER_AUTHOR:
        return Answer(str(sent.id), "retry", "field.other_author")
    if verdict == meeting.OTHER_CONTENT:
        return Answer(str(sent.id), "rejected", "field.same_id", record=sent.record)
    if verdict == meeting.REPEAT and row is not None:
        return answer_of(row, replayed=True)
    if verdict == meeting.WAIT:
        facts = {"after": sent.seq - 1}
        outcome = Outcome("retry", "field.waits", facts, state=Operation.EARLIER)
    elif verdict == meeting.QUARANTINE:
        outcome = Outcome("conflict", "field.phone_wiped", {"class": "wiped"}, reason="wiped")
    else:
        outcome = _done(coming, sent)
    kept = _kept(coming, sent, outcome, sight, row)
    if outcome.state != Operation.EARLIER:
        _release(coming, sent.branch, sight)
    return answer_of(kept, replayed=False)


def _kept(coming: Coming, sent: Sent, outcome: Outcome, sight: _Sight, row: Operation | None) -> Operation:
    again = row is not None and row.state == outcome.state
    kept = (
        row
        if again and row is not None
        else keep(coming.actor, sent, outcome, device=coming.device, offset_s=coming.offset_s, known=row)
    )
    if (coming.later or row is not None) and kept.state == Operation.ANSWERED and not kept.later:
        kept.later = True
        kept.save(update_fields=["later"])
    sight.known[sent.id] = kept
    if outcome.state != Operation.EARLIER:
        sight.settled[sent.branch] = max(sight.settled.get(sent.branch, 0), sent.seq)
    return kept


def _release(coming: Coming, branch: uuid.UUID, sight: _Sight) -> None:
    """What waited for this one is done now; its answer is asked for later."""
    while True:
        row = waits_next(coming.actor.id, branch, sight.settled[branch])
        if row is None:
            return
        sent = body_of(row)
        late = replace(coming, later=True, offset_s=row.offset_s)
        _kept(late, sent, _done(late, sent), sight, row)


def _done(coming: Coming, sent: Sent) -> Outcome:
    """The act. A refusal takes back only its own; a fault of ours keeps the operation to try again."""
    at = meeting.true_time(sent.device_at, coming.offset_s, coming.received_at)
    try:
        return do(coming.actor, sent, at=at)
    except OperationalError:
        raise
    except Exception as failed:
        # A fault in one act must not stop or lose the others.
        log.exception("field_operation_failed", act=sent.act, op=str(sent.id), error=repr(failed))
        return Outcome("retry", "field.fault", state=Operation.FAULT)


def again(coming: Coming, row: Operation) -> Operation:
    """A kept operation once more: its file is there, its fault mended, or it waited long enough."""
    _lock(coming.actor.id)
    row = Operation.objects.get(pk=row.pk)
    if row.state == Operation.ANSWERED:
        return row
    sight = _Sight({row.op_id: row}, settled_branches(coming.actor.id, [row.branch_id]))
    late = replace(coming, later=True, offset_s=row.offset_s)
    sent = body_of(row)
    kept = _kept(late, sent, _done(late, sent), sight, row)
    sight.settled.setdefault(row.branch_id, 0)
    _release(late, row.branch_id, sight)
    return kept


def now_from(actor: Actor, device: uuid.UUID) -> Coming:
    """For what is done while the phone is away."""
    return Coming(actor, device, clock.now(), later=True)
