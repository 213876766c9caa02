"""A register as a workbook of the layout that it is imported from: exported, imported again, nothing changes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.guarding import guarded
from linli.works.tables.rules.planning import Importer

_NUMBERS = (Type.INTEGER, Type.NUMBER, Type.LON, Type.LAT)
_MOST_ROWS = 1_048_575


def write_workbook(target: Path | IO[bytes], chosen: type[Importer], rows: Iterator[Mapping[str, Any]]) -> int:
    """Write rows under the headings of a kind; returns how many. Texts are written as texts, never as formulas."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    book = xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), options)
    page, bold = book.add_worksheet(chosen.words.zh[:31]), book.add_format({"bold": True, "bg_color": "#e8eef7"})
    for at, column in enumerate(chosen.columns):
        page.set_column(at, at, 18)
        page.write_string(0, at, column.zh + ("*" if column.needed else ""), bold)
    page.freeze_panes(1, 0)
    line = 0
    for line, row in enumerate(rows, start=1):
        if line > _MOST_ROWS:
            break
        for at, column in enumerate(chosen.columns):
            value = row.get(column.name)
            if value in (None, "", (), []):
                continue
            if column.type in _NUMBERS and not isinstance(value, str):
                page.write_number(line, at, value)
            else:
                page.write_string(line, at, cell_text(column, value))
    book.close()
    return min(line, _MOST_ROWS)


def write_lines(target: Path, chosen: type[Importer], rows: Iterator[Mapping[str, Any]]) -> int:
    """The same as a text table (UTF-8 with its mark, so that spreadsheets know it), guarded against formulas."""
    count = 0
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([column.zh for column in chosen.columns])
        for count, row in enumerate(rows, start=1):  # noqa: B007  (the last count is the answer)
            writer.writerow([guarded(cell_text(column, row.get(column.name))) for column in chosen.columns])
    return count


def template(chosen: type[Importer]) -> bytes:
    """The empty workbook of a kind: its headings, the required ones marked."""
    held = io.BytesIO()
    write_workbook(held, chosen, iter(()))
    return held.getvalue()


def cell_text(column: Column, value: Any) -> str:
    """A stored value as a person writes it into the cell; read again it is the same value."""
    if value is None:
        return ""
    if column.choices:
        words = [word for word, kept in column.choices.items() if kept == value]
        return words[1] if len(words) > 1 else words[0] if words else str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (tuple, list)):
        return "；".join(str(one) for one in value)
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return value.wkt if isinstance(value, BaseGeometry) else str(value)
