"""A text table back: the same lines, encoding and delimiter, with one column more that says what is wrong."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

from linli.works.tables.queries import text_rows, text_shape
from linli.works.tables.rules.columns import Fault
from linli.works.tables.rules.guarding import guarded
from linli.works.tables.rules.mapping import Map

HEADING = "导入问题 what is wrong"


def text_copy(path: Path, target: Path, faults: list[Fault], mapping: Map) -> None:
    """Write the copy. Values stay as they were given; only what we add is guarded against formulas."""
    why: defaultdict[int, list[str]] = defaultdict(list)
    for fault in faults:
        why[fault.row].append(f"{fault.column}：{fault.words.zh} / {fault.words.en}".lstrip("："))
    encoding, delimiter = text_shape(path, mapping)
    first = True
    with target.open("w", encoding=encoding, newline="", errors="replace") as out:
        for number, row in text_rows(path, mapping):
            line = io.StringIO()
            added = [HEADING] if first else [guarded("；".join(why[number]))] if number in why else []
            csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow([*row, *added])
            out.write(line.getvalue())
            first = False
