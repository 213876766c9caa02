"""Several deeds in one transaction on SQLite: each its own success, its own failure; one commit for all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from linli.kernel import clock
from linli.kernel.together import together
from linli.works.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 12


def job(key: str) -> Job:
    return Job.objects.create(name="x", key=key, due_at=clock.now(), created_at=clock.now())


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """What came of each: its result or its error."""
    came: list[Any] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def run(n: int) -> None:
        start.wait()
        try:
            came[n] = together(deeds[n])
        except Exception as failed:  # noqa: BLE001 - the test looks at it
            came[n] = failed
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return came


def test_each_gets_its_own_result() -> None:
    came = at_once([lambda n=n: job(f"k{n}").key for n in range(MANY)])  # type: ignore[misc]  # a default binds n
    assert came == [f"k{n}" for n in range(MANY)]
    assert Job.objects.count() == MANY


def test_one_that_fails_takes_nothing_along() -> None:
    def fails() -> None:
        job("gone")
        raise ValueError("as asked")

    came = at_once([fails, *(lambda n=n: job(f"k{n}").key for n in range(MANY))])
    assert isinstance(came[0], ValueError)
    assert came[1:] == [f"k{n}" for n in range(MANY)]
    assert not Job.objects.filter(key="gone").exists()
    assert Job.objects.count() == MANY


def test_the_second_of_one_key_fails_alone() -> None:
    came = at_once([lambda: job("same").key, lambda: job("same").key, lambda: job("other").key])
    assert sum(isinstance(one, IntegrityError) for one in came) == 1
    assert set(Job.objects.values_list("key", flat=True)) == {"same", "other"}


def test_a_commit_that_fails_fails_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_commit(self: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(type(connection.copy()), "_commit", no_commit)
    came = at_once([lambda n=n: job(f"k{n}").key for n in range(3)])  # type: ignore[misc]
    monkeypatch.undo()
    assert all(isinstance(one, OperationalError) for one in came), came
    assert not Job.objects.exists()
    assert together(lambda: job("after").key) == "after"


def test_inside_a_transaction_it_is_part_of_it() -> None:
    with transaction.atomic():
        together(lambda: job("inner"))
        transaction.set_rollback(True)
    assert not Job.objects.exists()
