"""What a tip says, which lives it has, what may be told of its number: pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.tips.readers.rules import AUDIENCES, CONCERNS, Wanted

declare("tip.no_words", zh="请写下您看到或听到的。", en="Please write what you saw or heard.")
declare(
    "tip.too_long",
    zh="最多{most}字。余下的可以凭回执再写。",
    en="At most {most} signs. The rest can be written later with the receipt.",
)
declare("tip.choice", zh="请从列出的选项中选择。", en="Please choose one of those listed.")
declare("tip.too_many_files", zh="一次最多{most}个文件。", en="At most {most} files at a time.")
declare(
    "tip.full",
    zh="这条线索下的文字或文件太多了，请另写一条。",
    en="There is too much under this tip; please begin another.",
)
declare(
    "tip.outcome", zh="请选择办理结果，并写给提供线索的人看。", en="Choose what came of it, and say it to the giver."
)

LONGEST = 8_000
MOST_WORDS = 200
MOST_FILES = 5
MOST_FILES_IN_ALL = 40
TELLS_FROM = 5
"""Fewer tips than this are never told as a number to whoever does not read them."""

TIP_LIFE = Workflow(
    "sealed_tip",
    "waiting",
    (
        State("waiting", Words("待看", "not yet read")),
        State("open", Words("已看", "read")),
        State("checking", Words("核查中", "being checked")),
        State("closed", Words("已办结", "closed"), final=True),
    ),
    (
        Move("read", ("waiting",), "open", Words("看", "read"), machine=True),
        Move("check", ("open", "waiting"), "checking", Words("开始核查", "begin to check")),
        Move(
            "close", ("open", "checking", "waiting"), "closed", Words("办结", "close"), needs=("outcome", "closed_on")
        ),
        Move("hear", ("open", "checking", "closed"), "waiting", Words("又来信", "hear again"), machine=True),
    ),
)

OUTCOMES: dict[str, Words] = {
    "acted": Words("已查实并处理", "found true and acted upon"),
    "unfounded": Words("核查后没有发现问题", "checked; nothing was found"),
    "not_checkable": Words("线索不够，无法核查", "too little to check"),
    "elsewhere": Words("已交给负责的单位", "handed to whoever is responsible"),
    "known": Words("已经掌握，谢谢", "known already, thank you"),
}
WHENS: dict[str, Words] = {
    "": Words("说不准", "not sure"),
    "today": Words("今天", "today"),
    "days": Words("这几天", "these days"),
    "month": Words("这个月里", "this month"),
    "longer": Words("更早", "longer ago"),
    "often": Words("经常这样", "again and again"),
}
PARTS: dict[str, Words] = {
    "": Words("说不准", "not sure"),
    "morning": Words("上午", "in the morning"),
    "afternoon": Words("下午", "in the afternoon"),
    "evening": Words("晚上", "in the evening"),
    "night": Words("深夜", "at night"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a giver fills in. ``room`` and ``station`` are codes of agencies, empty where he does not say."""

    what: str
    where: str = ""
    when: str = ""
    part: str = ""
    room: str = ""
    station: str = ""
    audience: str = "officer"
    concerns: str = ""

    def check(self) -> None:
        """Raise Invalid for the first value that cannot be."""
        if not self.what.strip():
            raise Invalid("tip.no_words", field="what")
        for name in ("what", "where"):
            if len(getattr(self, name)) > LONGEST:
                raise Invalid("tip.too_long", most=LONGEST, field=name)
        for name, known in (("when", WHENS), ("part", PARTS), ("audience", AUDIENCES), ("concerns", CONCERNS)):
            if getattr(self, name) not in known:
                raise Invalid("tip.choice", field=name)

    def content(self) -> str:
        """All of it as one text, from which the receipt is drawn."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file of a word: where its bytes lie, the key that opens them, what it is. Its own name is not kept."""

    id: str
    key: str
    media: str
    ending: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word of the talk in clear: who (``giver`` or ``desk``), which kind, its text and what hangs on it."""

    kind: str
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    files: tuple[SealedFile, ...] = ()

    def as_bytes(self) -> bytes:
        """For the box, filled up to a multiple of 256: a length says little of a text."""
        raw = json.dumps(asdict(self), ensure_ascii=False).encode()
        return raw + b" " * (-len(raw) % 256)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Said:
        """Out of the box."""
        told = json.loads(raw)
        files = tuple(SealedFile(**one) for one in told.pop("files"))
        return cls(files=files, **told)


def wanted_by(first: Said) -> Wanted:
    """What the tip's first word says of its readers, with whoever was left out since."""
    facts = first.facts
    return Wanted(
        audience=facts.get("audience", "bureau"),
        concerns=facts.get("concerns", ""),
        room_path=facts.get("room_path", ""),
        station_path=facts.get("station_path", ""),
        left_out=frozenset(facts.get("left_out", ())),
    )


def told_count(count: int) -> int | None:
    """A number of tips as it may be told to whoever does not read them: none between one and four."""
    return count if count == 0 or count >= TELLS_FROM else None


def plain_text(text: str) -> str:
    """Words without signs that are not written: control characters, and marks that turn the direction of text."""
    return "".join(
        sign
        for sign in text.replace("\r\n", "\n").replace("\r", "\n")
        if sign in "\n\t" or (ord(sign) >= 32 and not 0x7F <= ord(sign) <= 0x9F and sign not in _TURNING)
    ).strip()


_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
