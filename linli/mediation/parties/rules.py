"""Sides, ages, consent: who must be there with a child, and who cannot be where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare(
    "party.child_alone",
    zh="当事人未满18周岁，请填写到场的父母或其他监护人。",
    en="This party is under 18: name the parent or guardian who is present.",
)
declare("party.both_sides", zh="这个人已是另一方当事人。", en="This person already stands on the other side.")
declare("party.is_mediator", zh="当事人不能同时是调解人员。", en="A party cannot work in the case as well.")
declare("party.twice", zh="这个人已在这一方。", en="This person is already on this side.")
declare(
    "party.no_list",
    zh="群体性纠纷每方只登记代表人，最多{most}名，不登记参与人名单。",
    en="Of a group dispute only spokespersons are held, {most} a side at most: never a list of participants.",
)
declare(
    "party.refused",
    zh="当事人已明确拒绝调解，不得再次征求；本人又愿意调解的，由本人重新申请。",
    en="This party has refused and is not asked again; a new request is the party's own.",
)
declare(
    "party.rights_first", zh="请先告知权利义务，再征求是否同意。", en="Rights are read first, then consent is asked."
)

SIDES: dict[str, Words] = {"a": Words("申请方", "who asks"), "b": Words("被申请方", "the other side")}
CONSENT: dict[str, Words] = {
    "unasked": Words("未征求", "not asked"),
    "agreed": Words("同意调解", "consents"),
    "refused": Words("拒绝调解", "refuses"),
}
REACH: dict[str, Words] = {
    "sms": Words("短信", "short message"),
    "voice": Words("语音电话", "voice call"),
    "none": Words("不发消息，当面或打电话通知", "no messages: told by somebody"),
}
"""How a party wants to be told of sessions and days (its own choice)."""
ADULT, PARENTS_PRESENT = 18, 16
"""Under 18 somebody acts for a party (Civil Code arts. 17-23); under 16 the parents are there in public-order cases
(Rules of 2007, art. 8)."""


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A party as it is written down. ``is_body``: a firm or an institution, ``guardian`` who acts for a child and
    ``agent`` whom a party sends with a power of attorney.
    """

    side: str
    name: str
    phone: str = ""
    id_number: str = ""
    born_on: date | None = None
    address: str = ""
    is_body: bool = False
    speaks_for: bool = False
    guardian: str = ""
    guardian_phone: str = ""
    agent: str = ""
    reach: str = "sms"

    def check(self, today: date) -> None:
        """Raises Invalid naming the first field that is missing or wrong."""
        if self.side not in SIDES:
            raise Invalid("fact.wrong", field="side", why=self.side[:8])
        if self.reach not in REACH:
            raise Invalid("fact.wrong", field="reach", why=self.reach[:8])
        if not self.name.strip():
            raise Invalid("fact.missing", field="name")
        if self.born_on is not None and self.born_on > today:
            raise Invalid("fact.wrong", field="born_on", why=self.born_on.isoformat())
        if self.is_child(today) and not self.guardian.strip():
            raise Invalid("party.child_alone", field="guardian")

    def is_child(self, today: date) -> bool:
        """Whether somebody must act for this party today."""
        return age_on(born_of(self), today) < ADULT


def born_of(facts: PartyFacts) -> date | None:
    """The day of birth, said or out of the number of the identity card (GB 11643: digits 7 to 14)."""
    if facts.born_on is not None or facts.is_body:
        return facts.born_on
    digits = facts.id_number.strip()[6:14]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError:
        return None


def age_on(born: date | None, day: date) -> int:
    """Whole years on a day; somebody whose day of birth nobody knows is of age."""
    if born is None:
        return ADULT
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
