"""隐患: a dark street lamp, e-bikes in a stairway, a loose manhole: found, given to who must put it right by a date,
put right, looked at again, kept (P11, Q3).
"""

from __future__ import annotations

from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.kinds.rules import (
    ASSIGNED,
    AWAY,
    CLOSED,
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

TYPES = (
    ("lamp", Words("路灯不亮", "dark street lamp")),
    ("ebike", Words("电动车进楼道或飞线充电", "e-bikes in the stairway, flying charging wires")),
    ("fire_exit", Words("消防通道堵塞", "blocked fire exit")),
    ("wiring", Words("用电用气", "wiring or gas")),
    ("road", Words("道路和井盖", "road or manhole")),
    ("building", Words("房屋脱落倒塌", "building falling or crumbling")),
    ("water", Words("水边无防护", "water without a fence")),
    ("break_in", Words("门窗防盗", "doors and windows open to burglars")),
    ("crowd", Words("人员拥挤", "crowding")),
    ("other", Words("其他", "something else")),
)
HOLDERS = (
    ("owner", Words("业主或使用人", "owner or user")),
    ("property_manager", Words("物业", "property manager")),
    ("village", Words("村居委会", "village or residents' committee")),
    ("street", Words("街道或部门", "street office or department")),
    ("room", Words("警务室", "police room")),
)
"""Who must put it right: a role, not a name. The name of a person or firm stands in the visit or inspection."""
_AT_WORK = (
    *POLICE,
    "assistant",
    "auxiliary",
    "grid_worker",
    "liaison_cadre",
    "property_manager",
    "information_officer",
)

LIFE = Workflow(
    "hazard",
    "open",
    (
        OPEN,
        ASSIGNED,
        State("to_put_right", Words("待整改", "to be put right")),
        State("to_recheck", Words("待复查", "to be looked at again")),
        State("settled", Words("已整改", "put right")),
        CLOSED,
        AWAY,
    ),
    (
        assign("open", "assigned", "settled"),
        Move(
            "settle",
            ("open", "assigned", "to_put_right", "to_recheck"),
            "settled",
            Words("查看合格", "looked at and in order"),
            needs=("outcome",),
            may=(*POLICE, "assistant", "grid_worker"),
        ),
        Move(
            "demand",
            ("open", "assigned", "to_put_right"),
            "to_put_right",
            Words("责令整改", "demand that it is put right"),
            needs=("holder", "due_at"),
            also=("demanded",),
            may=(*POLICE, "assistant", "grid_worker"),
        ),
        Move(
            "put_right",
            ("open", "assigned", "to_put_right"),
            "to_recheck",
            Words("报已整改", "say that it is put right"),
            needs=("done",),
            may=_AT_WORK,
        ),
        Move(
            "not_right",
            ("to_recheck", "settled"),
            "to_put_right",
            Words("复查不合格", "looked at and not in order"),
            needs=("reason", "due_at"),
            may=(*POLICE, "assistant", "grid_worker"),
        ),
        close(Words("归档结案", "keep")),
        reopen(),
        *goes_away("open", "assigned", "to_put_right", "to_recheck"),
    ),
)

KIND = Kind(
    code="hazard",
    prefix="YH",
    words=Words("隐患", "hazard"),
    icon="alert-triangle",
    workflow=LIFE,
    opens=SHARERS,
    details=(
        Field("what", Words("隐患", "hazard"), required=True),
        Field("type", Words("类型", "type"), "choice", choices=TYPES, counted=True),
    ),
    asks=(
        Field("holder", Words("整改责任", "who must put it right"), "choice", choices=HOLDERS, counted=True),
        Field("due_at", Words("整改期限", "to be put right by"), "moment"),
        Field("demanded", Words("整改要求", "what is demanded")),
        Field("done", Words("怎样整改的", "what was done")),
    ),
    columns=("number", "title", "state", "agency", "due_at", "opened_at"),
    due_after_h=72,
    due_in_h={"to_recheck": 48, "settled": 72},
    pictured=("put_right", "not_right", "settle"),
    seed={"title": "路灯不亮", "what": "村口第三盏路灯不亮", "type": "lamp"},
)
