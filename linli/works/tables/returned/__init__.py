"""The file back to whoever sent it, with what is wrong shown in its own cells: mend it there and send it again."""

from __future__ import annotations

from pathlib import Path

from linli.works.tables.returned.fresh import fresh_copy
from linli.works.tables.returned.lines import text_copy
from linli.works.tables.returned.workbook import marked_copy
from linli.works.tables.rules.columns import Fault
from linli.works.tables.rules.mapping import Map
from linli.works.tables.rules.planning import Sheet

_TEXT = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")


def returned_copy(path: Path, beside: Path, sheet: Sheet, faults: list[Fault], mapping: Map) -> Path:
    """Write the returned copy of ``path`` beside the report; only its owner may read it. Returns where it lies.

    .xlsx comes back as the same workbook, .csv and .tsv as the same lines with one column more; what cannot be written
    (.xls, .ods, GeoJSON) as a new workbook that lists the faults.
    """
    name = path.name.lower()
    if name.endswith(".xlsx"):
        copy = beside.with_suffix(".xlsx")
        marked_copy(path, copy, sheet, faults)
    elif name.endswith(_TEXT):
        copy = beside.with_suffix(".csv")
        text_copy(path, copy, faults, mapping)
    else:
        copy = beside.with_suffix(".xlsx")
        fresh_copy(copy, sheet, faults)
    copy.chmod(0o600)
    return copy
