"""The sealer: one at a time, after commit, gives each entry its position and links it to the one before.

Positions are given to committed rows only, so their order is the order in which commits became visible, and the hot
path is not serialised. The live feed reads positions: no gap, no duplicate.
"""

from __future__ import annotations

from django.db import connection, transaction

from linli.kernel.prepared import run
from linli.trail.entries.models import Entry
from linli.trail.entries.rules import GENESIS, link
from linli.trail.seal.models import Head

_LOCK_KEY = 0x6C696E6C69
"""Advisory lock of the sealer on PostgreSQL ("linli")."""
SEALED_CHANNEL = "linli_sealed"


def seal_pending(limit: int = 200) -> int:
    """Seal up to ``limit`` committed entries; returns how many. 0 also when another sealer is at work."""
    if not Entry.objects.filter(position__isnull=True).exists():
        return 0
    with transaction.atomic():
        if not _mine():
            return 0
        head, _ = Head.objects.get_or_create(id=1, defaults={"entries": 0, "root": GENESIS})
        pending = list(Entry.objects.filter(position__isnull=True).order_by("id")[:limit])
        root, position = head.root, head.entries
        for entry in pending:
            position += 1
            root = link(root, position, entry)
            entry.position, entry.hash = position, root
        _store(pending)
        Head.objects.filter(id=1).update(entries=position, root=root)
        _tell()
    return len(pending)


def _tell() -> None:
    """Wake the live feeds after commit (PostgreSQL); on SQLite they watch the file's version."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {SEALED_CHANNEL}")


def _mine() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK_KEY])
        return bool(cursor.fetchone()[0])


_SEAL_ALL = (
    "UPDATE trail_entry e SET position = s.position, hash = s.hash "
    "FROM unnest(%s::uuid[], %s::bigint[], %s::text[]) AS s (id, position, hash) WHERE e.id = s.id"
)


def _store(entries: list[Entry]) -> None:
    if connection.vendor == "postgresql":
        columns = [entry.id for entry in entries], [entry.position for entry in entries], [one.hash for one in entries]
        run(_SEAL_ALL, columns)
        return
    rows = [(entry.position, entry.hash, entry.id.hex) for entry in entries]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE trail_entry SET position = %s, hash = %s WHERE id = %s", rows)
