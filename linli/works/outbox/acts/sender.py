"""The worker's sending half: a few threads for each lane, so that a gateway that hangs holds up its own lane and no
other.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import DatabaseError, connection

from linli.kernel import clock
from linli.works.exchange.acts import carrying as peers_by_http  # noqa: F401  (registers the lane of the peers)
from linli.works.jobs.acts import begin_long_jobs, end_long_jobs, work_long
from linli.works.jobs.queries import due_lanes
from linli.works.outbox.acts import sending  # noqa: F401  (registers the job that this runs)

log = structlog.get_logger(__name__)

THREADS_A_LANE = 4
_TICK_S = 0.05
_LANES = 32


class Sender:
    """Start it in the worker beside the loop of quick jobs. Looks 20 times a second; a lane without jobs costs
    nothing.
    """

    def __init__(self, *, threads_a_lane: int = THREADS_A_LANE) -> None:
        self._threads_a_lane = threads_a_lane
        self._busy: Counter[str] = Counter()
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._nudged = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=_LANES * threads_a_lane, thread_name_prefix="send")
        self._thread = threading.Thread(target=self._watch, name="sender", daemon=True)

    def start(self) -> None:
        """Begin to look for messages."""
        begin_long_jobs()
        self._thread.start()

    def nudge(self) -> None:
        """Look at once (after a notification of the database)."""
        self._nudged.set()

    def stop(self, wait_s: float = 10.0) -> None:
        """End after what is being sent now; what waits stays in its rows."""
        self._ended.set()
        end_long_jobs()
        self._nudged.set()
        self._thread.join(wait_s)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _watch(self) -> None:
        while not self._ended.is_set():
            try:
                self._hand_out(due_lanes(clock.now()))
            except DatabaseError as failed:
                log.warning("sender_waits_for_database", error=repr(failed))
                connection.close()
                self._ended.wait(1.0)
            self._nudged.wait(_TICK_S)
            self._nudged.clear()
        connection.close()

    def _hand_out(self, lanes: list[str]) -> None:
        for lane in lanes:
            with self._guard:
                if self._busy[lane] >= self._threads_a_lane:
                    continue
                self._busy[lane] += 1
            self._pool.submit(self._empty, lane)

    def _empty(self, lane: str) -> None:
        try:
            while not self._ended.is_set() and work_long(lane):
                continue
        except DatabaseError as failed:
            log.warning("sender_lost_database", lane=lane, error=repr(failed))
        finally:
            connection.close()
            with self._guard:
                self._busy[lane] -= 1
