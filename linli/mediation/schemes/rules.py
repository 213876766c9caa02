"""A colour table: criteria, who handles, how long, who is told, when to look again; and what the table proposes.

The colour is of the dispute and never of a person. The house proposes with reasons; a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare("scheme.unknown", zh="没有“{code}”这套分级办法。", en="There is no colour scheme {code}.")
declare("scheme.wrong", zh="分级办法第{row}行有误：{why}。", en="Row {row} of the colour scheme is not right: {why}.")
declare("scheme.no_colour", zh="现行分级办法没有“{colour}”。", en="The scheme in force has no colour {colour}.")

SIGNS: dict[str, Words] = {
    "repeats": Words("同一处或同样的双方90天内来了几次", "calls about the same place or parties within 90 days"),
    "households": Words("涉及几户", "households touched"),
    "amount_yuan": Words("争议金额（元）", "sum in dispute (yuan)"),
    "injury": Words("有人受伤", "somebody was hurt"),
    "threat": Words("有人扬言伤害", "somebody threatened to hurt"),
    "weapon": Words("现场有刀具等器械", "a knife or the like was there"),
    "wages": Words("拖欠工资", "unpaid wages"),
    "minor": Words("涉及未成年人", "a child is concerned"),
    "refused": Words("曾有一方拒绝调解", "a party refused mediation before"),
    "broken": Words("曾有协议没有履行", "an agreement was not kept before"),
}
"""What a criterion may ask for: numbers are compared with ``at_least``, the rest is there or not."""
COUNTED = frozenset({"repeats", "households", "amount_yuan"})
SAID = tuple(code for code in SIGNS if code not in COUNTED)
"""Signs that a person says; repeats come from the ledger, the other numbers from the case."""
TONES = ("blue", "yellow", "red")
"""How a row of any scheme is shown on map and lists: every local name stands for one of the three, by its urgency."""
HANDLERS: dict[str, Words] = {
    "grid": Words("网格员、社区民警", "grid worker, community officer"),
    "station": Words("派出所", "police station"),
    "justice": Words("司法所", "justice office"),
    "lawyer": Words("律师", "lawyers"),
    "court": Words("人民法庭", "court"),
    "panel": Words("专家智囊团", "expert panel"),
    "street": Words("镇街", "town or street office"),
    "leader": Words("主要负责人包案", "a leader by name"),
}
_MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Criterion:
    """One reason for a row: the sign is there, or its number is at least so much."""

    sign: str
    at_least: float = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One colour of a scheme, the least urgent first. ``told``: posts that are told when it is decided; ``follow_up``:
    days after the end at which somebody looks again. A row without criteria is where every dispute begins.
    """

    code: str
    words: Words
    tone: str
    criteria: tuple[Criterion, ...]
    handlers: tuple[str, ...]
    deadline_days: int
    told: tuple[str, ...]
    follow_up: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A place's table of colours."""

    code: str
    words: Words
    rows: tuple[Row, ...]

    def row(self, colour: str) -> Row:
        """Raises Invalid ``scheme.no_colour``."""
        for one in self.rows:
            if one.code == colour:
                return one
        raise Invalid("scheme.no_colour", colour=colour[:20], field="colour")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a dispute; no sign is about a person."""

    numbers: Mapping[str, float]
    said: frozenset[str] = frozenset()

    def meets(self, criterion: Criterion) -> bool:
        """Whether the criterion is fulfilled."""
        if criterion.sign in COUNTED:
            return self.numbers.get(criterion.sign, 0) >= criterion.at_least
        return criterion.sign in self.said


@dataclass(frozen=True, slots=True)
class Proposal:
    """The most urgent row that has a reason, and its reasons in words; the first row where there is none."""

    row: Row
    reasons: tuple[Words, ...]


def propose(scheme: Scheme, signs: Signs) -> Proposal:
    """What the table says of a dispute; a person decides (Q15)."""
    for row in reversed(scheme.rows):
        met = tuple(_reason(one, signs) for one in row.criteria if signs.meets(one))
        if met:
            return Proposal(row, met)
    return Proposal(scheme.rows[0], (Words("没有更急的情形", "nothing calls for more"),))


def _reason(criterion: Criterion, signs: Signs) -> Words:
    words = SIGNS[criterion.sign]
    if criterion.sign not in COUNTED:
        return words
    found, least = f"{signs.numbers[criterion.sign]:g}", f"{criterion.at_least:g}"
    return Words(f"{words.zh}：{found}（标准{least}）", f"{words.en}: {found} (from {least})")


def as_plain(row: Row) -> dict[str, Any]:
    """A row as it is stored and as a form gives it."""
    return {
        "code": row.code,
        "zh": row.words.zh,
        "en": row.words.en,
        "tone": row.tone,
        "criteria": [{"sign": one.sign, "at_least": one.at_least} for one in row.criteria],
        "handlers": list(row.handlers),
        "deadline_days": row.deadline_days,
        "told": list(row.told),
        "follow_up": list(row.follow_up),
    }


def parsed(rows: Iterable[Mapping[str, Any]], *, posts: Iterable[str]) -> tuple[Row, ...]:
    """Rows from plain values, checked. Raises Invalid ``scheme.wrong`` with the row's number and why."""
    known, found = set(posts), list[Row]()
    for number, plain in enumerate(rows, start=1):
        why = _wrong_with(plain, known)
        if why or any(one.code == plain["code"] for one in found):
            raise Invalid("scheme.wrong", row=number, why=why or "code", field="rows")
        found.append(_row(plain))
    if not found or found[0].criteria:
        raise Invalid("scheme.wrong", row=1, why="criteria", field="rows")
    return tuple(found)


def _row(plain: Mapping[str, Any]) -> Row:
    return Row(
        code=str(plain["code"]),
        words=Words(str(plain["zh"]).strip(), str(plain.get("en") or plain["zh"]).strip()),
        tone=str(plain["tone"]),
        criteria=tuple(Criterion(one["sign"], float(one.get("at_least", 1))) for one in plain.get("criteria", ())),
        handlers=tuple(plain.get("handlers", ())),
        deadline_days=int(plain["deadline_days"]),
        told=tuple(plain.get("told", ())),
        follow_up=tuple(sorted(int(days) for days in plain.get("follow_up", ()))),
    )


def _wrong_with(plain: Mapping[str, Any], posts: set[str]) -> str:
    """The name of the first thing that is wrong with a row; empty when nothing is."""
    code, days = str(plain.get("code", "")), plain.get("deadline_days")
    follow_up = list(plain.get("follow_up", ()))
    checks = {
        "code": code.isidentifier() and len(code) <= 16,
        "zh": bool(str(plain.get("zh", "")).strip()),
        "tone": plain.get("tone") in TONES,
        "criteria": all(one.get("sign") in SIGNS for one in plain.get("criteria", ())),
        "handlers": bool(plain.get("handlers")) and set(plain["handlers"]) <= set(HANDLERS),
        "deadline_days": isinstance(days, int) and 0 < days <= _MOST_DAYS,
        "told": set(plain.get("told", ())) <= posts,
        "follow_up": all(isinstance(one, int) and 0 < one <= _MOST_DAYS for one in follow_up),
    }
    return next((name for name, fits in checks.items() if not fits), "")
