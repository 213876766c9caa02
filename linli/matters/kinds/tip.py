"""线索: what somebody has seen or heard; checked, acted on, answered (P8, D3)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="tip",
    prefix="XS",
    words=Words("线索", "tip"),
    icon="eye",
    workflow=plain_workflow("tip", Words("已查结", "settled")),
    opens=REPORTERS,
    details=(Field("what", Words("内容", "what was seen or heard"), required=True),),
    keep_days=1095,
    due_after_h=24,
    seed={"title": "夜间有人在集市后巷撬车", "what": "凌晨见两人查看停放的电动车"},
)
