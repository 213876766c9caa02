"""The words of each matter, as an inverted index that finds two Chinese characters on both databases (ADR 0029)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper


class GramsField(models.Field):  # type: ignore[type-arg]  # the stubs' two parameters do not exist at run time
    """A list of words: ``text[]`` under a GIN index on PostgreSQL, words with spaces under FTS5 on SQLite."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type."""
        return "text[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """A list for the array, else one text."""
        return list(value) if connection.vendor == "postgresql" else " ".join(value)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> list[str]:
        """Always a list."""
        return value.split() if isinstance(value, str) else list(value or ())


@GramsField.register_lookup
class Holds(models.Lookup):
    """All of these grams are there. PostgreSQL only; elsewhere :func:`holding` asks the index beside the table."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """``grams @> …``"""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} @> %s", (*values, list(self.rhs))


class Words(models.Model):
    """The words by which the matter at ``line`` is found. On SQLite triggers keep ``matters_fts`` in step with it."""

    scope_excuse = "An index over Matter, asked only together with the reach of the actor."

    line = models.BigIntegerField(primary_key=True)
    grams = GramsField()


def holding(sets: Sequence[Sequence[str]]) -> tuple[str, list[Any]]:
    """SQL and its values for the lines of matters that hold all grams of one of the ``sets``."""
    if connection.vendor == "postgresql":
        any_of = " OR ".join(["grams @> %s"] * len(sets))
        sql = f"SELECT line FROM matters_words WHERE {any_of}"  # noqa: S608  (placeholders only)
        return sql, [list(grams) for grams in sets]
    quoted = [" AND ".join('"' + gram.replace('"', "") + '"' for gram in grams) for grams in sets]
    return "SELECT rowid FROM matters_fts WHERE matters_fts MATCH %s", [" OR ".join(f"({one})" for one in quoted)]
