"""Whether anything would be lost by a restore."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from linli.trail.entries.models import Entry
from linli.works.backup.rules import FOLDERS


def what_is_there() -> str:
    """What the target holds, in words; empty when nothing was ever done there.

    Everything is done by acts, so a database that was only prepared has no entry in its trail.
    """
    tables = [] if _no_file_yet() else connection.introspection.table_names()
    if Entry._meta.db_table in tables:
        if Entry.objects.exists():
            return f"{Entry.objects.count()} entries in its trail"
    elif tables:
        return f"tables that are not ours ({min(tables)} …)"
    home = Path(settings.LINLI_HOME)
    full = next((folder for folder in FOLDERS if any((home / folder).glob("*"))), "")
    return f"files in {full}" if full else ""


def _no_file_yet() -> bool:
    """Looking into a database of SQLite would make it."""
    return connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists()


def known_migrations() -> frozenset[str]:
    """Every migration that this version brings, as ``app.name``."""
    loader = MigrationLoader(None)
    return frozenset(f"{app}.{name}" for app, name in loader.disk_migrations)
