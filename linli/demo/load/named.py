"""An example of four lists and a map, as a bureau might name them (F9). It names its own on /lists/naming."""

from __future__ import annotations

from linli.insight.lists.acts import call_lists, name_list
from linli.kernel.scope import Actor

LEADERS = ("bureau_leader", "station_chief", "dispatcher", "administrator")
OFFICERS = (*LEADERS, "community_officer", "station_desk")

LISTS: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
    (
        "风险隐患清单",
        "alert-triangle",
        "matters",
        "kind=hazard&open=1",
        "未整改的隐患，每周例会过一遍。",
        OFFICERS,
    ),
    (
        "矛盾纠纷清单",
        "users",
        "matters",
        "kind=dispute&open=1",
        "未化解的纠纷。列的是事，不是人。",
        OFFICERS,
    ),
    (
        "分级场所清单",
        "home",
        "places",
        "due_in=30",
        "分级场所中一个月内该复核的。",
        OFFICERS,
    ),
    (
        "警情数据清单",
        "chart-bar",
        "figures",
        "incidents,criminal,diverted_share,in_time_share",
        "本期、上年同期和同比。",
        LEADERS,
    ),
)
"""Name, icon, what it holds, filter, what it is for, who sees it."""


def name_lists(actor: Actor) -> int:
    """Name the example's lists. Returns how many."""
    for position, (name, icon, holds, query, note, readers) in enumerate(LISTS, start=1):
        name_list(actor, name=name, holds=holds, query=query, readers=readers, icon=icon, position=position, note=note)
    call_lists(actor, name="四单一图")
    return len(LISTS)
