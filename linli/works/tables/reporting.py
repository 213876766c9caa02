"""What an import says afterwards: JSON lines for machines, a workbook of rejected rows to mend and import again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter

from linli.works.tables.columns import Fault, as_text, blank


def write_report(
    path: Path, summary: dict[str, Any], faults: Iterable[Fault], lines: dict[int, dict[str, object]]
) -> None:
    """Write ``path`` (JSON lines: the summary, then each fault) and, when rows were rejected, the same as .xlsx.

    ``lines`` are the rejected rows: sheet row → our column → cell. Only their owner may read the files: rejected rows
    may hold personal data.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = list(faults)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        for item in (summary, *(fault.as_json() for fault in found)):
            out.write(json.dumps(item, ensure_ascii=False) + "\n")
    if lines:
        _annotated(path.with_suffix(".xlsx"), found, lines)


def _annotated(path: Path, faults: list[Fault], lines: dict[int, dict[str, object]]) -> None:
    """The rejected rows under our headers, wrong cells in red with a note; the last two columns say row and reasons."""
    names = list(dict.fromkeys(name for cells in lines.values() for name in cells))
    names += [name for name in dict.fromkeys(fault.column for fault in faults) if name and name not in names]
    by_row: dict[int, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("退回 rejected")
    bold, red = book.add_format({"bold": True}), book.add_format({"bg_color": "#ffc7ce"})
    for at, name in enumerate([*names, "原行号 row", "原因 why"]):
        sheet.write_string(0, at, name, bold)
    for line, (row, cells) in enumerate(sorted(lines.items()), start=1):
        wrong = {fault.column: fault for fault in by_row.get(row, [])}
        for at, name in enumerate(names):
            text = "" if blank(cells.get(name)) else as_text(cells[name])
            if name in wrong:
                sheet.write_string(line, at, text, red)
                sheet.write_comment(line, at, f"{wrong[name].words.zh}\n{wrong[name].words.en}")
            elif text:
                sheet.write_string(line, at, text)
        sheet.write_number(line, len(names), row)
        why = "；".join(f"{fault.column}：{fault.words.zh} / {fault.words.en}" for fault in by_row.get(row, []))
        sheet.write_string(line, len(names) + 1, why, red)
    sheet.freeze_panes(1, 0)
    book.close()
