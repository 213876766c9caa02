"""One consistent copy of the database while calls go on.

SQLite's online backup reads in one step under WAL, where a reader holds up no writer. PostgreSQL exports the snapshot
in which the head of the trail is read, and pg_dump reads from the same one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection

from linli.trail.entries.rules import GENESIS
from linli.works.backup.queries import postgres

_SESSIONS = "django_session"
_HEAD = "SELECT entries, root FROM trail_head WHERE id = 1"
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the copy holds: the head of its trail and the migrations that it has seen."""

    entries: int
    root: str
    migrations: tuple[str, ...]


def take_snapshot(target: Path) -> Snapshot:
    """Copy the configured database to ``target``, sessions left out."""
    return _of_postgres(target) if connection.vendor == "postgresql" else _of_sqlite(target)


def _of_sqlite(target: Path) -> Snapshot:
    path = Path(str(connection.settings_dict["NAME"])).absolute()
    source = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)
    with closing(source), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute(f"DELETE FROM {_SESSIONS}")  # noqa: S608  (our own constant)
        head = copy.execute(_HEAD).fetchone()
        return _snapshot(head, copy.execute(_MIGRATIONS).fetchall())


def _of_postgres(target: Path) -> Snapshot:
    postgres.tool("pg_dump")
    with psycopg.connect(**postgres.connect_words()) as source:  # type: ignore[arg-type]  # names and texts only
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.read_only = True
        exported = source.execute("SELECT pg_export_snapshot()").fetchone()
        head = source.execute(_HEAD).fetchone()
        migrations = source.execute(_MIGRATIONS).fetchall()
        assert exported is not None
        arguments = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
        arguments += [f"--snapshot={exported[0]}", f"--exclude-table-data={_SESSIONS}", f"--file={target}"]
        postgres.call("pg_dump", arguments)
    return _snapshot(head, migrations)


def _snapshot(head: tuple[int, str] | None, migrations: list[tuple[str, str]]) -> Snapshot:
    entries, root = head or (0, GENESIS)
    return Snapshot(int(entries), str(root), tuple(f"{app}.{name}" for app, name in migrations))
