"""咨询: a question of law or of where to go, asked at the residents' door or in the street (W8)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="question",
    prefix="ZX",
    words=Words("咨询", "question"),
    icon="message-circle",
    workflow=plain_workflow("question", Words("已答复", "answered")),
    opens=REPORTERS,
    details=(Field("question", Words("问题", "question"), required=True),),
    keep_days=730,
    due_after_h=72,
    seed={"title": "工资拖欠怎么办", "question": "工地拖欠两个月工资，应该找谁？"},
)
