"""What is done with an operation, from what is known of it and of its branch."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.kernel.errors import declare

declare(
    "field.other_author",
    zh="这条由另一位用户填写，仍保存在手机里，请由本人登录后送出。",
    en="Another user wrote this; it stays on the phone until that user signs in.",
)
declare(
    "field.same_id",
    zh="同一编号曾送来不同内容，本条未采用，请重新填写后送出。",
    en="This id came before with other content; this one was not taken. Fill it in again.",
)
declare(
    "field.waits",
    zh="已收到，等待同一记录的前一条（第{after}条）。",
    en="Received; it waits for the one before it on the same record (number {after}).",
)
declare(
    "field.waits_for_file",
    zh="已收到，等待文件传完。",
    en="Received; it waits for its file.",
)
declare(
    "field.phone_wiped", zh="这部手机已被停用，内容交由负责人处理。", en="This phone was wiped; somebody will decide."
)
declare(
    "field.fault",
    zh="已收到，服务器暂时无法办理，会自动再办，不会丢失。",
    en="Received; the server could not do it just now and will try again. Nothing is lost.",
)

HELD_FOR = timedelta(hours=12)
"""How long an operation waits for one before it that never came; then it is worked on as it is."""
FINAL = ("applied", "duplicate", "conflict", "rejected")
ANSWERS = (*FINAL, "retry")

REPEAT = "repeat"
OTHER_CONTENT = "other content"
OTHER_AUTHOR = "other author"
WAIT = "wait"
QUARANTINE = "quarantine"
WORK = "work"


@dataclass(frozen=True, slots=True)
class Sent:
    """An operation as a phone sent it. ``changed``: field → old and new value, as JSON has them."""

    id: uuid.UUID
    author: uuid.UUID
    seq: int
    branch: uuid.UUID
    act: str
    record: uuid.UUID | None
    changed: Mapping[str, Mapping[str, Any]]
    base_version: int | None = None
    device_at: datetime | None = None
    form_version: str = ""
    cause: uuid.UUID | None = None
    replaces: uuid.UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """As it came, for keeping."""
        return {
            "id": str(self.id),
            "author": str(self.author),
            "seq": self.seq,
            "branch": str(self.branch),
            "act": self.act,
            "record": str(self.record) if self.record else None,
            "changed": {name: dict(pair) for name, pair in self.changed.items()},
            "base_version": self.base_version,
            "device_at": self.device_at.isoformat() if self.device_at else None,
            "form_version": self.form_version,
            "cause": str(self.cause) if self.cause else None,
            "replaces": str(self.replaces) if self.replaces else None,
        }


def sent_from(kept: Mapping[str, Any]) -> Sent:
    """What :meth:`Sent.as_json` kept."""

    def key(name: str) -> uuid.UUID | None:
        return uuid.UUID(kept[name]) if kept.get(name) else None

    return Sent(
        id=uuid.UUID(kept["id"]),
        author=uuid.UUID(kept["author"]),
        seq=int(kept["seq"]),
        branch=uuid.UUID(kept["branch"]),
        act=str(kept["act"]),
        record=key("record"),
        changed=dict(kept["changed"]),
        base_version=kept.get("base_version"),
        device_at=datetime.fromisoformat(kept["device_at"]) if kept.get("device_at") else None,
        form_version=str(kept.get("form_version", "")),
        cause=key("cause"),
        replaces=key("replaces"),
    )


def digest_of(sent: Sent) -> str:
    """SHA-256 of what was done, however its JSON was written. The key of an operation is its id, never its content: a
    thing done twice on purpose is two operations.
    """
    canonical = json.dumps(sent.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of an operation with this id and author: its digest, whether it has its answer, since when it
    waits.
    """

    digest: str
    answered: bool
    received_at: datetime


def meets(sent: Sent, *, sender: uuid.UUID, known: Known | None, settled: int, wiped: bool, now: datetime) -> str:
    """What is done with an operation. ``settled``: the last of its branch that has its answer (0: none yet)."""
    if sent.author != sender:
        return OTHER_AUTHOR
    if known is not None and known.digest != digest_of(sent):
        return OTHER_CONTENT
    if known is not None and known.answered:
        return REPEAT
    if wiped:
        return QUARANTINE
    waited = known is not None and now - known.received_at >= HELD_FOR
    if sent.seq > settled + 1 and not waited:
        return WAIT
    return WORK


def offset_of(sent_at: datetime | None, received_at: datetime) -> float:
    """How far the phone's clock was behind when it sent, seconds; 0 when it did not say."""
    return (received_at - sent_at).total_seconds() if sent_at else 0.0


def true_time(device_at: datetime | None, offset_s: float, received_at: datetime) -> datetime | None:
    """When it was done by the server's clock: the phone's time set right, never after it arrived."""
    if device_at is None:
        return None
    return min(device_at + timedelta(seconds=offset_s), received_at)
