"""The sheet of problems: every fault in a row, with a link to its cell."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from linli.works.tables.returned.fresh import HEADINGS, MOST_LISTED, told
from linli.works.tables.returned.notes import legal, letters
from linli.works.tables.returned.parts import MAIN
from linli.works.tables.rules.columns import Fault
from linli.works.tables.rules.planning import Sheet

_MOST_LINKED = 10_000
_WIDTHS = (8, 18, 24, 40, 48, 18)


def problems_sheet(sheet: Sheet, faults: list[Fault]) -> bytes:
    """The sheet as XML. All cells are text, so that nothing in it is ever run as a formula."""
    rows = [_row(1, HEADINGS)]
    links: list[str] = []
    quoted = "'" + sheet.sheet.replace("'", "''") + "'"
    first = min(sheet.places.values(), default=0)
    for line, fault in enumerate(faults[:MOST_LISTED], start=2):
        rows.append(_row(line, [str(one) for one in told(fault, sheet)]))
        if len(links) < _MOST_LINKED:
            cell = f"{quoted}!{letters(sheet.places.get(fault.column, first))}{fault.row}"
            links.append(f'<hyperlink ref="A{line}" location={quoteattr(cell)}/>')
    if len(faults) > MOST_LISTED:
        rows.append(_row(MOST_LISTED + 2, [f"…共{len(faults)}处 {len(faults)} in all"]))
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(_WIDTHS, start=1)
    )
    linked = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}">'
        f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews><cols>{columns}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData>{linked}</worksheet>"
    ).encode()


def _row(line: int, texts: list[str] | tuple[str, ...]) -> str:
    cells = "".join(
        f'<c r="{letters(at)}{line}" t="inlineStr"><is><t xml:space="preserve">{escape(legal(text))}</t></is></c>'
        for at, text in enumerate(texts)
    )
    return f'<row r="{line}">{cells}</row>'
