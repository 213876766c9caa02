"""Making the workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import python_calamine
import xlsxwriter

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.exporting.models import ExportTemplate
from linli.matters.exporting.rules import Layout, default_layout
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import category
from linli.org.agencies.models import Agency

_FETCHED = 500


def template_for(actor: Actor) -> tuple[str, Layout]:
    """Heading and columns for an actor: the template of the nearest agency at or above his posts, else our own."""
    codes = {code for post in actor.posts for code in post.path.strip("/").split("/")}
    rows = ExportTemplate.objects.filter(agency__code__in=codes).select_related("agency")
    nearest = max(rows, key=lambda row: len(row.agency.path), default=None)
    if nearest is None:
        return "", default_layout()
    return nearest.heading, [(name, title, width) for name, title, width in nearest.columns]


def template_home(actor: Actor) -> Agency | None:
    """The agency whose template an actor's post may set: that of his highest post."""
    if not actor.paths:
        return None
    return Agency.objects.filter(path=actor.paths[0]).first()


def workbook(heading: str, layout: Layout, lines: list[int]) -> bytes:
    """The matters at ``lines`` as an XLSX. Nothing in it is a formula, whatever a text begins with."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, {**options, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("台账")
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    large = book.add_format({"bold": True, "font_size": 14})
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for at, (_, _, width) in enumerate(layout):
        sheet.set_column(at, at, width)
    top = 0
    if heading:
        sheet.write_string(0, 0, heading, large)
        top = 1
    for at, (_, title, _) in enumerate(layout):
        sheet.write_string(top, at, title, bold)
    last = top
    for row, matter in enumerate(_matters(lines), top + 1):
        for at, (name, _, _) in enumerate(layout):
            _write(sheet, row, at, cell(matter, name), stamp)
        last = row
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, last, len(layout) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    book.close()
    return out.getvalue()


def blank_workbook(heading: str, layout: Layout) -> bytes:
    """A template to edit: heading, our names, the titles."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    sheet = book.add_worksheet("模板")
    sheet.write_string(0, 0, heading or "台账")
    for at, (name, title, width) in enumerate(layout):
        sheet.set_column(at, at, width)
        sheet.write_string(1, at, name)
        sheet.write_string(2, at, title)
    book.close()
    return out.getvalue()


def rows_of(body: bytes, most: int) -> list[list[Any]]:
    """The first rows of the first sheet of an uploaded workbook; none when it is no workbook."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)[:most]]
    except (python_calamine.CalamineError, OSError, IndexError):
        return []


def _write(sheet: Any, row: int, at: int, value: Any, stamp: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int):
        sheet.write_number(row, at, value)
    elif hasattr(value, "astimezone"):
        sheet.write_datetime(row, at, clock.shanghai(value).replace(tzinfo=None), stamp)
    else:
        sheet.write_string(row, at, str(value)[:32_000])


def _matters(lines: list[int]) -> Iterator[Matter]:
    for start in range(0, len(lines), _FETCHED):
        wanted = lines[start : start + _FETCHED]
        rows = Matter.objects.filter(line__in=wanted).select_related("agency", "station", "grid", "assignee")
        found = {row.line: row for row in rows}
        yield from (found[line] for line in wanted if line in found)


def cell(matter: Matter, name: str) -> Any:
    """The value of one column of a matter: text, whole number, moment or None."""
    if name == "kind":
        return KINDS[matter.kind].words.zh
    if name == "state":
        return matter.workflow.state(matter.state).words.zh
    if name == "category":
        listed = category(matter.category) if matter.category else None
        return listed.zh if listed else ""
    if name in ("grid", "agency", "station", "assignee"):
        row = getattr(matter, name)
        return row.name if row else ""
    if name == "details":
        return "；".join(_said(matter))
    return getattr(matter, name)


def _said(matter: Matter) -> Iterable[str]:
    """The declared details of a kind in words; what was sent and not understood stays out."""
    for item in KINDS[matter.kind].details:
        value = matter.details.get(item.name)
        if value in (None, ""):
            continue
        chosen = dict(item.choices).get(str(value))
        yield f"{item.words.zh}：{chosen.zh if chosen else value}"
