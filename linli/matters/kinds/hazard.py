"""隐患: a dark street lamp, e-bikes in a stairway, a loose manhole (P11)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="hazard",
    prefix="YH",
    words=Words("隐患", "hazard"),
    icon="alert-triangle",
    workflow=plain_workflow("hazard", Words("已整改", "put right")),
    opens=REPORTERS,
    details=(Field("what", Words("隐患", "hazard"), required=True),),
    due_after_h=72,
    seed={"title": "路灯不亮", "what": "村口第三盏路灯不亮"},
)
