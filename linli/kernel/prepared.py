"""The few statements that every call sends: PostgreSQL parses and plans each once a connection, not once a call.

Django binds on the client and lets every statement be planned anew, which is right for the many statements of the ORM.
The values go as text without a type, so that a statement has one plan whatever is None in it (ADR 0027).
"""

from __future__ import annotations

import functools
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Question:
    """One value: an expression of SQL and what stands for its places."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(slots=True)
class _Foreseen:
    """Questions that a deed is going to ask, and what was answered to those that it has not come to yet."""

    waiting: tuple[Question, ...]
    known: dict[str, Any] = field(default_factory=dict)
    until_s: float = 0.0

    def answer(self, question: Question) -> Any:
        if question.sql in self.known and time.monotonic() < self.until_s:
            return self.known.pop(question.sql)
        asked = (question, *(one for one in self.waiting if one.sql != question.sql))
        self.waiting, self.until_s = (), time.monotonic() + _HOLDS_S
        [found] = ask(_together(tuple(one.sql for one in asked)), [value for one in asked for value in one.values])
        self.known = dict(zip((one.sql for one in asked[1:]), found[1:], strict=True))
        return found[0]


_foreseen: ContextVar[_Foreseen | None] = ContextVar("questions of this deed", default=None)
_HOLDS_S = 1.0
"""An answer that was asked for ahead is not used when it is older: who stood in line for a row asks anew."""


@contextmanager
def foreseen(*questions: Question) -> Iterator[None]:
    """The deed in this block will ask these, in whatever order: on PostgreSQL the first :func:`value_of` in it brings
    the answers to all of them, in one journey instead of one for each. An answer is given once.
    """
    if connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        yield
        return
    around = _foreseen.get()
    if around is not None:
        around.waiting += questions
        yield
        return
    mark = _foreseen.set(_Foreseen(questions))
    try:
        yield
    finally:
        _foreseen.reset(mark)


def value_of(question: Question) -> Any:
    """The value of an expression."""
    ahead = _foreseen.get()
    if ahead is not None:
        return ahead.answer(question)
    [[found]] = ask(_together((question.sql,)), question.values)
    return found


@functools.lru_cache(maxsize=64)
def _together(expressions: tuple[str, ...]) -> str:
    return "SELECT " + ", ".join(expressions)


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    held: Any = connections[DEFAULT_DB_ALIAS]
    held.ensure_connection()
    # The driver's own cursor. PostgreSQL's binds on the server and prepares; Django's, which it stands beside, never
    # does. SQLite's takes the statement as it is; Django's looks for its places with a pattern each time.
    with held.wrap_database_errors:
        postgresql = held.vendor == "postgresql"
        own = held.Database.RawCursor(held.connection) if postgresql else held.connection.cursor(sqlite3.Cursor)
    with held.make_cursor(own) as cursor:
        yield cursor


@functools.lru_cache(maxsize=256)
def _written(sql: str, vendor: str) -> str:
    """The statement with its places as this database wants them: the driver would look for ``%s`` at every call."""
    if vendor != "postgresql":
        return sql.replace("%s", "?")
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
