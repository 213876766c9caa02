"""``linli report response``, ``station`` and ``work``: the figures, for machines and for people."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings

from linli.command.main import Unreadable
from linli.insight.measures.queries import GROUPINGS, report_response, report_station
from linli.insight.measures.queries.work import report_work
from linli.insight.measures.rules import change
from linli.insight.measures.rules.station_paper import PAPERS, station_paper
from linli.insight.measures.rules.work import work_book, work_paper
from linli.kernel import clock
from linli.kernel.scope import system
from linli.works.papers.rules import as_docx, as_pdf, template_for

COMMAND = system("command")
FORMATS = ("json", "xlsx", "docx", "pdf")
_TEMPLATES = {"docx": "docx", "pdf": "typ"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Three sub-commands."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    response = verbs.add_parser("response", help="queue, travel and response times")
    response.add_argument("--by", choices=GROUPINGS, required=True)
    station = verbs.add_parser("station", help="incidents and diverted share of a police station")
    station.add_argument("--station", metavar="CODE", required=True)
    work = verbs.add_parser("work", help="visits, help, disputes and inspections of an officer or a place (W1)")
    whose = work.add_mutually_exclusive_group(required=True)
    whose.add_argument("--officer", metavar="STAFF_NO", default="")
    whose.add_argument("--place", metavar="CODE", default="", help="a bureau, station or room")
    whose.add_argument("--grid", metavar="CODE", default="", help="a police grid")
    for verb in (station, work):
        verb.add_argument("--format", choices=FORMATS, default="json")
        verb.add_argument("--out", metavar="FILE", type=Path, help="where the document goes")
    for verb, required in ((response, False), (station, True), (work, True)):
        verb.add_argument("--from", dest="begins", metavar="D", type=_day, required=required, help="first day")
        verb.add_argument("--to", dest="ends", metavar="D", type=_day, required=required, help="first day after")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-01-31") from fault


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The report; a document besides when a format is asked for."""
    if options.begins and options.ends and options.ends <= options.begins:
        raise Unreadable("--to must lie after --from")
    if options.verb == "response":
        return dict(report_response(COMMAND, by=options.by, begins=options.begins, ends=options.ends))
    if options.format != "json" and options.out is None:
        raise Unreadable(f"--format {options.format} needs --out FILE")
    if options.verb == "work":
        return _work(options)
    answer = report_station(COMMAND, station=options.station, begins=options.begins, ends=options.ends)
    if options.format == "json":
        _figures(options.out, answer)
    elif options.format == "xlsx":
        _workbook(options.out, answer)
    else:
        _paper(options.out, "report-station", station_paper(answer, clock.shanghai(clock.now())), options.format)
    return dict(answer)


def _work(options: argparse.Namespace) -> dict[str, Any]:
    asked = {"officer": options.officer, "place": options.place, "grid": options.grid}
    answer = report_work(COMMAND, **asked, begins=options.begins, ends=options.ends)
    facts = work_paper(answer, clock.shanghai(clock.now()))
    if options.format == "json":
        _figures(options.out, answer)
    elif options.format == "xlsx":
        _write(options.out, work_book(facts))
    else:
        _paper(options.out, "report-work", facts, options.format)
    return answer


def _figures(path: Path | None, answer: dict[str, Any]) -> None:
    """The figures as a file too, when one is named."""
    if path is not None:
        _write(path, json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n")


def _paper(path: Path, name: str, facts: dict[str, Any], kind: str) -> None:
    """Figures as Word or PDF; a template of the bureau in LINLI_HOME/papers goes before ours."""
    template = template_for(PAPERS / f"{name}.{_TEMPLATES[kind]}", Path(settings.LINLI_HOME))
    _write(path, as_docx(template, facts) if kind == "docx" else as_pdf(template, facts))


def _write(path: Path, made: bytes) -> None:
    try:
        path.write_bytes(made)
    except OSError as fault:
        raise Unreadable(f"{path}: {fault.strerror or fault}") from fault


def _workbook(path: Path, answer: dict[str, Any]) -> None:
    """The station's figures as a sheet: this period beside the same one a year before."""
    try:
        book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
        sheet = book.add_worksheet("分流 diverted")
        bold, part = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        last = date.fromisoformat(answer["to"]) - timedelta(days=1)
        sheet.write_string(0, 0, f"{answer['station']['name']}　{answer['from']}至{last}", bold)
        for at, head in enumerate(("指标", "本期", "上年同期", "同比")):
            sheet.write_string(2, at, head, bold)
        before = answer["previous"]
        for row, (name, key) in enumerate((("警情", "incidents"), ("警务室处置", "diverted")), start=3):
            sheet.write_string(row, 0, name)
            sheet.write_number(row, 1, answer[key])
            sheet.write_number(row, 2, before[key])
            _share(sheet, row, 3, change(answer[key], before[key]), part)
        sheet.write_string(5, 0, "分流率")
        _share(sheet, 5, 1, answer["diverted_share"], part)
        _share(sheet, 5, 2, before["diverted_share"], part)
        sheet.set_column(0, 0, 24)
        book.close()
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise Unreadable(f"{path}: it cannot be written") from fault


def _share(sheet: Any, row: int, column: int, value: float | None, style: Any) -> None:
    """A share as a number, or a dash where there is nothing to compare with."""
    if value is None:
        sheet.write_string(row, column, "—")
    else:
        sheet.write_number(row, column, value, style)


def words(answer: dict[str, Any]) -> str:
    """The figures as lines."""
    if "figures" in answer:
        whose = answer["officer"] or answer["place"]
        figures = "，".join(f"{one['zh']}{one['n']:,}{one['unit_zh']}" for one in answer["figures"])
        return f"{whose['name']}，{answer['from']}起：{figures}"
    if "groups" in answer:
        return "\n".join(_line(group) for group in answer["groups"]) or "没有警情 no calls"
    last = date.fromisoformat(answer["to"]) - timedelta(days=1)
    part = answer["diverted_share"]
    changed = answer["change"]
    return (
        f"{answer['station']['name']}，{answer['from']}至{last}：警情{answer['incidents']}起，"
        f"警务室处置{answer['diverted']}起，分流率{'—' if part is None else f'{part:.1%}'}，"
        f"同比{'—' if changed is None else f'{changed:+.1%}'}（{clock.shanghai(clock.now()):%Y-%m-%d %H:%M}）"
    )


def _line(group: dict[str, Any]) -> str:
    def shown(name: str) -> str:
        half = group[name]["p50"]
        return "—" if half is None else f"{half:.0f}/{group[name]['p90']:.0f} s (n={group[name]['n']})"

    return (
        f"{group['key'] or '—':<16} {group['calls']:>6}  待派 queue {shown('queue_s')}  "
        f"路途 travel {shown('travel_s')}  到场 response {shown('response_s')}"
    )
