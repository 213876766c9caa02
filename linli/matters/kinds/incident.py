"""警情: a call for the police, from order to closed. Its orders, units and clock live in operations (P2)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.kinds.rules import Field, Kind

LIFE = Workflow(
    "incident",
    "waiting",
    (
        State("waiting", Words("待派", "waiting")),
        State("ordered", Words("已派", "ordered")),
        State("on_scene", Words("已到场", "on scene")),
        State("done", Words("处置完毕", "done")),
        State("fed_back", Words("已反馈", "fed back")),
        State("closed", Words("结案", "closed"), final=True),
        State("handed_over", Words("已移交", "handed over")),
        State("void", Words("无效", "void"), final=True),
    ),
    (
        Move("order", ("waiting", "ordered", "on_scene", "done"), "ordered", Words("派警", "order"), machine=True),
        Move("arrive", ("waiting", "ordered", "on_scene"), "on_scene", Words("到场", "arrive"), machine=True),
        Move("finish", ("waiting", "ordered", "on_scene"), "done", Words("处置完毕", "finish"), machine=True),
        Move(
            "return_to_waiting",
            ("ordered", "on_scene"),
            "waiting",
            Words("退回待派", "return to waiting"),
            machine=True,
        ),
        Move("feed_back", ("done",), "fed_back", Words("反馈", "feed back"), needs=("outcome",)),
        Move("close", ("done", "fed_back"), "closed", Words("结案", "close")),
        Move(
            "reopen",
            ("done", "fed_back", "closed", "void", "handed_over"),
            "waiting",
            Words("重新受理", "reopen"),
            needs=("reason",),
        ),
        Move("hand_over", ("waiting", "ordered", "on_scene"), "handed_over", Words("移交", "hand over"), machine=True),
        Move("take_back", ("handed_over",), "waiting", Words("退回受理", "take back"), machine=True),
        Move("settle_elsewhere", ("handed_over",), "closed", Words("对方办结", "settled elsewhere"), machine=True),
        Move("void", ("waiting",), "void", Words("作无效警情", "void"), needs=("reason",)),
    ),
)

KIND = Kind(
    code="incident",
    prefix="JQ",
    words=Words("警情", "incident"),
    icon="urgent",
    workflow=LIFE,
    opens=("call_taker", "dispatcher", "station_desk", "station_chief", "community_officer", "intake_machine"),
    details=(
        Field("narrative", Words("报警内容", "narrative"), personal=True),
        Field("beat", Words("巡区", "beat"), counted=True),
        Field("foreign_category", Words("原类别", "category as sent"), counted=True),
        Field("result", Words("处置结果", "result"), counted=True),
    ),
    columns=("number", "category", "priority", "address", "state", "agency", "received_at"),
    search=("address", "narrative"),
    rises=False,
    seed={"narrative": "两人因停车争吵", "category": "5001"},
)
