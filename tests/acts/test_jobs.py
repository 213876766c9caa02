"""The lease table: on time, once, redelivered, retried, fenced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.works.jobs.acts import RUNNERS, cancel, claim, schedule, start_rounds, work_one
from linli.works.jobs.models import Job
from linli.works.jobs.rules import LEASE_S, MAX_ATTEMPTS, wait_after_failure_s

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DONE: list[Any] = []


def note(payload: dict[str, Any]) -> None:
    DONE.append(payload.get("n"))
    if payload.get("fail"):
        raise ValueError("as asked")


@pytest.fixture(autouse=True)
def table(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(RUNNERS._items, "test.note", note)
    DONE.clear()
    with clock.fixed(NOW):
        yield


def test_not_before_its_time_and_once() -> None:
    schedule("test.note", due_at=NOW + timedelta(seconds=10), payload={"n": 1})
    assert not work_one()
    clock.advance(timedelta(seconds=10))
    assert work_one()
    assert not work_one()
    assert DONE == [1]


def test_most_overdue_first() -> None:
    for n in (3, 1, 2):
        schedule("test.note", due_at=NOW - timedelta(seconds=10 - n), payload={"n": n})
    while work_one():
        pass
    assert DONE == [1, 2, 3]


def test_same_key_waits_once() -> None:
    schedule("test.note", due_at=NOW, payload={"n": 1}, key="k")
    schedule("test.note", due_at=NOW, payload={"n": 2}, key="k")
    assert Job.objects.count() == 1
    assert cancel(prefix="k") == 1


def test_a_dead_workers_job_comes_back_when_its_lease_ends() -> None:
    schedule("test.note", due_at=NOW, payload={"n": 1})
    assert claim(NOW) is not None
    assert not work_one()
    clock.advance(timedelta(seconds=LEASE_S + 0.01))
    assert work_one()
    assert Job.objects.get().attempts == 2


def test_a_late_worker_is_fenced() -> None:
    schedule("test.note", due_at=NOW, payload={"n": 1})
    first = claim(NOW)
    second = claim(NOW + timedelta(seconds=LEASE_S + 1))
    assert first is not None
    assert second is not None
    mine = Job.objects.filter(pk=first.pk, attempts=first.attempts, state=Job.WAITING)
    assert mine.count() == 0


def test_failure_waits_longer_each_time_and_is_kept() -> None:
    schedule("test.note", due_at=NOW, payload={"n": 1, "fail": True})
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert work_one()
        row = Job.objects.get()
        assert row.attempts == attempt
        clock.advance(timedelta(seconds=wait_after_failure_s(attempt)))
    row = Job.objects.get()
    assert (row.state, len(DONE)) == (Job.FAILED, MAX_ATTEMPTS)
    assert "as asked" in row.last_error
    assert not work_one()


def test_what_a_failed_job_wrote_is_gone() -> None:
    def half(payload: dict[str, Any]) -> None:
        schedule("test.note", due_at=NOW, payload={"n": 9})
        raise ValueError("after writing")

    RUNNERS._items["test.half"] = half
    try:
        schedule("test.half", due_at=NOW)
        assert work_one()
        assert not Job.objects.filter(name="test.note").exists()
    finally:
        del RUNNERS._items["test.half"]


def test_rounds_plan_themselves_again_and_forget_what_is_done() -> None:
    schedule("test.note", due_at=NOW, payload={"n": 1})
    assert work_one()
    start_rounds()
    start_rounds()
    assert Job.objects.filter(name="jobs.sweep", state=Job.WAITING).count() == 1
    while work_one():
        pass
    assert Job.objects.filter(name="test.note").exists()
    clock.advance(timedelta(days=2, minutes=1))
    assert Job.objects.filter(name="jobs.sweep", state=Job.WAITING).count() == 1
    while work_one():
        pass
    assert not Job.objects.filter(name="test.note").exists()
    assert Job.objects.filter(name="jobs.sweep", state=Job.WAITING).count() == 1
