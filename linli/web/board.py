"""全局一盘棋: the board of stations and rooms, as a page, on paper and as a workbook."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from linli.insight.board.queries import Board, board_of
from linli.insight.board.rules import FIGURES, LIVE_COLUMNS, Place, ordered
from linli.insight.measures.rules import MEASURES, PERIODS, Figure, Period, period_of
from linli.kernel import clock
from linli.web.context import BOARD
from linli.web.figure_words import (
    card,
    change_shown,
    change_unit,
    days_shown,
    doubt_shown,
    ledger_address,
    plain,
)
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page

VIEWS = ("tiles", "rows")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> tuple[Board, Period, dict[str, str]]:
    """The board that the address asks for, and what it asks with."""
    asked = {name: request.GET.get(name, "") for name in ("place", "period", "sort", "view")}
    period = period_of(asked["period"] or "month", clock.today())
    board = board_of(actor_of(request), code=asked["place"], period=period)
    asked["view"] = asked["view"] if asked["view"] in VIEWS else VIEWS[0]
    return board, period, asked


@never_cache
@require_GET
@page(*BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """A place and what stands below it: today, this period, last year's; each number opens its rows."""
    found, period, asked = _asked(request)
    asked["period"], asked["place"] = period.code, found.place.code

    def to(**changes: str) -> str:
        return "?" + urlencode({name: value for name, value in {**asked, **changes}.items() if value})

    below = ordered(found.below, asked["sort"])
    crumbs = [*((agency.name, to(place=agency.code)) for agency in found.above), (found.place.name, "")]
    heads = [{"code": code, "words": MEASURES[code].words, "href": to(sort=code)} for code in FIGURES]
    context = {
        "place": found.place,
        "whole": _row(found.whole, period, to),
        "cards": [card(figure, period, found.place.code) for figure in found.whole.figures.values()],
        "rows": [_row(place, period, to) for place in below],
        "heads": heads,
        "live_heads": [{"code": code, "words": words, "href": to(sort=code)} for code, words in LIVE_COLUMNS.items()],
        "sort": asked["sort"],
        "sorted_by": _sorted_by(asked["sort"]),
        "own_order": to(sort=""),
        "crumbs": crumbs if len(crumbs) > 1 else None,
        "period": period,
        "days": days_shown(period),
        "periods": [
            {"words": words, "href": to(period=code), "current": code == period.code} for code, words in PERIODS.items()
        ],
        "view": asked["view"],
        "views": [
            {"words": words, "href": to(view=name), "current": name == asked["view"], "icon": icon}
            for name, words, icon in (("tiles", _("棋盘"), "layout-grid"), ("rows", _("表格"), "list"))
        ],
        "workbook": to(),
        "at": clock.now(),
    }
    return render(request, "web/board.html", context)


def _sorted_by(code: str) -> Any:
    if code in LIVE_COLUMNS:
        return LIVE_COLUMNS[code]
    return MEASURES[code].words if code in MEASURES else ""


def _row(place: Place, period: Period, to: Any) -> dict[str, Any]:
    """One place with each figure as the page shows it."""
    return {
        "place": place,
        "href": to(place=place.code, sort="") if place.has_below else "",
        "cells": [_cell(figure, period, place.code) for figure in place.figures.values()],
        "covered": f"{place.covered:.0%}" if place.covered is not None else "",
        "still_href": f"/matters?{urlencode({'open': '1', 'place': place.code})}",
        "late_href": f"/matters?{urlencode({'late': '1', 'place': place.code})}",
    }


def _cell(figure: Figure, period: Period, code: str) -> dict[str, Any]:
    change = change_shown(figure)
    tomorrow = clock.today() + (period.ends - period.last_day)
    return {
        "measure": figure.measure,
        "now": plain(figure, figure.now) or "—",
        "before": plain(figure, figure.before) or "—",
        "today": plain(figure, figure.today) or "—",
        "change": f"{change:+.1f}{change_unit(figure)}" if change is not None else "",
        "doubt": doubt_shown(figure),
        "href": ledger_address(figure, code, period.begins, period.ends),
        "today_href": ledger_address(figure, code, clock.today(), tomorrow),
        "before_href": ledger_address(figure, code, period.before_begins, period.before_ends),
    }


@never_cache
@require_GET
@page(*BOARD)
def workbook(request: HttpRequest) -> HttpResponse:
    """The same board as a workbook: numbers as numbers, a second sheet with what each means."""
    found, period, asked = _asked(request)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _sheet(book, found, period, ordered(found.below, asked["sort"]))
    _meanings(book)
    book.close()
    name = f"board-{found.place.code}-{period.begins:%Y%m%d}-{period.last_day:%Y%m%d}.xlsx"
    return HttpResponse(
        out.getvalue(), content_type=WORKBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _sheet(book: Any, found: Board, period: Period, below: list[Place]) -> None:
    sheet = book.add_worksheet(_("一盘棋")[:31])
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    styles = {True: book.add_format({"num_format": "0.0%"}), False: book.add_format({"num_format": "#,##0"})}
    sheet.write_string(
        0,
        0,
        f"{found.place.name} {say(period.words)} {period.begins}—{period.last_day}"
        f"（{_('上年同期')} {period.before_begins}—{period.before_last_day}）",
        bold,
    )
    heads = [_("单位"), _("类别")]
    for code in FIGURES:
        words = say(MEASURES[code].words)
        heads += [f"{words} {_('今日')}", words, f"{words} {_('上年同期')}", f"{words} {_('同比')}"]
    heads += [_("未结"), _("超期"), _("出警"), _("在岗")]
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head, bold)
    for line, place in enumerate([found.whole, *below], start=3):
        _line(sheet, line, place, styles)
    sheet.freeze_panes(3, 1)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, len(heads) - 1, 11)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)


def _line(sheet: Any, line: int, place: Place, styles: dict[bool, Any]) -> None:
    sheet.write_string(line, 0, f"{'　' * max(0, place.depth - 1)}{place.name}")
    sheet.write_string(line, 1, str(say(place.kind)))
    column = 2
    for figure in place.figures.values():
        for value, style in (
            (figure.today, styles[figure.is_share]),
            (figure.now, styles[figure.is_share]),
            (figure.before, styles[figure.is_share]),
            (figure.change, styles[True]),
        ):
            if value is None:
                sheet.write_string(line, column, "—")
            else:
                sheet.write_number(line, column, value, style)
            column += 1
    for n in (place.live.still_open, place.live.late, place.live.out, place.live.on_duty):
        sheet.write_number(line, column, n)
        column += 1


def _meanings(book: Any) -> None:
    sheet = book.add_worksheet(_("指标含义")[:31])
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for line, measure in enumerate(MEASURES.values()):
        sheet.write_string(line, 0, str(say(measure.words)), wrap)
        sheet.write_string(line, 1, str(say(measure.meaning)), wrap)
        sheet.write_string(line, 2, measure.row, wrap)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
