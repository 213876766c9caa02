"""线索: what somebody has seen or heard; checked, acted on by a rostered team, answered (P8, D3, D4, W3).

The team that is sent and what it brought home are ``operations.sorties``; the giver reads the answer and the thanks by
the number he follows it with (``matters.thanks``), without anybody learning who he is.
"""

from __future__ import annotations

from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.kinds.rules import (
    ASSIGNED,
    AWAY,
    OPEN,
    POLICE,
    SHARERS,
    Field,
    Kind,
    assign,
    close,
    goes_away,
    reopen,
)

FINDINGS = (
    ("caught", Words("当场抓获", "caught in the act")),
    ("seized", Words("起获物品", "goods seized")),
    ("stopped", Words("已制止或消除", "stopped or removed")),
    ("passed_on", Words("转案件办理", "passed on as a case")),
    ("no_finding", Words("查无结果", "no finding")),
)
"""What came of a tip. Checking one that leads to nothing is work too and is counted (W3)."""

LIFE = Workflow(
    "tip",
    "open",
    (
        OPEN,
        ASSIGNED,
        State("checked", Words("已核查", "checked")),
        State("acting", Words("行动中", "a team is out")),
        State("settled", Words("已查结", "settled")),
        State("closed", Words("已答复", "answered"), final=True),
        AWAY,
    ),
    (
        assign("open", "assigned", "settled"),
        Move("check", ("open", "assigned"), "checked", Words("核查", "check"), needs=("checked",), may=POLICE),
        Move(
            "settle",
            ("open", "assigned", "checked", "acting"),
            "settled",
            Words("查结", "settle"),
            needs=("outcome",),
            also=("finding",),
            may=(*POLICE, "assistant"),
        ),
        close(Words("答复并结案", "answer and close"), also=("answer",)),
        reopen(),
        Move("act", ("open", "assigned", "checked"), "acting", Words("派队行动", "send a team"), machine=True),
        Move("stand_down", ("acting",), "checked", Words("撤回行动", "stand down"), machine=True),
        *goes_away("open", "assigned", "checked"),
    ),
)

KIND = Kind(
    code="tip",
    prefix="XS",
    words=Words("线索", "tip"),
    icon="eye",
    workflow=LIFE,
    opens=(*SHARERS, "tips_desk", "bureau_leader"),
    details=(
        Field("what", Words("内容", "what was seen or heard"), required=True),
        Field("when", Words("什么时候", "when")),
        Field(
            "about",
            Words("关于", "about"),
            "choice",
            choices=(
                ("theft", Words("盗窃", "theft")),
                ("fraud", Words("诈骗", "fraud")),
                ("drugs", Words("毒品", "drugs")),
                ("gambling", Words("赌博", "gambling")),
                ("weapons", Words("枪爆危险品", "weapons and explosives")),
                ("other", Words("其他", "something else")),
            ),
            counted=True,
        ),
    ),
    asks=(
        Field("checked", Words("核查情况", "what the check found")),
        Field("finding", Words("结果", "finding"), "choice", choices=FINDINGS, counted=True),
        Field("answer", Words("给提供人的答复", "answer to the giver")),
    ),
    columns=("number", "title", "state", "agency", "due_at", "opened_at"),
    keep_days=1095,
    due_after_h=24,
    due_in_h={"checked": 24, "settled": 24},
    pictured=("check", "settle"),
    seed={"title": "夜间有人在集市后巷撬车", "what": "凌晨见两人查看停放的电动车", "about": "theft"},
)
