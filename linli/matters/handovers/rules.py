"""By when a ticket is answered, and the ticket as a file that can be carried to an agency without a login: pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.kernel.crypto import house_key, sign
from linli.kernel.errors import Invalid, declare

declare("handover.other_ticket", zh="这是另一张回单的文件。", en="This file belongs to another ticket.")
declare("handover.not_ours", zh="不是本系统发出的回单文件，或文件被改过。", en="No ticket of ours, or it was changed.")
declare("handover.no_answer", zh="文件里还没有填写办理结果。", en="The file holds no answer yet.")

_CALL_DUE = {"hand_over": timedelta(minutes=30), "ask_along": timedelta(minutes=5), "share": timedelta(hours=24)}
_DUE = {"hand_over": timedelta(days=3), "ask_along": timedelta(days=1), "share": timedelta(days=7)}
"""Until a ticket without a word is chased: of calls in minutes, of all else in days."""
_AGAIN = timedelta(days=1)
_MOST_BYTES = 256_000
_CONTEXT = "matters.handover.file"
_MOVES = {"accepted": "accept", "answered": "answer", "declined": "decline"}


def due_of(mode: str, kind: str, at: datetime) -> datetime:
    """When a ticket wants its answer."""
    return at + (_CALL_DUE if kind == "incident" else _DUE)[mode]


def chased_again(mode: str, kind: str, at: datetime) -> datetime:
    """When it is chased the next time."""
    return at + (_CALL_DUE[mode] if kind == "incident" else _AGAIN)


def ticket_file(ticket: dict[str, Any]) -> bytes:
    """The ticket as a file: readable JSON, signed, with an empty place for the answer that comes back in it."""
    return json.dumps(
        {
            "linli_ticket": 1,
            "how": "请在 answer 处填写：state 填 answered（已办结）、accepted（已接收）或 declined（退回），"
            "text 填办理情况；"
            "然后把本文件交回。其余内容请勿改动。",
            "ticket": ticket,
            "signature": _signature(ticket),
            "answer": {"state": "", "text": ""},
        },
        ensure_ascii=False,
        indent=2,
    ).encode()


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file brought back: whose ticket, which step, what was said."""

    ticket: str
    move: str
    answer: str


def read_ticket(raw: bytes) -> Returned:
    """Read a returned file. Raises Invalid for what is no ticket of ours, was changed, or is not filled in."""
    try:
        found = json.loads(raw.decode("utf-8-sig")) if len(raw) <= _MOST_BYTES else None
    except (UnicodeDecodeError, ValueError, RecursionError) as wrong:
        raise Invalid("handover.not_ours", field="file") from wrong
    if not isinstance(found, dict) or not isinstance(found.get("ticket"), dict):
        raise Invalid("handover.not_ours", field="file")
    ticket, answer = found["ticket"], found.get("answer")
    if found.get("signature") != _signature(ticket):
        raise Invalid("handover.not_ours", field="file")
    move = _MOVES.get(str(answer.get("state", "")).strip()) if isinstance(answer, dict) else None
    text = str(answer.get("text", "")).strip()[:4000] if isinstance(answer, dict) else ""
    if move is None or (not text and move != "accept"):
        raise Invalid("handover.no_answer", field="file")
    return Returned(str(ticket.get("id", "")), move, text)


def _signature(ticket: dict[str, Any]) -> str:
    """A keyed digest of the ticket by this house's own key: nobody else can make one."""
    said = json.dumps(ticket, ensure_ascii=False, sort_keys=True).encode()
    return sign(said, key=house_key(_CONTEXT))
