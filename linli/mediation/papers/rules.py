"""The contents of a case's file by the national form, which are required, and which are missing: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel.words import Words

CONTENTS: dict[str, Words] = {
    "acceptance": Words("调解申请书或受理登记表", "request or acceptance form"),
    "rights": Words("权利义务告知书", "notice of rights and duties"),
    "identity": Words("当事人身份证明", "proof of identity"),
    "authority": Words("授权委托书", "power of attorney"),
    "enquiry": Words("调查记录", "record of enquiries"),
    "evidence": Words("证据材料", "evidence"),
    "record": Words("调解记录", "record of mediation"),
    "agreement": Words("调解协议书或口头协议登记表", "agreement or register of a spoken one"),
    "performance": Words("履行凭证", "proof of performance"),
    "follow_up": Words("回访记录", "record of the follow-up"),
    "confirmation": Words("司法确认材料", "judicial confirmation"),
    "explanation": Words("情况说明", "explanation"),
}
"""In the order in which they lie in the file (forms of the Ministry of Justice, 2010; domain.md A5)."""
REQUIRED = frozenset({"acceptance", "rights", "identity", "record", "agreement"})
WRITTEN_HERE = frozenset({"acceptance", "rights", "record", "agreement", "follow_up", "confirmation"})
"""What the house writes itself as soon as its facts are there; the rest is brought and photographed."""


@dataclass(frozen=True, slots=True)
class Content:
    """One place of the file: whether it must be there, and whether it is."""

    code: str
    words: Words
    required: bool
    there: bool

    @property
    def missing(self) -> bool:
        return self.required and not self.there


def contents_of(there: Iterable[str], *, agreed: bool, sent_somebody: bool) -> list[Content]:
    """The file's places in order. An agreement is required where one was reached, a power of attorney where a party
    sent somebody.
    """
    found = set(there)
    needs = REQUIRED - (set() if agreed else {"agreement"}) | ({"authority"} if sent_somebody else set())
    return [Content(code, words, code in needs, code in found) for code, words in CONTENTS.items()]
