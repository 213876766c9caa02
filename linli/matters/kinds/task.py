"""任务: something that somebody is to do by a time; goes down the line (F2)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="task",
    prefix="RW",
    words=Words("任务", "task"),
    icon="checklist",
    workflow=plain_workflow("task", Words("已完成", "done")),
    opens=(*REPORTERS, "bureau_leader"),
    details=(Field("what", Words("任务要求", "what is to be done"), required=True),),
    rises=False,
    seed={"title": "本周反诈宣传进集市", "what": "每个警务站一次"},
)
