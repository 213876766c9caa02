"""The sequence of public numbers on PostgreSQL: no two calls wait for each other. SQLite counts in a row (ADR 0021)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make_sequence(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE SEQUENCE IF NOT EXISTS matters_number")


def drop_sequence(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP SEQUENCE IF EXISTS matters_number")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("matters", "0002_initial")]
    operations: ClassVar = [migrations.RunPython(make_sequence, drop_sequence)]
