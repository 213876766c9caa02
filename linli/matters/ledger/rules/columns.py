"""The columns of the ledger: what a kind may list, a person choose and a workbook hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``sort`` names the order that its head asks for; ``width`` is that of the workbook, in signs."""

    name: str
    words: Words
    sort: str = ""
    width: int = 14


_DECLARED = (
    Column("number", Words("编号", "number"), width=20),
    Column("kind", Words("种类", "kind"), width=10),
    Column("title", Words("事项", "matter"), width=24),
    Column("category", Words("类别", "category"), width=18),
    Column("priority", Words("等级", "priority"), width=6),
    Column("address", Words("地点", "place"), width=30),
    Column("grid", Words("网格", "grid"), width=14),
    Column("state", Words("状态", "state"), width=10),
    Column("agency", Words("单位", "agency"), width=18),
    Column("station", Words("派出所", "station"), width=16),
    Column("assignee", Words("经办人", "assigned to"), width=10),
    Column("received_at", Words("接报时间", "received"), "received", 18),
    Column("opened_at", Words("登记时间", "opened"), "", 18),
    Column("due_at", Words("到期", "due"), "due", 18),
    Column("closed_at", Words("办结时间", "closed"), "", 18),
    Column("source", Words("来源", "source"), width=10),
    Column("details", Words("内容", "details"), width=50),
)
COLUMNS: dict[str, Column] = {one.name: one for one in _DECLARED}
PLAIN = ("number", "kind", "title", "address", "state", "agency", "received_at")
"""For a list of several kinds."""
EXPORTED = (
    "number", "kind", "title", "category", "priority", "address", "grid", "state", "agency", "station", "assignee",
    "received_at", "due_at", "closed_at",
)  # fmt: skip
"""The workbook of a bureau that has given no template of its own."""


def columns_named(names: Iterable[str]) -> list[str]:
    """Those that exist, each once, in the order given."""
    return [name for name in dict.fromkeys(names) if name in COLUMNS]


def shown_columns(chosen: Iterable[str], declared: Iterable[str] | None) -> list[Column]:
    """The columns of a list: those that the person chose, else those of its one kind, else those for all kinds."""
    names = columns_named(chosen) or columns_named(declared or PLAIN) or list(PLAIN)
    if "number" not in names:
        names.insert(0, "number")
    return [COLUMNS[name] for name in names]
