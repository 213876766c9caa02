"""Installations to break: durable ones, since what survives is the question."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tools.workshop.postgres import Postgres


@pytest.fixture
def postgres() -> Iterator[Postgres | None]:
    """A durable PostgreSQL to kill in the PostgreSQL pass, None in the SQLite pass."""
    if os.environ.get("LINLI_TEST_PASS") != "postgres":
        yield None
        return
    with Postgres(durable=True) as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, postgres: Postgres | None) -> Iterator[Installation]:
    """An empty, initialised installation on the database of this pass."""
    database = postgres.url("linli") if postgres else f"sqlite:///{tmp_path}/linli.sqlite3"
    with Installation(tmp_path, database) as made:
        made.command("init")
        yield made
