"""How a text table is written: its encoding and its delimiter, found out from its bytes."""

from __future__ import annotations

import codecs
import csv
from collections import Counter

MARKS = ",\t;|"
_SAMPLE_ROWS = 20


def encodings_of(raw: bytes, named: str = "") -> tuple[str, ...]:
    """Which encodings to try, in this order: the one that is named, UTF-16 by its mark, else UTF-8 and GB 18030."""
    if named:
        return (named,)
    return ("utf-16",) if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "gb18030")


def delimiter_of(sample: str) -> str:
    """The mark that parts the most rows into equally many cells; where two part as many, the one that makes more.

    What stands in quotation marks is no mark. Counting marks instead takes the commas inside a polygon for the
    delimiter of a table with tabs.
    """
    return max(MARKS, key=lambda mark: _regularity(sample, mark))


def _regularity(sample: str, mark: str) -> tuple[int, int]:
    lines = [line for line in sample.splitlines()[:_SAMPLE_ROWS] if line.strip()]
    try:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1)
    except csv.Error:
        return 0, 0
    return max(((rows, cells) for cells, rows in counts.items()), default=(0, 0))
