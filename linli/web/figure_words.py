"""Figures as a reader sees them: the plain number and its change first, what is uncertain beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from linli.insight.measures.rules import Figure, Period
from linli.web.templatetags.linli_web import say


def plain(figure: Figure, value: float | None) -> str | None:
    """A count with its thousands apart, a share in per cent; None stays None."""
    if value is None:
        return None
    return f"{value:.1%}" if figure.is_share else f"{int(value):,}"


def change_shown(figure: Figure) -> float | None:
    """The change in per cent, of a share in percentage points; with few cases none: the counts stand beside."""
    if figure.change is None or figure.small:
        return None
    return round(figure.change * 100, 1)


def change_unit(figure: Figure) -> str:
    return _(" 个百分点") if figure.is_share else "%"


def doubt_shown(figure: Figure) -> str:
    """What is uncertain about a figure, in words; empty when nothing is."""
    said = [f"{say(doubt.measure.words)} {doubt.n}" for doubt in figure.doubts]
    if figure.before is None:
        said.append(_("上年同期没有可比的数"))
    elif figure.small:
        said.append(_("数量太少，不比百分比"))
    elif figure.by_chance:
        said.append(_("升降在偶然波动之内"))
    return "；".join(said)


def days_shown(period: Period) -> str:
    """The days of a period, first and last."""
    return f"{period.begins:%m-%d}—{period.last_day:%m-%d}"


def ledger_address(figure: Figure, place_code: str, begins: object, ends: object) -> str:
    """Where exactly the rows of a figure are listed; of a share those of its part."""
    params = {**figure.measure.filters, "from": str(begins), "to": str(ends), "place": place_code}
    if figure.measure.own_rooms:
        params["handled_in"] = place_code
    return f"/matters?{urlencode(params, safe=',')}"


def card(figure: Figure, period: Period, place_code: str) -> dict[str, Any]:
    """One figure as the component ``figure`` takes it."""
    before = plain(figure, figure.before)
    return {
        "name": figure.measure.words,
        "value": plain(figure, figure.now),
        "unit": figure.measure.unit,
        "change": change_shown(figure),
        "change_unit": change_unit(figure),
        "of": _("{days}，上年同期 {before}").format(days=days_shown(period), before=before or "—"),
        "doubt": doubt_shown(figure),
        "href": ledger_address(figure, place_code, period.begins, period.ends),
    }
