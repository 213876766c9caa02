"""约谈: a talk in reception hours that a resident has booked (P6, W8)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="appointment",
    prefix="YY",
    words=Words("约谈", "booked talk"),
    icon="calendar",
    workflow=plain_workflow("appointment", Words("已谈", "held")),
    opens=REPORTERS,
    details=(
        Field("about", Words("想谈的事", "what about"), required=True),
        Field("when", Words("约定时间", "booked for")),
    ),
    keep_days=365,
    due_after_h=168,
    seed={"title": "约谈：房屋出租登记", "about": "出租房要办什么手续"},
)
