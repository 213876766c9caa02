"""A checked backup into the configured database and LINLI_HOME: the database in one transaction, then the folders."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from linli.kernel import clock
from linli.kernel.errors import Conflict, declare
from linli.trail.seal.queries import Verdict, verify
from linli.works.backup.acts.unpacking import unpack
from linli.works.backup.queries import postgres
from linli.works.backup.queries.target import known_migrations, what_is_there
from linli.works.backup.rules import DATABASE, FOLDERS, check_fits

declare(
    "backup.target_in_use",
    zh="目标已有数据（{what}）：确要覆盖请加 --force。没有任何改动。",
    en="The target holds {what}: add --force to replace it. Nothing changed.",
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What the file held, what the trail says now, and where earlier folders were put."""

    bytes: int
    entries: int
    root: str
    verdict: Verdict
    put_aside: tuple[str, ...]


def restore_backup(file: Path, *, force: bool = False) -> Restored:
    """Check ``file`` whole, then replace database, files and roads by what it holds, and migrate forward.

    Raises Invalid ``backup.damaged``, ``backup.other_database``, ``backup.newer``, Conflict ``backup.target_in_use``
    and OSError before anything is changed, Conflict ``backup.tool_failed`` when PostgreSQL refuses: it rolls back.
    """
    home = Path(settings.LINLI_HOME)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as folder:
        desk = Path(folder)
        manifest = unpack(file, desk)
        check_fits(manifest, vendor=connection.vendor, known=known_migrations())
        there = what_is_there()
        if there and not force:
            raise Conflict("backup.target_in_use", what=there)
        put_back = _into_postgres if connection.vendor == "postgresql" else _into_sqlite
        _database(put_back, desk)
        put_aside = _folders(home, desk)
    call_command("migrate", interactive=False, verbosity=0)
    verdict = verify((manifest.entries, manifest.root))
    return Restored(file.stat().st_size, manifest.entries, manifest.root, verdict, put_aside)


def _database(put_back: Callable[[Path], None], desk: Path) -> None:
    connection.close()
    put_back(desk / DATABASE)


def _into_sqlite(copy: Path) -> None:
    """Page by page in one transaction of the target, under the lock that every writer takes: whoever has the file open
    sees the old house or the new one.
    """
    path = Path(str(connection.settings_dict["NAME"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(f"{path}.writer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(path, timeout=20)) as target:
            target.execute("PRAGMA synchronous = FULL")
            source.backup(target, pages=-1)
    finally:
        os.close(lock)


def _into_postgres(copy: Path) -> None:
    """The dump as a script behind the statement that empties the schema, both in one transaction."""
    postgres.tool("psql")
    script, clear = copy.with_suffix(".sql"), copy.with_name("clear.sql")
    postgres.call("pg_restore", ["--no-owner", "--no-privileges", f"--file={script}", str(copy)])
    clear.write_text(_clear())
    quiet = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    postgres.call("psql", [*quiet, f"--file={clear}", f"--file={script}"])


def _clear() -> str:
    """Statements that drop our tables and sequences, also those that only a later version knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
        sequences = [row[0] for row in cursor.fetchall()]
    connection.close()
    quote = connection.ops.quote_name
    lines = [f"DROP TABLE IF EXISTS {quote(name)} CASCADE;" for name in tables]
    return "\n".join([*lines, *(f"DROP SEQUENCE IF EXISTS {quote(name)} CASCADE;" for name in sequences), ""])


def _folders(home: Path, desk: Path) -> tuple[str, ...]:
    """Put the unpacked folders in place; what stood there is kept beside them, for whoever forced a restore."""
    stamp = clock.now().strftime("%Y%m%d-%H%M%S")
    aside: list[str] = []
    for folder in FOLDERS:
        here = home / folder
        if here.exists() and any(here.iterdir()):
            before = home / f"{folder}.before-{stamp}"
            here.rename(before)
            aside.append(str(before))
        elif here.exists():
            here.rmdir()
        if (desk / folder).exists():
            (desk / folder).rename(here)
    return tuple(aside)
