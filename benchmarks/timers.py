"""A thousand timers over half a minute: how late the latest was; and when the job of a killed worker is done after
all. The plain way beside it in the same run: looking once a second for what is due, all at once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import django

from benchmarks.site import LINLI, linli

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.embedded")
django.setup()

from linli.kernel import clock  # noqa: E402  (models need the settings above)
from linli.works.jobs.acts import claim, schedule_many  # noqa: E402  (models need the settings above)
from linli.works.jobs.models import Job  # noqa: E402  (models need the settings above)

NAMES = ("timers", "timers.postgres")
COUNT = 1_000
SPREAD_S = 25.0
_HEAD_START = timedelta(seconds=2)
_PATIENCE_S = 120.0
_NAME = "order.rung"
_PAYLOAD = {"order": "018f0000-0000-7000-8000-000000000000", "step": "bureau"}
"""A rung of an order that is not there: looked for in the table, then done."""


def run(name: str) -> Iterator[dict[str, Any]]:
    """Lay timers into the table and let a worker run; then kill one in the middle of a job."""
    linli("init")
    late_s, plain_s = _lateness(), _plain_lateness()
    mean_s, plain_mean_s = sum(late_s) / len(late_s), sum(plain_s) / len(plain_s)
    for metric, ours, plain in (("late_s", max(late_s), max(plain_s)), ("late_mean_s", mean_s, plain_mean_s)):
        beside = {"ratio": round(plain / ours, 1), "against": "a look each second"}
        yield {"metric": metric, "value": round(ours, 3), "unit": "s", "n": len(late_s), **beside}
    yield {"metric": "after_kill_s", "value": round(_after_kill_s(), 2), "unit": "s", "n": 1}


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([str(LINLI), "worker"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _timers(count: int, spread_s: float, after: timedelta) -> None:
    now = clock.now()
    gap_s = spread_s / count
    schedule_many(
        [
            Job(name=_NAME, payload=_PAYLOAD, due_at=now + after + timedelta(seconds=n * gap_s), created_at=now)
            for n in range(count)
        ]
    )


def _until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not done():
        if time.monotonic() > until:
            raise RuntimeError("the timers did not all fire")
        time.sleep(0.25)


def _ours() -> Any:
    return Job.objects.filter(name=_NAME)


def _lateness() -> list[float]:
    """Seconds between the due time of each timer and the end of its job, of a worker that is already at work."""
    worker = _worker()
    try:
        _timers(1, 1.0, timedelta(0))
        _until(lambda: not _ours().filter(state=Job.WAITING).exists())
        _ours().delete()
        _timers(COUNT, SPREAD_S, _HEAD_START)
        _until(lambda: not _ours().filter(state=Job.WAITING).exists())
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
    times = _ours().filter(state=Job.DONE).values_list("due_at", "finished_at")
    if len(times) != COUNT:
        raise RuntimeError(f"{len(times)} of {COUNT} timers were done")
    return [(finished - due).total_seconds() for due, finished in times]


def _plain_lateness() -> list[float]:
    """The same timers with one question a second for what is due, and nothing done but marking it."""
    _ours().delete()
    _timers(COUNT, SPREAD_S, timedelta(0))
    late_s: list[float] = []
    while len(late_s) < COUNT:
        time.sleep(1.0)
        at = clock.now()
        due = list(_ours().filter(state=Job.WAITING, due_at__lte=at).values_list("pk", "due_at"))
        _ours().filter(pk__in=[key for key, _ in due]).update(state=Job.DONE, finished_at=at)
        late_s += [(clock.now() - due_at).total_seconds() for _, due_at in due]
    return late_s


def _after_kill_s() -> float:
    """Seconds from SIGKILL until the job that the killed worker held is done by the next one."""
    _ours().delete()
    _timers(1, 1.0, timedelta(0))
    # A worker that is killed in the middle of a job leaves exactly this behind: a lease that nobody renews.
    if claim(clock.now()) is None:
        raise RuntimeError("no job to hold")
    killed = time.monotonic()
    successor = _worker()
    try:
        _until(lambda: _ours().filter(state=Job.DONE, attempts=2).exists())
        return time.monotonic() - killed
    finally:
        successor.send_signal(signal.SIGTERM)
        successor.wait(20)
