"""Writing down what came of an operation: its row, what a person must decide, the files it waits for."""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from linli.field.conflicts.models import Divergence
from linli.field.files.models import Awaited
from linli.field.replay.acts.doing import Outcome
from linli.field.replay.acts.hanging import hang_arrived
from linli.field.replay.models import Operation
from linli.field.replay.queries import asked_by, sealed_json
from linli.field.replay.rules.meeting import Sent, digest_of
from linli.kernel import clock
from linli.kernel.inputs import label_of
from linli.kernel.rows import insert
from linli.kernel.scope import Actor


def keep(
    actor: Actor,
    sent: Sent,
    outcome: Outcome,
    *,
    device: uuid.UUID,
    offset_s: float,
    known: Operation | None,
    later: bool,
) -> Operation:
    """Store the answer, in the transaction of the change."""
    now = clock.now()
    row = known or _received(actor, sent, device, offset_s, now)
    row.later = row.later or later
    _answer(row, sent, outcome, now)
    if known is None:
        insert(row)
    else:
        row.save()
    if outcome.reason:
        _diverge(actor, row, outcome)
    if outcome.answer == "applied":
        await_files(actor, row, outcome)
    return row


def _received(actor: Actor, sent: Sent, device: uuid.UUID, offset_s: float, now: datetime) -> Operation:
    """The row of an operation that came for the first time."""
    return Operation(
        author_id=actor.id,
        op_id=sent.id,
        digest=digest_of(sent),
        device_id=device,
        branch_id=sent.branch,
        seq=sent.seq,
        act=sent.act,
        record_id=sent.record,
        cause_id=sent.cause,
        replaces_id=sent.replaces,
        device_at=sent.device_at,
        offset_s=offset_s,
        received_at=now,
    )


def _answer(row: Operation, sent: Sent, outcome: Outcome, now: datetime) -> None:
    """What the phone is told; the operation itself stays only where somebody may need it again."""
    row.state, row.answer, row.code, row.answered_at = outcome.state, outcome.answer, outcome.code, now
    row.facts = (
        sealed_json(json.dumps(outcome.facts, ensure_ascii=False), row=row.pk, what="facts") if outcome.facts else b""
    )
    row.number = str(getattr(outcome.row, "number", "") or "")[:32]
    row.version = getattr(outcome.row, "version", None)
    if outcome.answer != "applied" or outcome.reason:
        row.body = sealed_json(json.dumps(sent.as_json(), ensure_ascii=False), row=row.pk, what="body")


def _diverge(actor: Actor, row: Operation, outcome: Outcome) -> None:
    """A row for the office, where the record belongs; else where its author works."""
    own = next(iter(sorted((post.path for post in actor.posts), key=len, reverse=True)), "/")
    paths = outcome.row.scope_paths() if hasattr(outcome.row, "scope_paths") else ()
    made = Divergence(
        operation=row,
        path=outcome.path or next(iter(paths), own),
        reason=outcome.reason,
        author_name=actor.name,
        record_type=label_of(outcome.row) if outcome.row is not None else "",
        record_id=getattr(outcome.row, "pk", None) if isinstance(getattr(outcome.row, "pk", None), uuid.UUID) else None,
        record_name=str(getattr(outcome.row, "number", "") or getattr(outcome.row, "code", "") or "")[:64],
        code=outcome.code,
        at=clock.now(),
    )
    if outcome.fields:
        made.fields = sealed_json(json.dumps(outcome.fields, ensure_ascii=False), row=made.pk, what="fields")
    insert(made)


def await_files(actor: Actor, row: Operation, outcome: Outcome) -> None:
    """The files that the record is to get, each by the act that the form names."""
    asked = asked_by(row.act)
    if asked is None or not asked.offline.attach or not outcome.files:
        return
    record: uuid.UUID = row.record_id or outcome.row.pk
    rows = [
        Awaited(
            operation=row,
            owner_id=actor.id,
            sha256=one["sha256"],
            name=one["name"],
            input=name,
            attach=asked.offline.attach,
            record_id=record,
            at=clock.now(),
        )
        for name, one in outcome.files
    ]
    insert(*rows)
    hang_arrived(actor, row)
