"""Scheduling inside the business transaction, claiming one at a time, finishing with a fence.

Measured (research/platform.md §7): of five candidates only an own lease table was on time, redelivered after kill -9
and retried on both databases. A job may run twice (a worker died after its work, before its word): jobs are written to
bear it.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, connection, transaction

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, declare
from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.works.jobs.models import Job
from linli.works.jobs.queries import next_due_at
from linli.works.jobs.rules import LEASE_S, LONG_LEASE_S, MAX_ATTEMPTS, wait_after_failure_s

log = structlog.get_logger(__name__)

declare("job.not_failed", zh="该任务已不在失败之列。", en="This job does not lie there failed any more.")
declare("job.waits_already", zh="同一任务（{key}）已在等待。", en="The same job ({key}) waits already.")

Runner = Callable[[dict[str, Any]], None]
RUNNERS: Registry[Runner] = Registry("jobs")
ROUNDS: list[str] = []
WAKE_CHANNEL = "linli_jobs"
KEEP_DONE = timedelta(days=2)
SWEEP_AT_ONCE = 5_000
"""A sweep is one short write; what is left waits for the next hour."""


class Later(Exception):
    """A job of a lane that cannot be done yet, through nobody's fault: it waits until ``due_at`` and no attempt is
    counted.
    """

    def __init__(self, due_at: datetime) -> None:
        self.due_at = due_at
        super().__init__(due_at.isoformat())


_ending = threading.Event()


def end_long_jobs() -> None:
    """The worker stops: jobs that take minutes stop at their next step, and are gone on with by the next worker."""
    _ending.set()


def begin_long_jobs() -> None:
    """A worker starts."""
    _ending.clear()


def stop_if_ending() -> None:
    """For the steps of a job that takes minutes: raises Later when the worker stops."""
    if _ending.is_set():
        raise Later(clock.now())


def job(name: str) -> Callable[[Runner], Runner]:
    """Register the function that does jobs of this name. It gets the payload and must bear being run twice.

    In the empty lane it runs inside a transaction that also ends the job. In any other lane it runs outside every
    transaction, may wait for the network, and writes what came of it in short transactions of its own.
    """

    def register(run: Runner) -> Runner:
        return RUNNERS.add(name, run)

    return register


def hourly(name: str) -> Callable[[Runner], Runner]:
    """Register a job that plans itself again an hour after it has run; :func:`start_rounds` begins it."""

    def register(run: Runner) -> Runner:
        def round_and_again(payload: dict[str, Any]) -> None:
            run(payload)
            _plan_round(name, clock.now() + timedelta(hours=1))

        ROUNDS.append(name)
        RUNNERS.add(name, round_and_again)
        return run

    return register


def start_rounds() -> None:
    """Plan every hourly job that does not wait already; a worker calls it when it starts."""
    waiting = set(Job.objects.filter(name__in=ROUNDS, state=Job.WAITING).values_list("name", flat=True))
    for name in ROUNDS:
        if name not in waiting:
            _plan_round(name, clock.now())


def _plan_round(name: str, due_at: datetime) -> None:
    schedule(name, due_at=due_at, key=f"{name}:{due_at:%Y%m%d%H}")


def schedule(
    name: str, *, due_at: datetime, payload: dict[str, Any] | None = None, key: str = "", lane: str = ""
) -> None:
    """Put a job into the table, in the caller's transaction. A ``key`` that already waits is left as it is."""
    row = Job(name=name, lane=lane, key=key, payload=payload or {}, due_at=due_at, created_at=clock.now())
    Job.objects.bulk_create([row], ignore_conflicts=bool(key))
    wake()


def schedule_many(rows: list[Job]) -> None:
    """Several at once, for acts that start a whole ladder."""
    Job.objects.bulk_create(rows, ignore_conflicts=True)
    wake()


def wake() -> None:
    """Wake sleeping workers after commit (PostgreSQL); on SQLite they watch the file's version."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {WAKE_CHANNEL}")


def let_another_wait(key: str) -> None:
    """A running job gives up its key: what is scheduled under it from now on is not taken for already planned."""
    with transaction.atomic():
        Job.objects.filter(state=Job.WAITING, key=key, lease_until__isnull=False).update(key="")


def cancel(*, prefix: str) -> int:
    """Take waiting jobs whose key begins with ``prefix`` off the table; returns how many."""
    done, _ = Job.objects.filter(state=Job.WAITING, key__startswith=prefix).delete()
    return done


# "=", never "IN": PostgreSQL may run an IN's sub-select once for each row of the table, and each run locks another job.
_CLAIM = (
    "UPDATE works_job SET lease_until = %s, attempts = attempts + 1 WHERE id = ("
    "SELECT id FROM works_job WHERE state = 'waiting' AND lane = %s AND due_at <= %s "
    "AND (lease_until IS NULL OR lease_until < %s) ORDER BY due_at LIMIT 1"
)


def claim(at: datetime, lease_s: int = LEASE_S, *, lane: str = "") -> Job | None:
    """Lease the most overdue job of a lane to this worker, or None. One at a time: a crash burns no neighbour's
    attempt.
    """
    lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    sql = _CLAIM + lock + ") RETURNING id"
    stamp = connection.ops.adapt_datetimefield_value
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A lease that a power cut forgets is no loss, the job is still waiting: no flush to disk for it.
            cursor.execute("SET LOCAL synchronous_commit TO off")
        cursor.execute(sql, [stamp(at + timedelta(seconds=lease_s)), lane, stamp(at), stamp(at)])
        row = cursor.fetchone()
    return Job.objects.get(pk=row[0]) if row else None


def work_one() -> bool:
    """Claim and do one due job of the empty lane; False when none is due."""
    now = clock.now()
    due_at = next_due_at(now)
    if due_at is None or due_at > now:
        return False
    claimed = claim(now)
    if claimed is None:
        return False
    try:
        with transaction.atomic():
            RUNNERS[claimed.name](claimed.payload)
            _finish(claimed)
    except Exception as failed:  # noqa: BLE001  (whatever a job raises is kept on its row and tried again)
        _put_back(claimed, failed)
    return True


def work_long(lane: str) -> bool:
    """Claim and do one due job of a lane, outside every transaction; False when none is due."""
    claimed = claim(clock.now(), LONG_LEASE_S, lane=lane)
    if claimed is None:
        return False
    try:
        RUNNERS[claimed.name](claimed.payload)
    except Later as later:
        _postpone(claimed, later.due_at)
    except Exception as failed:  # noqa: BLE001  (whatever a job raises is kept on its row and tried again)
        _put_back(claimed, failed)
    else:
        _finish_long(claimed)
    return True


def _postpone(claimed: Job, due_at: datetime) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=claimed.pk, attempts=claimed.attempts, state=Job.WAITING).update(
            due_at=due_at, lease_until=None, attempts=max(0, claimed.attempts - 1)
        )


def _finish_long(claimed: Job) -> None:
    # What the job did has been written by itself; losing the lease here means only that another thread looks again.
    with transaction.atomic():
        Job.objects.filter(pk=claimed.pk, attempts=claimed.attempts, state=Job.WAITING).update(
            state=Job.DONE, finished_at=clock.now(), lease_until=None
        )


def _finish(claimed: Job) -> None:
    # The fence: a worker whose lease ran out meanwhile must not end what another has begun.
    mine = Job.objects.filter(pk=claimed.pk, attempts=claimed.attempts, state=Job.WAITING)
    if not mine.update(state=Job.DONE, finished_at=clock.now(), lease_until=None):
        raise LostLease(claimed.name)


class LostLease(Exception):
    """The lease ran out while the job was done; the transaction is rolled back and the later worker's counts."""


def _put_back(claimed: Job, failed: Exception) -> None:
    log.warning("job_failed", job=claimed.name, attempts=claimed.attempts, error=repr(failed))
    if isinstance(failed, LostLease):
        return
    spent = claimed.attempts >= MAX_ATTEMPTS
    again_at = clock.now() + timedelta(seconds=wait_after_failure_s(claimed.attempts))
    with transaction.atomic():
        Job.objects.filter(pk=claimed.pk, attempts=claimed.attempts, state=Job.WAITING).update(
            state=Job.FAILED if spent else Job.WAITING,
            due_at=claimed.due_at if spent else again_at,
            lease_until=None,
            last_error="".join(traceback.format_exception_only(failed))[-2000:],
        )


@act("job.retry", zh="重试任务", en="try a job again", about="job")
def retry_job(actor: Actor, *, job: Job) -> Job:
    """Let a failed job be tried from the beginning, now. Conflict when it does not lie there failed any more."""
    with transaction.atomic():
        _from_failed(job, state=Job.WAITING, due_at=clock.now(), attempts=0, lease_until=None)
        wake()
    return job


@act("job.forget", zh="放弃任务", en="give a job up", about="job")
def forget_job(actor: Actor, *, job: Job) -> Job:
    """Somebody has looked, and it is not to be done: it counts as finished and is swept like the others."""
    _from_failed(job, state=Job.DONE, finished_at=clock.now())
    return job


def _from_failed(row: Job, **changes: Any) -> None:
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=row.pk, state=Job.FAILED).update(**changes)
    except IntegrityError as waits:
        raise Conflict("job.waits_already", key=row.key) from waits
    if not changed:
        raise Conflict("job.not_failed")
    row.refresh_from_db()


@hourly("jobs.sweep")
def sweep_done(payload: dict[str, Any]) -> None:
    """Forget jobs that were done two days ago; failed ones stay until somebody has looked."""
    old = Job.objects.filter(state=Job.DONE, finished_at__lt=clock.now() - KEEP_DONE)
    Job.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:SWEEP_AT_ONCE])).delete()
