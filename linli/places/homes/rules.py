"""Uses of a home, terms of reporting, who reaches the register: pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.places.occupants.rules.declared import CIVIL_READERS, FULL_READERS

USES: dict[str, Words] = {
    "own": Words("自住", "lived in by its owner"),
    "let": Words("出租", "let"),
    "empty": Words("空置", "empty"),
    "business": Words("经营", "used for business"),
    "unknown": Words("待核实", "not known yet"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """How many days, whether only working days count, what it means, and where the default comes from."""

    days: int
    working_days: bool
    words: Words
    meaning: Words


TERMS: dict[str, Term] = {
    "landlord_reports": Term(
        3,
        True,
        Words("房东申报", "landlord reports"),
        Words("租住开始或结束后，出租人申报的期限", "after a letting begins or ends"),
    ),
    "employer_reports": Term(
        3,
        True,
        Words("用工单位申报", "employer reports"),
        Words("录用或离职后，用工单位申报的期限", "after somebody is taken on or leaves"),
    ),
    "mover_reports": Term(
        10,
        False,
        Words("本人变更", "mover reports"),
        Words("居住地变更后，本人申报的期限", "after somebody has moved"),
    ),
    "short_stay": Term(
        30,
        False,
        Words("短住免报", "short stay"),
        Words("亲友家短住不满此天数不须申报", "a shorter stay with relatives need not be reported"),
    ),
    "confirm_again": Term(
        365,
        False,
        Words("复核间隔", "confirm again"),
        Words("多久未核实就提示再核实", "after how long a fact is asked about again"),
    ),
    "keep_person": Term(
        1095,
        False,
        Words("人员保留", "keep a person"),
        Words("最后一处居住结束多久后删除个人信息", "after the last residence has ended"),
    ),
    "keep_home": Term(
        1095,
        False,
        Words("房主联系保留", "keep owners' contact"),
        Words("房屋或单位停用多久后删除联系人", "after a home or a firm has closed"),
    ),
    "keep_visit": Term(
        1095,
        False,
        Words("走访记录保留", "keep what a visit says"),
        Words("走访多久后删除谈话内容、见到的人和户室", "after the visit: words, whom it names, the flat"),
    ),
    "keep_report": Term(
        30,
        False,
        Words("申报保留", "keep a report"),
        Words(
            "申报办结多久后删除内容；逾此未办的也删除内容", "after it was decided; undecided ones after as long again"
        ),
    ),
}
"""Defaults: the three reporting terms from Zhejiang's ordinance on the residence of migrants (arts 8–13). Provinces
differ, so each is set by the bureau.
"""


def due_after(day: date, term: Term, off_days: Collection[date] = ()) -> date:
    """The last day of a term that begins on the day after ``day``. Working days are Monday to Friday without
    ``off_days``.
    """
    if not term.working_days:
        return day + timedelta(days=term.days)
    left = term.days
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in off_days:
            left -= 1
    return day


def in_reach(actor: Actor, column: str) -> Q:
    """Rows of the register that an actor reaches by their path in ``column``: posts of the police all that lies below,
    civil posts only what lies at their own agency itself.
    """
    if actor.is_system:
        return ~Q(pk__in=[])
    wide = tuple(post.path for post in actor.posts if post.sees and post.code in FULL_READERS)
    own = [post.path for post in actor.posts if post.code in CIVIL_READERS]
    reach = below(column, wide)
    return reach | Q(**{f"{column}__in": own}) if own else reach


def reads_numbers(actor: Actor) -> bool:
    """Whether masked identity and telephone numbers are shown at all: never to a civil post alone."""
    return actor.is_system or any(post.sees and post.code in FULL_READERS for post in actor.posts)


def door_words(unit: str, room: str) -> str:
    """Unit and room as they are said: ``2单元301室``; blank for a house of one household."""
    return (f"{unit}单元" if unit else "") + (f"{room}室" if room else "")


_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_credit_code(text: str) -> bool:
    """Whether a unified social credit code holds together (GB 32100-2015, MOD 31-3)."""
    if len(text) != 18 or any(sign not in _CREDIT for sign in text):
        return False
    total = sum(_CREDIT.index(sign) * weight for sign, weight in zip(text[:17], _CREDIT_WEIGHTS, strict=True))
    return _CREDIT[(31 - total % 31) % 31] == text[17]
