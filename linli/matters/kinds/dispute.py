"""纠纷: a quarrel between neighbours, families or parties to a deal (Q15, P10)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="dispute",
    prefix="JF",
    words=Words("纠纷", "dispute"),
    icon="users",
    workflow=plain_workflow("dispute", Words("已化解", "settled")),
    opens=(*REPORTERS, "mediator"),
    details=(
        Field("cause", Words("起因", "cause"), required=True),
        Field(
            "colour",
            Words("颜色", "colour"),
            "choice",
            choices=(
                ("blue", Words("蓝色", "blue")),
                ("yellow", Words("黄色", "yellow")),
                ("red", Words("红色", "red")),
            ),
            counted=True,
        ),
        Field("danger", Words("危险提示", "what is dangerous")),
    ),
    due_after_h=72,
    seed={"title": "邻里围墙纠纷", "cause": "翻修围墙占道", "colour": "blue"},
)
