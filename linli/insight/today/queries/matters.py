"""Claims that come from the ledger: reports with a promise, tasks, what waits for whom."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import F

from linli.insight.chief.queries import REPORTS, rows
from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight, waiting
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter

CIVIL_KINDS = ("task", "hazard", "help_request", "community_info", "dispute")
"""What may be in the hands of somebody who is not police; calls and tips never are."""
OFFICERS = ("community_officer", "auxiliary", "assistant")
NEIGHBOURS = (
    *("grid_worker", "information_officer", "liaison_cadre", "property_manager", "safety_watcher"),
    "partner_officer",
)


def source(
    code: str, weight: Weight, words: Words, why: Words, posts: tuple[str, ...], *, police: bool = True, **filters: str
) -> ClaimSource:
    """A source of claims that is a ledger filter: what it counts is what its list shows."""

    def find(actor: Actor, at: datetime, most: int) -> Waiting:
        found = rows(actor, filters, at)
        soonest = found.select_related("grid").order_by(F("due_at").asc(nulls_last=True), "received_at")
        return waiting(soonest, most, lambda matter: _claim(matter, why))

    rest = f"/matters?{urlencode(filters, safe=',')}"
    return ClaimSource(code=code, words=words, weight=weight, posts=posts, find=find, rest=rest, police=police)


def _claim(matter: Matter, why: Words) -> Claim:
    kind = KINDS[matter.kind].words
    return Claim(
        key=f"matter:{matter.pk}",
        title=matter.title or kind.zh,
        url=f"/matters/{matter.number}",
        why=Words(f"{kind.zh}，{why.zh}", f"{kind.en}, {why.en}"),
        by_at=matter.due_at,
        number=matter.number,
        where=matter.address or (matter.grid.name if matter.grid else ""),
    )


MATTER_SOURCES = (
    source(
        "calls.feedback",
        Weight.LAW,
        Words("待反馈警情", "calls that want feedback"),
        Words("已处置，接处警规则要求反馈", "dealt with; the rules of 110 want its feedback"),
        OFFICERS,
        kind="incident",
        state="done",
        handled_by_us="1",
    ),
    source(
        "reports.mine",
        Weight.PROMISE,
        Words("群众和网格的上报", "reports of residents and the grid"),
        Words("报来的人等着答复", "who reported it waits for an answer"),
        OFFICERS,
        kind=",".join(REPORTS),
        unsettled="1",
        for_me="1",
    ),
    source(
        "tasks.mine",
        Weight.TASK,
        Words("任务", "tasks"),
        Words("上级交办或本室任务", "given from above, or the room's own"),
        OFFICERS,
        kind="task",
        unsettled="1",
        for_me="1",
    ),
    source(
        "matters.given",
        Weight.PROMISE,
        Words("交给我的事", "what was given to me"),
        Words("点名交给您办", "given to you by name"),
        NEIGHBOURS,
        police=False,
        kind=",".join(kind for kind in CIVIL_KINDS if kind != "task"),
        unsettled="1",
        mine="1",
    ),
    source(
        "tasks.given",
        Weight.TASK,
        Words("交给我的任务", "tasks given to me"),
        Words("点名交给您办", "given to you by name"),
        NEIGHBOURS,
        police=False,
        kind="task",
        unsettled="1",
        mine="1",
    ),
    source(
        "chief.countersign",
        Weight.LAW,
        Words("待签结", "waiting for countersign"),
        Words("等您审核结案", "waits for you to close it"),
        ("station_chief",),
        countersign="1",
    ),
    source(
        "chief.late",
        Weight.PROMISE,
        Words("超期事项", "overdue matters"),
        Words("期限已过，需要您过问", "its date has passed; it needs your word"),
        ("station_chief",),
        late="1",
        unsettled="1",
    ),
    source(
        "chief.unassigned",
        Weight.TASK,
        Words("未交办", "unassigned"),
        Words("还没有交给谁", "in nobody's hands yet"),
        ("station_chief", "station_desk"),
        unassigned="1",
        late="0",
    ),
    source(
        "desk.waiting",
        Weight.LAW,
        Words("待派警情", "calls without a unit"),
        Words("还没有派警", "nobody has been sent yet"),
        ("call_taker", "dispatcher", "station_desk"),
        kind="incident",
        state="waiting",
    ),
    source(
        "leader.given",
        Weight.PROMISE,
        Words("交给我的事", "what was given to me"),
        Words("点名交给您办", "given to you by name"),
        ("bureau_leader", "call_taker", "dispatcher"),
        unsettled="1",
        mine="1",
    ),
)
