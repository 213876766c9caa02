"""What an agreement must say, who must sign it, when it takes effect, and what follows: pure.

People's Mediation Law arts. 28-33: parties; facts, points in dispute and each side's responsibility; what was agreed,
how and by when it is kept; signed by all parties and the mediator with the committee's seal; a spoken one takes effect
when it is agreed. Nothing is changed after the first signature: a supplement instead.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow

declare(
    "agreement.fixed",
    zh="协议已有人签字，不能再改；需要变动的另签补充协议。",
    en="It has been signed and cannot be changed: write a supplement instead.",
)
declare("agreement.in_effect", zh="协议已经生效，不再接受签字。", en="It is in effect; nobody signs any more.")
declare("agreement.signed", zh="{who}已经签过字。", en="{who} has signed already.")
declare("agreement.not_signer", zh="这份协议不需要该签字。", en="This agreement asks for no such signature.")
declare("agreement.no_proof", zh="请附签字或盖章的图片。", en="Add the picture of the signature or seal.")
declare("agreement.altered", zh="协议内容与签字时不符，不能使用。", en="The text is not the one that was signed.")
declare("agreement.pending", zh="还有一份协议没有签完。", en="Another agreement of this case is still being signed.")
declare("agreement.not_yet", zh="协议还没有生效。", en="The agreement is not in effect yet.")
declare(
    "confirmation.late",
    zh="协议自{from_day}生效，共同申请司法确认的期限到{day}为止（{cited}）。",
    en="In effect since {from_day}: the joint request could be made until {day} ({cited}).",
)
declare(
    "confirmation.not_this",
    zh="只有人民调解协议可以申请司法确认。",
    en="Only a people's mediation agreement is confirmed.",
)
declare("confirmation.jointly", zh="须由双方共同申请。", en="Both sides ask together.")
declare("confirmation.asked", zh="已经申请过。", en="It has been asked for already.")

AGREEMENT_LIFE = Workflow(
    "mediation_agreement",
    "drafted",
    (
        State("drafted", Words("起草中", "drafted")),
        State("signing", Words("签字中", "being signed")),
        State("in_effect", Words("已生效", "in effect")),
        State("performed", Words("已履行", "kept"), final=True),
        State("not_performed", Words("未履行", "not kept"), final=True),
        State("dropped", Words("未签成", "dropped"), final=True),
    ),
    (
        Move("begin_signing", ("drafted",), "signing", Words("开始签字", "begin signing"), machine=True),
        Move("take_effect", ("drafted", "signing"), "in_effect", Words("生效", "take effect"), machine=True),
        Move("perform", ("in_effect",), "performed", Words("履行完毕", "kept"), machine=True),
        Move("fail", ("in_effect",), "not_performed", Words("未履行", "not kept")),
        Move("drop", ("drafted", "signing"), "dropped", Words("放弃", "drop")),
    ),
)
CONFIRMATION: dict[str, Words] = {
    "none": Words("未申请", "not asked for"),
    "asked": Words("已申请", "asked for"),
    "confirmed": Words("法院裁定有效", "confirmed by the court"),
    "refused": Words("法院裁定驳回", "refused by the court"),
}
WAYS: dict[str, Words] = {
    "screen": Words("屏幕签字", "on the screen"),
    "paper": Words("纸上签字或按指印", "on paper"),
    "seal": Words("盖章", "by a seal"),
}
ROLES: dict[str, Words] = {
    "party": Words("当事人", "party"),
    "mediator": Words("调解员", "mediator"),
    "seal": Words("调解组织印章", "seal of the body"),
}
REMIND_BEFORE_DAYS = (14, 7, 3, 1)
"""So many days before the period for confirmation ends the lead is reminded."""
MOST_INSTALMENTS = 60


@dataclass(frozen=True, slots=True)
class InstalmentFacts:
    """One thing that a side does by a day."""

    due_on: date
    what: str
    by_side: str = "b"


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """The statutory contents (art. 29)."""

    facts: str
    points: str
    responsibility: str
    agreed: str
    manner: str
    perform_by: date
    oral: bool = False
    instalments: Sequence[InstalmentFacts] = ()

    def check(self, today: date) -> None:
        """Raises Invalid naming the first statutory part that is missing, or an instalment that cannot be."""
        for field in ("facts", "points", "responsibility", "agreed", "manner"):
            if not str(getattr(self, field)).strip():
                raise Invalid("fact.missing", field=field)
        if self.perform_by < today:
            raise Invalid("fact.wrong", field="perform_by", why=self.perform_by.isoformat())
        if len(self.instalments) > MOST_INSTALMENTS:
            raise Invalid("fact.wrong", field="instalments", why=str(len(self.instalments)))
        for one in self.instalments:
            if not one.what.strip() or one.due_on > self.perform_by or one.by_side not in ("a", "b"):
                raise Invalid("fact.wrong", field="instalments", why=one.due_on.isoformat())

    def plain(self) -> dict[str, object]:
        """As it is stored and signed."""
        return {
            "facts": self.facts.strip(),
            "points": self.points.strip(),
            "responsibility": self.responsibility.strip(),
            "agreed": self.agreed.strip(),
            "manner": self.manner.strip(),
            "perform_by": self.perform_by.isoformat(),
            "oral": self.oral,
            "instalments": [[one.due_on.isoformat(), one.what.strip(), one.by_side] for one in self.instalments],
        }


def canonical(plain: dict[str, object]) -> str:
    """One text for one content, whatever the order in which it was written."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256 of the canonical text: each signature holds the one that it was given under."""
    return hashlib.sha256(text.encode()).hexdigest()


def still_to_sign(wanted: Iterable[str], given: Iterable[str]) -> list[str]:
    """Which signatures are missing; keys are ``party:<id>``, ``mediator`` and ``seal``."""
    there = set(given)
    return [key for key in wanted if key not in there]
