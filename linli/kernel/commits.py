"""Noticing that somebody has committed: ``PRAGMA data_version`` on SQLite, LISTEN/NOTIFY on PostgreSQL.

One watcher a thread, with a connection of its own. It may wake for nothing and never sleeps longer than it was asked
to.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from django.db import connection

_LOOK_EVERY_S = 0.02


class SqliteCommits:
    """Looks at the file's version 50 times a second: about 5 µs a look."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
        self._version = self._look()

    def _look(self) -> int:
        return int(self._database.execute("PRAGMA data_version").fetchone()[0])

    def wait(self, timeout_s: float) -> bool:
        """True as soon as another connection has committed, False after ``timeout_s``."""
        until = time.monotonic() + timeout_s
        while True:
            version = self._look()
            if version != self._version:
                self._version = version
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(_LOOK_EVERY_S, left))

    def close(self) -> None:
        """Give the connection back."""
        self._database.close()


class PostgresCommits:
    """Listens on channels; whoever commits something notifies them in the same transaction."""

    def __init__(self, *channels: str) -> None:
        self._connection: Any = connection.Database.connect(**connection.get_connection_params(), autocommit=True)  # type: ignore[attr-defined]  # Django's wrapper names its driver Database
        for channel in channels:
            self._connection.execute(f'LISTEN "{channel}"')

    def wait(self, timeout_s: float) -> bool:
        """True as soon as a channel was notified, False after ``timeout_s``."""
        return any(True for _ in self._connection.notifies(timeout=max(0.001, timeout_s), stop_after=1))

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def commits(*channels: str) -> SqliteCommits | PostgresCommits:
    """The watcher of this installation's database."""
    return PostgresCommits(*channels) if connection.vendor == "postgresql" else SqliteCommits()
