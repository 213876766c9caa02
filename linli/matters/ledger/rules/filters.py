"""The filters of the ledger, declared once: their names are the parameters of its address, which is the permalink.

List, count, export, saved filters, figures and the API take the same names, so a figure and the rows behind it cannot
disagree. Pure: what needs other tables is built in ``ledger.queries`` under the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.kinds.tip import FINDINGS
from linli.matters.ledger.rules.numbers import first_line_at
from linli.matters.levels.rules import LEVELS

EXPIRES_IN_DAYS = (7, 5, 3)
REPEATED = {
    "address": Words("同一地址", "same address"),
    "number": Words("同一来电", "same number"),
    "parties": Words("相同当事人", "same parties"),
}
REPORTS = ("tip", "community_info", "hazard", "help_request", "dispute", "question", "appointment")
"""The kinds that somebody reports and waits for an answer to."""
LEVEL_CHOICES = (("any", Words("任一层级", "any level")), *((level.code, level.words) for level in LEVELS.values()))
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What a filter is built from: its value, the moment, and who asks. ``whole``: every row is going to be looked at,
    to be counted, so that what is repeated is better found at once than for each row.
    """

    value: str
    at: datetime
    actor_id: UUID
    whole: bool = False


Build = Callable[[Asked], Q]
Beyond = Callable[[Actor, Asked, str], Q]
"""``(actor, asked, prefix)``: the prefix leads from the row that is filtered to the matter (nothing, or ``matter__``),
for references out of sub-queries: ``OuterRef(f"{prefix}pk")``.
"""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. ``form`` is how it is asked: flag, choice, days, day, code, text, person, kind, state, box.

    ``build`` makes the condition on columns of the matter alone; ``beyond`` makes it with other tables; with neither
    ``ledger.queries`` does.
    ``example`` is a value that the tests try.
    """

    name: str
    words: Words
    form: str
    example: str
    build: Build | None = None
    choices: tuple[tuple[str, Words], ...] = ()
    beyond: Beyond | None = None


def _flag(when: Q | Callable[[Asked], Q]) -> Build:
    """A condition for 1, its opposite for 0."""

    def build(asked: Asked) -> Q:
        condition = when(asked) if callable(when) else when
        if asked.value not in ("0", "1"):
            raise Invalid("fact.wrong", field="filter", why=asked.value[:40])
        return condition if asked.value == "1" else ~condition

    return build


def _codes(column: str) -> Build:
    return lambda asked: Q(**{f"{column}__in": [code for code in asked.value.split(",") if code][:40]})


def _known(column: str, words: Callable[[], Collection[str]]) -> Build:
    """Some of the declared words of a column; raises Invalid for any other."""

    def build(asked: Asked) -> Q:
        given = [code for code in asked.value.split(",") if code][:40]
        for code in given:
            if code not in words():
                raise Invalid("fact.wrong", field=column, why=code[:40])
        return Q(**{f"{column}__in": given})

    return build


def _states() -> set[str]:
    return {state.name for kind in KINDS.values() for state in kind.workflow.states}


def _late(asked: Asked) -> Q:
    return Q(closed_at__isnull=True) & (Q(late_since__isnull=False) | Q(due_at__lt=asked.at))


def _expires(asked: Asked) -> Q:
    days = whole(asked.value, "expires_in", most=366)
    return Q(closed_at__isnull=True, due_at__gte=asked.at, due_at__lt=asked.at + timedelta(days=days))


def _category(asked: Asked) -> Q:
    found = Q()
    for code in asked.value.split(",")[:20]:
        # A range instead of LIKE: any database then uses an ordinary index whatever its collation.
        found |= Q(category__gte=code, category__lt=code + "\x7f")
    return found


def _level(asked: Asked) -> Q:
    """Some levels, or ``any``: settled and with a level."""
    if asked.value == "any":
        return ~Q(settled_level="")
    return _known("settled_level", lambda: LEVELS)(asked)


def _priority(asked: Asked) -> Q:
    return Q(priority__in=[whole(one, "priority", most=9) for one in asked.value.split(",")])


def _since(asked: Asked) -> Q:
    try:
        at = datetime.fromisoformat(asked.value.replace(" ", "+"))
        if at.tzinfo is None:
            raise ValueError("no offset")
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="since", why=asked.value[:40]) from wrong
    return Q(line__gte=first_line_at(at))


def _from(asked: Asked) -> Q:
    return Q(line__gte=first_line_at(midnight(asked.value, "from")))


def _to(asked: Asked) -> Q:
    return Q(line__lt=first_line_at(midnight(asked.value, "to")))


def midnight(text: str, name: str) -> datetime:
    """The beginning of a day in Asia/Shanghai; raises Invalid when it is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=clock.SHANGHAI)
    except ValueError as wrong:
        raise Invalid("fact.wrong", field=name, why=text[:40]) from wrong


def whole(text: str, name: str, *, most: int) -> int:
    """A whole number from 0 to ``most``; raises Invalid for anything else."""
    if not text.isdigit() or len(text) > 9 or int(text) > most:
        raise Invalid("fact.wrong", field=name, why=text[:40])
    return int(text)


_OPEN = Q(closed_at__isnull=True)
_UNASSIGNED = _OPEN & (
    Q(kind="incident", state="waiting") | (~Q(kind="incident") & Q(state="open", assignee__isnull=True))
)
_COUNTERSIGN = Q(kind="incident", state="fed_back") | (~Q(kind="incident") & Q(state="settled"))

_DECLARED = (
    Filter("kind", Words("种类", "kind"), "kind", "incident", _known("kind", lambda: KINDS)),
    Filter("state", Words("状态", "state"), "state", "waiting", _known("state", _states)),
    Filter("open", Words("未结", "open"), "flag", "1", _flag(_OPEN)),
    Filter("late", Words("超时", "late"), "flag", "1", _flag(_late)),
    Filter("expires_in", Words("几天内到期", "expires in days"), "days", "7", _expires),
    Filter("unassigned", Words("无人经办", "nobody has it"), "flag", "1", _flag(_UNASSIGNED)),
    Filter("countersign", Words("待审签", "waits for countersign"), "flag", "1", _flag(_COUNTERSIGN)),
    Filter("unanswered", Words("待答复", "unanswered"), "flag", "1", _flag(_OPEN & Q(kind__in=REPORTS, state="open"))),
    Filter("repeated", Words("重复发生", "repeated"), "choice", "address", None, tuple(REPEATED.items())),
    Filter("warned", Words("有疑点", "has doubts"), "flag", "1"),
    Filter("void", Words("无效警情", "void"), "flag", "0", _flag(Q(state="void"))),
    Filter("category", Words("类别", "category"), "code", "50", _category),
    Filter("priority", Words("等级", "priority"), "code", "1,2", _priority),
    Filter("agency", Words("单位（含下级）", "agency and below"), "code", "S1"),
    Filter("place", Words("属地", "of this place"), "code", "S1"),
    Filter("handled_in", Words("由警务室处置", "settled by rooms of"), "code", "S1"),
    Filter("grid", Words("网格", "grid"), "code", "G1"),
    Filter("assignee", Words("经办人", "assigned to"), "person", "me"),
    Filter("opened_by", Words("登记人", "opened by"), "person", "me"),
    Filter("mine", Words("我经办", "mine"), "flag", "1", _flag(lambda asked: Q(assignee=asked.actor_id))),
    Filter("by_me", Words("我登记", "opened by me"), "flag", "1", _flag(lambda asked: Q(opened_by=asked.actor_id))),
    Filter("source", Words("来源", "source"), "code", "110", _codes("source")),
    Filter("settled_level", Words("办结层级", "settled at level"), "choice", "grid", _level, LEVEL_CHOICES),
    Filter("finding", Words("线索结果", "result of a tip"), "choice", "caught", None, FINDINGS),
    Filter("no_point", Words("未定位", "not on the map"), "flag", "1", _flag(Q(lat__isnull=True))),
    Filter("bbox", Words("地图范围", "box of the map"), "box", "119,29,122,32"),
    Filter("from", Words("自", "from"), "day", "2026-01-01", _from),
    Filter("to", Words("至", "to"), "day", "2030-01-01", _to),
    Filter("since", Words("起始时刻", "since"), "moment", "2026-01-01T00:00:00+08:00", _since),
    Filter("q", Words("查找", "search"), "text", "老人"),
)
FILTERS: Registry[Filter] = Registry("filters of the ledger")
"""Floors above add theirs in their ``AppConfig.ready()``, with ``beyond``."""
for _one in _DECLARED:
    FILTERS.add(_one.name, _one)

SORTS = {
    "received": Words("最新在前", "newest first"),
    "oldest": Words("最早在前", "oldest first"),
    "due": Words("先到期在前（未结）", "first due first (open)"),
}


def asked_of(params: Mapping[str, str]) -> dict[str, str]:
    """The filters among the parameters of an address, without blanks; anything else there is not ours."""
    return {name: value.strip()[:_LONGEST] for name, value in params.items() if name in FILTERS and value.strip()}
