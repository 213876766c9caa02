"""The life of a session, and where it may be held."""

from __future__ import annotations

from linli.kernel.errors import declare
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow

declare(
    "session.taken",
    zh="{room}在{at}已有调解会，请换个时间或地点。",
    en="{room} is taken at {at}: choose another time or place.",
)
declare("session.past", zh="时间已经过去。", en="That time is past.")
declare("session.not_accepted", zh="先受理，再安排调解会。", en="The case is accepted before a session is planned.")
declare("session.one_runs", zh="这一案另有一场调解会正在进行。", en="Another session of this case is running.")

SESSION_LIFE = Workflow(
    "mediation_session",
    "planned",
    (
        State("planned", Words("已约定", "planned")),
        State("running", Words("进行中", "running")),
        State("held", Words("已结束", "held"), final=True),
        State("broken_off", Words("中止", "broken off"), final=True),
        State("cancelled", Words("已取消", "cancelled"), final=True),
    ),
    (
        Move("begin", ("planned",), "running", Words("开始", "begin")),
        Move("finish", ("running",), "held", Words("结束", "finish")),
        Move("break_off", ("running",), "broken_off", Words("中止", "break off"), needs=("break_reason",)),
        Move("cancel", ("planned",), "cancelled", Words("取消", "cancel")),
    ),
)
BREAKS: dict[str, Words] = {
    "calm": Words("情绪激动，改日再谈", "tempers rose; another day"),
    "facts": Words("事实还要核实", "facts must be looked into"),
    "party_left": Words("一方离场", "a party left"),
    "advice": Words("当事人要咨询律师", "a party wants advice"),
}
LONGEST = 20_000
USUAL_MINUTES, MOST_MINUTES = 60, 480
