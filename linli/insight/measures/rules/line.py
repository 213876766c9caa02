"""Figures of the line: reports signed in time, level by level, and tasks done (F2, W6). Of places, never of persons."""

from __future__ import annotations

from django.db.models import Q

from linli.insight.measures.rules.declared import MEASURES, PIECES, Measure
from linli.kernel.words import Words
from linli.matters.line.rules import LEVELS, REPORTS

_UP = Q(kind__in=REPORTS) & Q(hop_n__gt=0)
_UP_LIST = {"line": "up"}
_TASK = Q(kind="task") & Q(receipt_n__gt=0)
_TASK_LIST = {"line": "down"}
_PEOPLE = Words("人次", "recipients")
_NONE = Words("", "")


def _share(code: str, words: Words, meaning: Words, *, part: str, over: str, filters: dict[str, str]) -> Measure:
    return Measure(
        code=code, words=words, unit=_NONE, meaning=meaning, row="F2 W6", part=part, over=over, filters=filters
    )


def _amount(code: str, words: Words, meaning: Words, amount: str, *, down: bool = False) -> Measure:
    return Measure(
        code=code,
        words=words,
        unit=_PEOPLE if down else PIECES,
        meaning=meaning,
        row="F2 W6",
        where=_TASK if down else _UP,
        filters=_TASK_LIST if down else _UP_LIST,
        amount=amount,
    )


for _measure in (
    Measure(
        code="reports_up",
        words=Words("逐级上报", "reports up the line"),
        unit=PIECES,
        meaning=Words(
            "经信息员、助理、辅警、民警、所、局逐级上报的事项，按上报日。多上报不是坏事。",
            "Matters that went up the line, by the day reported. Reporting more is no fault.",
        ),
        row="F2 W6",
        where=_UP,
        filters=_UP_LIST,
    ),
    Measure(
        code="signed_in_time",
        words=Words("全程按时签收", "signed in time on every level"),
        unit=PIECES,
        meaning=Words(
            "每一级都在时限内签收、没有逾期转级的上报。",
            "Reports that every level signed within its clock; none went on unsigned.",
        ),
        row="F2 W6",
        where=_UP & Q(signed_in_time=True),
        filters={"line": "in_time"},
    ),
    _share(
        "signed_in_time_share",
        Words("按时签收率", "share signed in time"),
        Words(
            "逐级上报的事项中，全程按时签收的比例。", "Of the reports up the line, the share signed in time throughout."
        ),
        part="signed_in_time",
        over="reports_up",
        filters={"line": "in_time"},
    ),
    *(
        _amount(
            f"line_{part}_{level.code}",
            Words(f"{level.words.zh}{zh}", f"{en}: {level.words.en}"),
            Words(
                f"送到{level.words.zh}这一级的上报{more_zh}，按上报日。",
                f"Reports that came before this level{more_en}, by the day reported.",
            ),
            f"line_{part}_{level.number}",
        )
        for level in LEVELS[1:]
        for part, zh, en, more_zh, more_en in (
            ("came", "收到上报", "reports received", "", ""),
            ("signed", "按时签收", "signed in time", "中在时限内签收的", " and were signed within its clock"),
        )
    ),
    _amount(
        "tasks_sent",
        Words("任务下发", "tasks sent"),
        Words("下发的任务份数，每人一份，按下发日。", "Tasks as each recipient got them, by the day they were sent."),
        "receipt_n",
        down=True,
    ),
    _amount(
        "tasks_done",
        Words("任务完成", "tasks done"),
        Words("下发的任务中已全部完成的份数。", "Of those, the ones that are wholly done."),
        "receipt_done_n",
        down=True,
    ),
    _share(
        "tasks_done_share",
        Words("任务完成率", "share of tasks done"),
        Words(
            "下发的任务份数中已完成的比例。只按单位、不按人。",
            "The share of tasks done, by place and never by person.",
        ),
        part="tasks_done",
        over="tasks_sent",
        filters=_TASK_LIST,
    ),
):
    MEASURES.add(_measure.code, _measure)

LINE_FIGURES = tuple(code for code, one in MEASURES.items() if one.row == "F2 W6")
"""What the page of the line may show of a place."""
