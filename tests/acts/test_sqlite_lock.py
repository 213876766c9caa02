"""One write lock on SQLite: no writer waits for seconds, other processes included; no start on less than FULL."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.utils import ConnectionHandler

from linli.settings.base import database
from linli.works.models import Job

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="concerns the embedded database only"),
    pytest.mark.once,
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pragma", ["PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"])
def test_refuses_less(tmp_path: Path, pragma: str) -> None:
    entry = database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    entry["OPTIONS"]["init_command"] = pragma
    with pytest.raises(ImproperlyConfigured, match="WAL and FULL"):
        ConnectionHandler({"default": entry})["default"].ensure_connection()


WRITER = """
import sys, time, fcntl, os, sqlite3
path, rounds, locked = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "locked"
db = sqlite3.connect(path, isolation_level=None, timeout=20)
lock = os.open(path + ".writer", os.O_RDWR | os.O_CREAT)
worst = 0.0
for n in range(rounds):
    began = time.perf_counter()
    if locked:
        fcntl.flock(lock, fcntl.LOCK_EX)
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO t VALUES (?)", (n,))
    time.sleep(0.001)
    db.execute("COMMIT")
    if locked:
        fcntl.flock(lock, fcntl.LOCK_UN)
    worst = max(worst, time.perf_counter() - began)
print(worst)
"""


def worst_wait_s(folder: Path, how: str) -> float:
    """The longest any of four processes waited for one small write among 150 each."""
    path = folder / f"{how}.sqlite3"
    made = sqlite3.connect(path)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute("CREATE TABLE t (n)")
    made.close()
    command = [sys.executable, "-c", WRITER, str(path), "150", how]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    return max(float(writer.communicate(timeout=60)[0]) for writer in writers)


def test_the_lock_is_fairer_than_the_busy_handler(tmp_path: Path) -> None:
    """The mutant is SQLite's own busy handler, which sleeps up to 100 ms a try while others slip in."""
    assert worst_wait_s(tmp_path, "locked") < worst_wait_s(tmp_path, "busy")


@pytest.mark.django_db(transaction=True)
def test_threads_and_a_foreign_process_share_the_lock() -> None:
    """While this connection holds a transaction, nobody else can take the file lock; after commit, everybody can."""
    path = str(connection.settings_dict["NAME"]) + ".writer"
    probe = [
        sys.executable,
        "-c",
        f"import fcntl,os;fcntl.flock(os.open({path!r},os.O_RDWR|os.O_CREAT),fcntl.LOCK_EX|fcntl.LOCK_NB)",
    ]
    with transaction.atomic():
        Job.objects.count()
        assert subprocess.run(probe, capture_output=True, check=False).returncode != 0
    assert subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_gives_the_lock_back() -> None:
    with pytest.raises(sqlite3.Error), transaction.atomic():
        raise sqlite3.Error
    got: list[float] = []

    def other() -> None:
        began = time.perf_counter()
        with transaction.atomic():
            Job.objects.count()
        got.append(time.perf_counter() - began)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(timeout=5)
    assert got
    assert got[0] < 1
