"""A station's figures as a paper: what stands in Word, PDF and workbook alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from linli.insight.measures.rules.intervals import change

PAPERS = Path(__file__).parents[2] / "data"
NOTHING = "—"


def station_paper(answer: Mapping[str, Any], made_at: datetime) -> dict[str, Any]:
    """The facts of a paper from the answer of ``report_station``; ``made_at`` in the time of the reader.

    title, period, heads, rows [name, this period, the year before, change], notes, made, and each figure under a name
    of its own for templates that place them one by one. What has no figure is a dash, never 0.
    """
    before = answer["previous"]
    last = date.fromisoformat(answer["to"]) - timedelta(days=1)
    rows = [
        _row("警情（起）", answer["incidents"], before["incidents"]),
        _row("警务室处置（起）", answer["diverted"], before["diverted"]),
        ["分流率", _share(answer["diverted_share"]), _share(before["diverted_share"]), NOTHING],
    ]
    return {
        "title": f"{answer['station']['name']}警情分流情况",
        "station": answer["station"]["name"],
        "period": f"{answer['from']}至{last}",
        "heads": ["指标", "本期", "上年同期", "同比"],
        "rows": rows,
        "notes": ["同比按去年同日期间计算；上年同期没有数据的，同比记为“—”。", "分流率＝警务室处置数÷警情数。"],
        "made": f"{made_at:%Y-%m-%d %H:%M}",
        "incidents": rows[0][1],
        "diverted": rows[1][1],
        "diverted_share": rows[2][1],
        "change": rows[0][3],
    }


def _row(name: str, now: int, before: int) -> list[str]:
    changed = change(now, before)
    return [name, str(now), str(before), NOTHING if changed is None else f"{changed:+.1%}"]


def _share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1%}"
