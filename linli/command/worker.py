"""``linli worker``: seals what was done, does what is due, sends what waits. Any number may run; they share by
leases.
"""

from __future__ import annotations

import argparse
import signal
import threading
import time
from types import FrameType

import structlog
from django.db import DatabaseError, connection

from linli.command.lifeline import end_with_parent
from linli.kernel import clock
from linli.kernel.commits import PostgresCommits, SqliteCommits, commits
from linli.kernel.late import bring
from linli.trail.entries.acts import start_no_earlier
from linli.trail.seal.acts import seal_pending
from linli.works.jobs.acts import WAKE_CHANNEL, start_rounds, work_one
from linli.works.jobs.queries import next_due_at
from linli.works.outbox.acts.sender import Sender

log = structlog.get_logger(__name__)

SEAL_EVERY_S = 0.1
"""Commits of so long are sealed together: a sealer that ran after each would take the write lock as often as all
acts.
"""
_LONGEST_SLEEP_S = 0.5
_UNSEALED_LOOK_S = 0.05
_JOBS_IN_A_ROW = 20
_AFTER_FAULT_S = 0.5


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(options: argparse.Namespace) -> None:
    """Work until SIGTERM or SIGINT; what was begun is finished or comes back when its lease runs out."""
    end_with_parent()
    bring("numba")  # an order that nobody signs is offered to the next unit, and must not wait for the compiler
    worker = Worker()
    signal.signal(signal.SIGTERM, worker.end)
    signal.signal(signal.SIGINT, worker.end)
    worker.run()


class Worker:
    """The loop. It sleeps until the next job falls due or somebody commits, and never spins."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._sealed_s = 0.0
        self._watch: SqliteCommits | PostgresCommits | None = None

    def end(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Stop after what is being done now."""
        self._ended.set()

    def run(self) -> None:
        """Work until :meth:`end`."""
        sender = Sender()
        sender.start()
        try:
            while not self._ended.is_set():
                try:
                    self._begin()
                    while not self._ended.is_set():
                        self._turn()
                except (DatabaseError, OSError) as failed:
                    log.warning("worker_waits_for_database", error=repr(failed))
                    self._let_go()
                    self._ended.wait(_AFTER_FAULT_S)
        finally:
            sender.stop(wait_s=1.0)
            self._let_go()

    def _begin(self) -> None:
        start_no_earlier()
        self._watch = commits(WAKE_CHANNEL)
        start_rounds()

    def _let_go(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        connection.close()

    def _turn(self) -> None:
        """Seal, work, and sleep when there was nothing to do."""
        self._seal()
        done = 0
        while done < _JOBS_IN_A_ROW and not self._ended.is_set() and work_one():
            done += 1
        if done == 0:
            self._sleep()

    def _seal(self) -> None:
        wait_s = self._sealed_s + SEAL_EVERY_S - time.monotonic()
        if wait_s <= 0:
            while seal_pending() >= 200:
                continue
            self._sealed_s = time.monotonic()

    def _sleep(self) -> None:
        assert self._watch is not None
        now = clock.now()
        due_at = next_due_at(now)
        until_due_s = (due_at - now).total_seconds() if due_at else _LONGEST_SLEEP_S
        longest_s = _UNSEALED_LOOK_S if isinstance(self._watch, PostgresCommits) else _LONGEST_SLEEP_S
        if until_due_s <= 0:
            return
        if self._watch.wait(min(until_due_s, longest_s)):
            # Others commit in bursts: a breath lets one seal serve them all.
            self._ended.wait(max(0.0, self._sealed_s + SEAL_EVERY_S - time.monotonic()))
