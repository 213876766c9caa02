"""The few statements that every call sends: PostgreSQL parses and plans each once a connection, not once a call.

Django binds on the client and lets every statement be planned anew, which is right for the many statements of the ORM.
The values go as text without a type, so that a statement has one plan whatever is None in it (ADR 0027).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

_BYTES = (bytes, bytearray, memoryview)


def ask(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement answers."""
    with _cursor() as cursor:
        cursor.execute(_written(sql, cursor.db.vendor), _bound(values, cursor.db.vendor))
        return list(cursor.fetchall())


def run(sql: str, values: Sequence[Any] = ()) -> None:
    """Send a statement that answers nothing; raises what Django raises (IntegrityError …)."""
    with _cursor() as cursor:
        cursor.execute(_written(sql, cursor.db.vendor), _bound(values, cursor.db.vendor))


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    held: Any = connections[DEFAULT_DB_ALIAS]
    if held.vendor != "postgresql":
        with held.cursor() as cursor:
            yield cursor
        return
    held.ensure_connection()
    # The driver's own cursor binds on the server and prepares; Django's, which it stands beside, never does.
    with held.wrap_database_errors:
        own = held.Database.RawCursor(held.connection)
    with held.make_cursor(own) as cursor:
        yield cursor


@functools.lru_cache(maxsize=256)
def _written(sql: str, vendor: str) -> str:
    """The statement with its places as this database wants them: the driver would look for ``%s`` at every call."""
    if vendor != "postgresql":
        return sql
    first, *rest = sql.split("%s")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


def _bound(values: Sequence[Any], vendor: str) -> Sequence[Any]:
    if vendor != "postgresql":
        return values
    return [value if value is None or type(value) is str else _text(value) for value in values]


def _text(value: Any) -> str:
    """As PostgreSQL reads it in a column of the value's type."""
    if isinstance(value, _BYTES):
        return "\\x" + bytes(value).hex()
    if isinstance(value, list):
        return "{" + ",".join("NULL" if one is None else _quoted(_text(one)) for one in value) + "}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _quoted(text: str) -> str:
    """An element of an array."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
