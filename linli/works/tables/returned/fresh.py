"""A workbook that lists the faults, for files that cannot be marked themselves."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from linli.works.tables.rules.columns import Fault
from linli.works.tables.rules.planning import Sheet

HEADINGS = ("行 row", "列 column", "内容 value", "问题", "what is wrong", "code")
SHEET = "导入问题"
MOST_LISTED = 100_000


def told(fault: Fault, sheet: Sheet) -> tuple[int, str, str, str, str, str]:
    """A fault as a row under :data:`HEADINGS`, the column by its heading in the file."""
    at = sheet.places.get(fault.column, -1)
    heading = sheet.headers[at] if 0 <= at < len(sheet.headers) else fault.column
    return fault.row, heading, fault.value, fault.words.zh, fault.words.en, fault.code


def fresh_copy(target: Path, sheet: Sheet, faults: list[Fault]) -> None:
    """Write the list alone."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    book = xlsxwriter.Workbook(str(target), options)
    page, bold = book.add_worksheet(SHEET), book.add_format({"bold": True})
    page.write_row(0, 0, HEADINGS, bold)
    for line, fault in enumerate(faults[:MOST_LISTED], start=1):
        row, *texts = told(fault, sheet)
        page.write_number(line, 0, row)
        for at, text in enumerate(texts, start=1):
            page.write_string(line, at, text)
    page.freeze_panes(1, 0)
    book.close()
