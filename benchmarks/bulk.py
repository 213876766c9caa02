"""Filling tables in bulk, for benchmarks only: bare tables, COPY, the list of reach by one SELECT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from linli.matters.ledger.models import NumberSeries


def load(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Many rows at once: COPY, or one prepared statement."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        # The driver itself: Django's cursor looks at each of thirty million values.
        marks = ", ".join(["?"] * len(columns))
        connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


_COPIES = (
    "m.line, m.kind, m.state, m.category, m.priority, m.closed_at IS NULL, m.late_since IS NOT NULL, "
    "{warned}, m.assignee_id IS NOT NULL, m.due_at"
)
_INTO = (
    "INSERT INTO matters_listing (key, line, kind, state, category, priority, is_open, is_late, is_warned, "
    "is_assigned, due_at, at_agency, at_station) "
)


def list_all() -> None:
    """The list of reach, by one SELECT over the agencies above each agency, and one over people."""
    postgres = connection.vendor == "postgresql"
    copies = _COPIES.format(warned="m.warnings <> '[]'::jsonb" if postgres else "m.warnings <> '[]'")
    yes, no = ("true", "false") if postgres else ("1", "0")
    prefix = "left(a.path, length(u.path)) = u.path" if postgres else "substr(a.path, 1, length(u.path)) = u.path"
    above = f"SELECT a.id, u.code, a.id <> u.id AS over FROM org_agency a JOIN org_agency u ON {prefix}"
    hexed = "replace({}::text, '-', '')" if postgres else "{}"
    by_agency = (
        f"WITH above AS MATERIALIZED ({above}) SELECT u.code, {copies}, {yes}, u.over FROM matters_matter m "
        "JOIN above u ON u.id = m.agency_id ORDER BY 1, 2"
    )
    statements = [by_agency]
    for column, apart in (("m.opened_by", ""), ("m.assignee_id", "AND m.assignee_id <> m.opened_by")):
        key = hexed.format(column)
        statements.append(
            f"SELECT {key}, {copies}, {no}, {no} FROM matters_matter m JOIN org_person p ON p.id = {column} "
            f"WHERE 1 = 1 {apart} ORDER BY 1, 2"
        )
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(_INTO + statement)


def settle(n: int) -> None:
    """The running numbers go on behind the million; the databases know what they hold."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('matters_number', %s)", [n])
            cursor.execute("VACUUM ANALYZE")
        else:
            NumberSeries.objects.update_or_create(id=1, defaults={"last": n})
            cursor.execute("ANALYZE")


class Bare:
    """Tables without their secondary indexes and triggers, which are made again at the end in one pass each."""

    def __init__(self, *models: Any) -> None:
        self._tables = [model._meta.db_table for model in models]
        self._again: list[str] = []

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            for kind, name, statement in list(self._found(cursor)):
                cursor.execute(f'DROP {kind} "{name}"')
                self._again.append(statement)

    def __exit__(self, *raised: object) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET maintenance_work_mem = '512MB'")
            else:
                cursor.execute("INSERT INTO matters_fts(matters_fts) VALUES ('rebuild')")
            for statement in self._again:
                cursor.execute(statement)

    def _found(self, cursor: Any) -> Iterator[tuple[str, str, str]]:
        for table in self._tables:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT 'INDEX', indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
                    "(SELECT conname FROM pg_constraint) AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
                    [table],
                )
            else:
                cursor.execute(
                    "SELECT upper(type), name, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL "
                    "AND type IN ('index', 'trigger') AND sql NOT LIKE 'CREATE UNIQUE%%'",
                    [table],
                )
            yield from cursor.fetchall()
