"""What a phone is told of an operation; and reading operations as they come."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeGuard

from linli.field.replay.rules.meeting import Sent
from linli.kernel.errors import CODES, declare

declare("field.unreadable", zh="这条内容无法读取：{why}。", en="This one cannot be read: {why}.")
declare(
    "field.no_such_act",
    zh="系统已没有“{act}”这一项，请在新版应用中重新填写。",
    en="There is no {act} any more; fill it in anew.",
)
declare("field.record_taken", zh="该编号已被另一条记录使用。", en="This key belongs to another record.")
declare("field.record_there", zh="这条记录先前已送达。", en="This record was delivered before.")
declare(
    "field.handed_on",
    zh="您已不负责该处，内容已收下，待转交现负责人处理。",
    en="You no longer answer for this; it was kept and waits for whoever does.",
)
declare(
    "field.two_values",
    zh="同一内容已被他人改动，两边都已保留，由负责人决定。",
    en="Somebody else changed the same; both are kept and a person decides.",
)
declare(
    "field.done_before", zh="已由他人办到这一步，无需再办。", en="It had been done already; nothing was left to do."
)
declare("field.nothing_new", zh="内容与服务器相同，无需改动。", en="The server says the same already.")

_LONGEST_ACT = 80
_MOST_FIELDS = 60
_HIGHEST_SEQ = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One of five answers. ``held``: the server has the operation whole and will answer later by itself."""

    id: str
    answer: str
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    number: str = ""
    record: uuid.UUID | None = None
    version: int | None = None
    held: bool = False
    replayed: bool = False

    def as_json(self) -> dict[str, Any]:
        """As phones get it, in both languages."""
        words = CODES[self.code].filled(self.facts) if self.code in CODES else None
        return {
            "id": self.id,
            "answer": self.answer,
            "code": self.code,
            "zh": words.zh if words else "",
            "en": words.en if words else "",
            "facts": self.facts,
            "number": self.number or None,
            "record": str(self.record) if self.record else None,
            "version": self.version,
            "held": self.held,
            "replayed": self.replayed,
        }


class Unread(ValueError):
    """An operation that is none; the message says where it goes wrong."""


def parse(raw: Any) -> Sent:
    """An operation as JSON; raises Unread. One that is broken takes no other of its batch along."""
    if not isinstance(raw, dict):
        raise Unread("operation")
    changed = raw.get("changed") or {}
    if not isinstance(changed, dict) or len(changed) > _MOST_FIELDS or not all(map(_pair, changed.values())):
        raise Unread("changed")
    act, seq, base = raw.get("act"), raw.get("seq"), raw.get("base_version")
    if not isinstance(act, str) or not 0 < len(act) <= _LONGEST_ACT:
        raise Unread("act")
    if not _whole(seq) or not 1 <= seq <= _HIGHEST_SEQ:
        raise Unread("seq")
    return Sent(
        id=_key(raw, "id"),
        author=_key(raw, "author"),
        seq=seq,
        branch=_key(raw, "branch"),
        act=act,
        record=_key(raw, "record") if raw.get("record") else None,
        changed=changed,
        base_version=base if _whole(base) else None,
        device_at=moment(raw.get("device_at"), "device_at"),
        form_version=str(raw.get("form_version") or "")[:16],
        cause=_key(raw, "cause") if raw.get("cause") else None,
        replaces=_key(raw, "replaces") if raw.get("replaces") else None,
    )


def _pair(value: Any) -> bool:
    return isinstance(value, Mapping)


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _key(raw: Mapping[str, Any], name: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(raw.get(name)))
    except ValueError as broken:
        raise Unread(name) from broken


def moment(value: Any, name: str) -> datetime | None:
    """An aware time, or None where none was given; raises Unread."""
    if value in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as broken:
        raise Unread(name) from broken
    if at.tzinfo is None:
        raise Unread(name)
    return at
