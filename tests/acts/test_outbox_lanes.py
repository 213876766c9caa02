"""Lanes: one claim leases one job whatever the database plans, and a job may be put off without losing an attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from linli.kernel import clock
from linli.works.jobs import acts
from linli.works.jobs.acts import RUNNERS, Later, claim, schedule, work_long, work_one
from linli.works.jobs.models import Job
from linli.works.jobs.queries import due_lanes

pytestmark = pytest.mark.django_db


def leased_by_one_claim() -> int:
    """How many of two jobs one claim leases under the least lucky plan that PostgreSQL can make."""
    for _ in range(2):
        schedule("x", due_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE works_job")
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "indexscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    claim(clock.now())
    return Job.objects.filter(lease_until__isnull=False).count()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans of PostgreSQL")
def test_one_claim_leases_one_job_under_any_plan() -> None:
    assert leased_by_one_claim() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans of PostgreSQL")
def test_the_mutant_with_in_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "_CLAIM", acts._CLAIM.replace("WHERE id = (", "WHERE id IN ("))
    assert leased_by_one_claim() == 2, "a claim that burns a neighbour's lease went unnoticed"


def test_lanes_do_not_take_each_others_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setitem(RUNNERS._items, "note", lambda payload: done.append(payload["lane"]))
    for lane in ("", "send:a", "send:b"):
        schedule("note", due_at=clock.now(), payload={"lane": lane}, lane=lane)
    assert sorted(due_lanes(clock.now())) == ["send:a", "send:b"]
    assert work_long("send:b") and not work_long("send:b")
    assert work_one() and not work_one()
    assert done == ["send:b", ""] and due_lanes(clock.now()) == ["send:a"]


def test_a_job_put_off_keeps_its_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_yet(payload: object) -> None:
        raise Later(clock.now() + timedelta(seconds=5))

    monkeypatch.setitem(RUNNERS._items, "note", not_yet)
    schedule("note", due_at=clock.now(), lane="send:a")
    with clock.fixed(clock.now()):
        for _ in range(12):
            assert work_long("send:a") and not work_long("send:a")
            clock.advance(timedelta(seconds=5))
    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease_until) == (Job.WAITING, 0, None)


def test_a_job_of_a_lane_that_fails_waits_and_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNNERS._items, "note", lambda payload: 1 / 0)
    schedule("note", due_at=clock.now(), lane="send:a")
    with clock.fixed(clock.now()):
        for _ in range(10):
            work_long("send:a")
            clock.advance(timedelta(seconds=700))
    job = Job.objects.get()
    assert job.state == Job.FAILED and "ZeroDivisionError" in job.last_error
