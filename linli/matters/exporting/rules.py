"""A template as a workbook's header row, and back: pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linli.matters.ledger.rules.columns import COLUMNS, EXPORTED, Column

MOST_ROWS = 20_000
AT_ONCE = 500
_MOST_COLUMNS = 40
Layout = list[tuple[str, str, int]]
"""Our name of the column, its title in the workbook, its width in signs."""


def default_layout() -> Layout:
    """What a bureau without a template of its own gets."""
    return [_of(COLUMNS[name]) for name in EXPORTED]


def _of(column: Column) -> tuple[str, str, int]:
    return (column.name, column.words.zh, column.width)


def read_layout(rows: Sequence[Sequence[Any]]) -> tuple[str, Layout] | None:
    """Heading and columns of an uploaded workbook, or None when no row of it names our columns.

    The row whose cells are names of our columns is the key; the row below it, if there is one, holds the bureau's
    titles; a row above it with one filled cell is the heading.
    """
    for at, row in enumerate(rows[:10]):
        names = [str(cell or "").strip() for cell in row]
        known = [name for name in names if name in COLUMNS]
        if not known or any(name and name not in COLUMNS for name in names):
            continue
        titles = [str(cell or "").strip() for cell in rows[at + 1]] if at + 1 < len(rows) else []
        layout = [
            (name, (titles[n][:40] if n < len(titles) else "") or COLUMNS[name].words.zh, COLUMNS[name].width)
            for n, name in enumerate(names)
            if name
        ]
        above = [str(cell).strip() for row_above in rows[:at] for cell in row_above if str(cell or "").strip()]
        return (above[0][:80] if above else "", layout[:_MOST_COLUMNS])
    return None
