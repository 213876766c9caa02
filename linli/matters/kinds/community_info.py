"""社情信息: what a grid worker or information officer reports about the area (Q3, F2)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="community_info",
    prefix="SQ",
    words=Words("社情信息", "community information"),
    icon="message-circle",
    workflow=plain_workflow("community_info", Words("已核实", "checked")),
    opens=REPORTERS,
    details=(Field("what", Words("情况", "what is known"), required=True),),
    due_after_h=24,
    seed={"title": "新开工地外来务工人员增多", "what": "约四十人入住"},
)
