"""Which numbers a chief looks at, and which rows each opens: declared. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from linli.kernel.registry import Registry
from linli.kernel.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of the chief's ledger: ``filters`` are the ledger's, ``of_open`` that only open matters count,
    ``danger`` that it is about lateness. ``group`` puts numbers together.
    """

    code: str
    words: Words
    meaning: Words
    filters: dict[str, str]
    group: str
    of_open: bool = True
    danger: bool = False


GROUPS: dict[str, Words] = {
    "time": Words("时限", "in time"),
    "hands": Words("等人办", "waiting for somebody"),
    "again": Words("重复出现", "seen again"),
}
NUMBERS: Registry[Number] = Registry("the chief's numbers")


def _number(code: str, group: str, words: Words, meaning: Words, danger: bool = False, **filters: str) -> None:
    NUMBERS.add(
        code,
        Number(
            code=code,
            group=group,
            words=words,
            meaning=meaning,
            filters=filters,
            of_open="repeated" not in filters,
            danger=danger,
        ),
    )


_number(
    "late",
    "time",
    Words("超期", "overdue"),
    Words("未结且已过期限，或到场承诺已误。", "Open, and its date or the promised arrival has passed."),
    danger=True,
    late="1",
)
for _days in ("3", "5", "7"):
    _number(
        f"in_{_days}",
        "time",
        Words(f"{_days}天内到期", f"due in {_days} days"),
        Words(f"未结、未超期，{_days}天内到期。", f"Open, not late, and due within {_days} days."),
        expires_in=_days,
    )
_number(
    "unassigned",
    "hands",
    Words("未交办", "unassigned"),
    Words("还没有人开始办，也没有交给谁。", "Nobody has begun and it is in nobody's hands."),
    unassigned="1",
)
_number(
    "countersign",
    "hands",
    Words("待签结", "waiting for countersign"),
    Words("已办结或已反馈，等所领导审核结案。", "Settled or fed back; waits for the chief to close it."),
    countersign="1",
)
_number(
    "unanswered",
    "hands",
    Words("上报未答复", "reports not answered"),
    Words(
        "群众、网格员、信息员报来的，还没有人答复。", "Reported by residents, grid workers or informants; not answered."
    ),
    unanswered="1",
)
_number(
    "resident_waits",
    "time",
    Words("群众等答复超期", "residents not answered in time"),
    Words(
        "群众从网上门户报来，答应的天数过了还没有答复。",
        "Sent at the residents' door; the days that were promised are over and nobody has answered.",
    ),
    danger=True,
    resident_waits="1",
)
for _by, _zh, _en in (
    ("address", "同一地址", "address"),
    ("number", "同一号码", "number"),
    ("parties", "同一当事人", "party"),
):
    _number(
        f"same_{_by}",
        "again",
        Words(f"{_zh}重复", f"same {_en}"),
        Words(
            f"近30天或未结的事项中，90天内{_zh}另有事项的。只列事项，不列人。",
            f"Open or of the last 30 days, whose {_en} has another matter within 90 days. Matters, never people.",
        ),
        repeated=_by,
    )


def address_of(number: Number, place: str) -> str:
    """Where the rows of a number are listed."""
    return f"/matters?{urlencode({**number.filters, 'place': place})}"
