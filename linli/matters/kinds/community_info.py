"""社情信息: what a grid worker or information officer reports about the area. The officer sorts it the next morning,
goes to see with the grid worker, settles it or turns it into a matter of another kind (Q3, F2, W6).

It tells of a situation, never of a person's opinions: an assembly, petition or opinion is no matter.
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

LIFE = Workflow(
    "community_info",
    "open",
    (
        OPEN,
        ASSIGNED,
        State("sorted", Words("已研判", "sorted")),
        State("seen", Words("已走看", "gone to see")),
        State("settled", Words("已核实", "checked")),
        State("closed", Words("结案", "closed"), final=True),
        AWAY,
    ),
    (
        assign("open", "assigned", "sorted", "settled"),
        Move(
            "sort", ("open", "assigned"), "sorted", Words("研判", "sort"), needs=("worth",), also=("plan",), may=POLICE
        ),
        Move(
            "go_and_see",
            ("open", "assigned", "sorted"),
            "seen",
            Words("走看", "go and see"),
            needs=("seen",),
            may=(*POLICE, "assistant", "grid_worker"),
        ),
        Move(
            "settle",
            ("open", "assigned", "sorted", "seen"),
            "settled",
            Words("核实办结", "settle"),
            needs=("outcome",),
            may=(*POLICE, "assistant", "grid_worker"),
        ),
        Move(
            "turn",
            ("open", "assigned", "sorted", "seen"),
            "settled",
            Words("转为其他事项", "turn into another kind"),
            also=("outcome",),
            machine=True,
        ),
        close(),
        reopen(),
        *goes_away("open", "assigned", "sorted", "seen"),
    ),
)

KIND = Kind(
    code="community_info",
    prefix="SQ",
    words=Words("社情信息", "community information"),
    icon="message-circle",
    workflow=LIFE,
    opens=SHARERS,
    details=(Field("what", Words("情况", "what is known"), required=True),),
    asks=(
        Field(
            "worth",
            Words("研判意见", "sorted as"),
            "choice",
            choices=(
                ("know", Words("知悉留存", "good to know")),
                ("go", Words("需走看", "go and see")),
                ("act", Words("需处置", "something must be done")),
            ),
            counted=True,
        ),
        Field("plan", Words("安排", "what is planned")),
        Field("seen", Words("看到的情况", "what was seen")),
    ),
    columns=("number", "title", "state", "agency", "due_at", "opened_at"),
    due_at_hour=10,
    due_in_h={"sorted": 48, "seen": 48, "settled": 72},
    pictured=("go_and_see", "settle"),
    seed={"title": "新开工地外来务工人员增多", "what": "约四十人入住"},
)
