"""kill -9 in the middle of an import: what was written stays whole, and importing again finishes the work."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.installation import Installation

ROWS = 9_990
COUNT = "SELECT count(*) FROM places_division WHERE code LIKE '98%'"


def stored(installation: Installation) -> int:
    url = installation.env["LINLI_DATABASE_URL"]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as connection:
            return int(connection.execute(COUNT).fetchone()[0])
    with psycopg.connect(url) as server:
        row = server.execute(COUNT).fetchone()
        return int(row[0]) if row else 0


@pytest.mark.parametrize("strict", [False, True])
def test_importing_again_finishes_the_work(installation: Installation, tmp_path: Path, *, strict: bool) -> None:
    file = tmp_path / "divisions.csv"
    file.write_text(
        "code,name\n" + "".join(f"98{n // 999 + 1:04d}{n % 999 + 1:03d},乡{n}\n" for n in range(ROWS)), "utf-8"
    )
    options = ["--strict"] if strict else []
    whole = strict and not installation.env["LINLI_DATABASE_URL"].startswith("sqlite")
    installation.start("import", "divisions", str(file), *options)
    until = time.monotonic() + 60
    while time.monotonic() < until and not whole and not stored(installation):
        time.sleep(0.05)
    if whole:
        time.sleep(4.0)  # one transaction: there is nothing to see before its end
    installation.kill("import")
    left = stored(installation)
    assert left in (0, ROWS) if whole else left > 0
    again = installation.command("import", "divisions", str(file), *options)
    assert (again["rows"], again["created"], again["unchanged"]) == (ROWS, ROWS - left, left)
    assert stored(installation) == ROWS
    assert installation.command("trail", "verify")["ok"]
