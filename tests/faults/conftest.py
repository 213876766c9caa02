"""Installations to break: durable ones, since what survives is the question.

Initialising and filling one takes longer than breaking it, so it is done once a session and copied for each test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.load import inside
from tests.installation import Installation
from tools.workshop.pattern import copied, named
from tools.workshop.postgres import Postgres

Town = dict[str, Any]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres | None]:
    """A durable PostgreSQL to kill in the PostgreSQL pass, None in the SQLite pass."""
    if os.environ.get("LINLI_TEST_PASS") != "postgres":
        yield None
        return
    with Postgres(durable=True, like=named()) as server:
        yield server


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres | None) -> tuple[Path, Town]:
    """The pattern that is copied: the home folder, and what the town's keys are."""
    home = tmp_path_factory.mktemp("pattern")
    database = postgres.url("pattern") if postgres else f"sqlite:///{home}/linli.sqlite3"
    if postgres is None:
        copied(home / "linli.sqlite3")
    with Installation(home, database) as made:
        made.command("init")
        return home, inside(made, "populate")


@pytest.fixture
def town(filled: tuple[Path, Town]) -> Town:
    """Tokens, a place for a call, units."""
    return filled[1]


@pytest.fixture
def installation(tmp_path: Path, postgres: Postgres | None, filled: tuple[Path, Town]) -> Iterator[Installation]:
    """A filled installation of its own on the database of this pass."""
    home = tmp_path / "home"
    shutil.copytree(filled[0], home)
    if postgres:
        database = postgres.url(f"t{postgres.port}_{len(list(tmp_path.parent.iterdir()))}", like="pattern")
    else:
        database = f"sqlite:///{home}/linli.sqlite3"
    with Installation(home, database) as made:
        yield made
