"""``linli init``: create the database, or bring it up to date."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from linli.matters.search.acts import is_behind, rebuild


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Apply what is missing; run again it changes nothing. Returns how many steps were applied."""
    recorder = MigrationRecorder(connection)
    before = len(recorder.applied_migrations()) if recorder.has_table() else 0
    call_command("migrate", interactive=False, verbosity=0)
    if is_behind():
        rebuild()
    after = len(MigrationRecorder(connection).applied_migrations())
    return {"database": connection.vendor, "applied": after - before, "migrations": after}


def words(answer: dict[str, Any]) -> str:
    """The answer for a person."""
    return f"数据库就绪（{answer['database']}），本次执行 {answer['applied']} 步。The database is ready."
