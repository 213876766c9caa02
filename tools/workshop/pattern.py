"""An empty house to copy: each database made once by `linli init`, for everything in the suite that begins with one.

Two minutes of migrations a run otherwise. That `linli init` makes the house is tried by the making itself.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from tools.workshop import postgres
from tools.workshop.paths import BIN
from tools.workshop.steps import stop

PATTERN = "pattern"
"""What the database is called in the PostgreSQL that is copied."""
NAMED = "LINLI_TEST_PATTERN"
"""The environment of a lane says here where its pattern is: a file of SQLite or a folder of PostgreSQL."""


def make(database: str, folder: Path) -> Path:
    """The pattern of ``sqlite`` or ``postgres``, in ``folder``: a file, or the data of a server that is stopped."""
    home = folder / "home"
    home.mkdir()
    if database == "sqlite":
        made = folder / "pattern.sqlite3"
        _init(home, f"sqlite:///{made}")
        return made
    server = postgres.Postgres()
    try:
        server.start()
        _init(home, server.url(PATTERN))
        server.rest()
        made = folder / "data"
        shutil.copytree(server.data, made)
    finally:
        server.stop()
    return made


def named() -> Path | None:
    """The pattern of the lane that asks, when its run made one."""
    told = os.environ.get(NAMED)
    return Path(told) if told else None


def copied(to: Path) -> None:
    """Lay a copy of SQLite's pattern at ``to``, when the run made one."""
    pattern = named()
    if pattern is None or not pattern.is_file():
        return
    source, target = sqlite3.connect(pattern), sqlite3.connect(to)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _init(home: Path, database: str) -> None:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "linli.settings.embedded",
        "LINLI_HOME": str(home),
        "LINLI_DATABASE_URL": database,
    }
    done = subprocess.run([str(BIN / "linli"), "init"], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        stop(f"linli init failed:\n{done.stderr[-3000:]}")
