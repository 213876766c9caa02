"""The figures of work in the community (W1), each declared once: pure.

They are counted for a place or for one officer, over a period, as what was done; never set beside another officer's,
never against a target, never in order of size (``tests/contracts/test_work_figures.py``). No figure asks for a picture,
a distance or a time at a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from linli.kernel.registry import Registry
from linli.kernel.words import Words

PAPERS = Path(__file__).parents[2] / "data"
TIMES = Words("次", "times")
PEOPLE = Words("人次", "people")
PIECES = Words("件", "matters")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFigure:
    """One figure of work: what it is called, in what it is counted, what it means, which row of the practice."""

    code: str
    words: Words
    unit: Words
    meaning: Words
    row: str = "W1"


WORK: Registry[WorkFigure] = Registry("figures of work")


def _declare(code: str, words: Words, unit: Words, meaning: Words, row: str = "W1") -> None:
    WORK.add(code, WorkFigure(code=code, words=words, unit=unit, meaning=meaning, row=row))


_declare(
    "person_visits",
    Words("走访", "person-visits"),
    PEOPLE,
    Words(
        "走访和检查时见到的人次；退回补正的不计。", "People met on visits and inspections; what was sent back is none."
    ),
    "W1 P7",
)
_declare(
    "homes_reached",
    Words("走到户（处）", "doors reached"),
    Words("户", "doors"),
    Words("见到人的不同户和场所，同一处只计一次。", "Different doors at which somebody was met, each once."),
    "W1 P6",
)
_declare(
    "people_helped",
    Words("帮扶慰问", "people helped"),
    Words("人", "people"),
    Words("走访中帮扶、慰问的人数。", "People who got a hand or a visit of condolence."),
)
_declare(
    "disputes",
    Words("排查纠纷", "disputes found"),
    PIECES,
    Words("登记的矛盾纠纷。多登记不是坏事。", "Disputes that were recorded. Recording more is no fault."),
    "W1 P10",
)
_declare(
    "hazards",
    Words("发现隐患", "hazards found"),
    PIECES,
    Words("登记的隐患。", "Hazards that were recorded."),
)
_declare("tips", Words("收集线索", "tips"), PIECES, Words("登记的线索。", "Tips that were recorded."), "W1 P8")
_declare(
    "inspections",
    Words("检查场所", "inspections"),
    TIMES,
    Words("检查和复查。", "Inspections and re-checks."),
)
_declare(
    "put_right",
    Words("督促整改", "put right"),
    TIMES,
    Words("限期或当场整改的检查。", "Inspections after which something was put right, at once or by a day."),
)
_declare(
    "unlicensed",
    Words("取缔无证经营", "unlicensed places closed"),
    Words("家", "places"),
    Words("查实无证并取缔的场所，按类别另列。", "Places without a licence that were closed, by kind below."),
)
_declare(
    "seizures",
    Words("查获假冒物品", "seizures of fakes"),
    TIMES,
    Words("查获假冒物品的检查。", "Inspections at which fakes were seized."),
)
_declare(
    "seized_yuan",
    Words("查获价值", "value seized"),
    Words("元", "yuan"),
    Words("查获假冒物品的价值。", "The value of the fakes that were seized."),
)


def work_paper(answer: Mapping[str, Any], made_at: datetime) -> dict[str, Any]:
    """The facts of a paper from the answer of ``report_work``: title, period, heads, rows [name, number, unit,
    meaning], notes, made.
    """
    last = date.fromisoformat(answer["to"]) - timedelta(days=1)
    rows = [[one["zh"], f"{one['n']:,}", one["unit_zh"], one["meaning_zh"]] for one in answer["figures"]]
    at = next((n for n, one in enumerate(answer["figures"]) if one["code"] == "unlicensed"), len(rows)) + 1
    rows[at:at] = [[f"　其中{one['zh']}", f"{one['n']:,}", "家", ""] for one in answer["trades"]]
    notes = ["本表如实列出做过的工作，不作为个人排名或指标。"]
    if answer["waiting"]:
        notes.append(f"其中{answer['waiting']}条走访记录尚待民警核签。")
    who = answer["officer"]["name"] if answer["officer"] else answer["place"]["name"]
    return {
        "title": f"{who}社区工作情况",
        "period": f"{answer['from']}至{last}",
        "heads": ["项目", "数量", "单位", "含义"],
        "rows": rows,
        "notes": notes,
        "made": f"{made_at:%Y-%m-%d %H:%M}",
    }


def work_book(facts: Mapping[str, Any]) -> bytes:
    """The same paper as a workbook: numbers as numbers."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("社区工作 work")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "#,##0", "valign": "top"})
    sheet.write_string(0, 0, f"{facts['title']}　{facts['period']}", bold)
    for column, head in enumerate(facts["heads"]):
        sheet.write_string(2, column, head, bold)
    for row, (name, n, unit, meaning) in enumerate(facts["rows"], start=3):
        sheet.write_string(row, 0, name, wrap)
        sheet.write_number(row, 1, int(n.replace(",", "")), number)
        sheet.write_string(row, 2, unit, wrap)
        sheet.write_string(row, 3, meaning, wrap)
    for line, note in enumerate([*facts["notes"], facts["made"]], start=4 + len(facts["rows"])):
        sheet.write_string(line, 0, note)
    sheet.set_column(0, 0, 24)
    sheet.set_column(3, 3, 60)
    book.close()
    return out.getvalue()
