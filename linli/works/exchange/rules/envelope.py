"""A signed bundle: written so that nothing in it can be changed, added or left out unseen. Pure.

After the German UCRI2 (shared incident keys, UTC times, receipts), with what files across separated networks need
besides: sender and receiver, a number without gaps, a manifest and an HMAC-SHA256 over canonical JSON (sorted keys, no
spaces, UTF-8).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from linli.kernel.crypto import sign
from linli.kernel.errors import Invalid, declare

declare("exchange.not_json", zh="文件不是可读的JSON。", en="The file is not readable JSON.")
declare("exchange.format", zh="格式应为{expected}。", en="The format must be {expected}.")
declare("exchange.field", zh="信封缺少或写错“{field}”。", en="The envelope lacks {field}, or it is wrong.")
declare(
    "exchange.unknown_sender",
    zh="发送方“{sender}”未登记或已停用。",
    en="The sender {sender} is not registered or disabled.",
)
declare(
    "exchange.wrong_receiver",
    zh="此文件发给“{receiver}”，不是发给我方。",
    en="This bundle is for {receiver}, not for us.",
)
declare(
    "exchange.forged",
    zh="签名不符：内容被改动或密钥不一致。",
    en="The signature does not hold: altered, or another key.",
)
declare("exchange.manifest", zh="清单与内容不符：{why}。", en="Manifest and content disagree: {why}.")
declare("exchange.reused", zh="序号{sequence}已用于另一内容。", en="Sequence {sequence} was used for other content.")

FORMAT = "linli-exchange/1"
LARGEST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle whose signature and manifest hold. ``digest`` identifies its content."""

    sender: str
    receiver: str
    sequence: int
    items: list[dict[str, Any]]
    digest: str


def canonical(value: Any) -> bytes:
    """The one way to write a value: what is signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def write_bundle(
    *, sender: str, receiver: str, sequence: int, made_at: datetime, items: list[dict[str, Any]], key: str
) -> bytes:
    """The bytes of a bundle. The same facts give the same bytes, so writing again after a crash changes nothing."""
    envelope: dict[str, Any] = {
        "format": FORMAT,
        "sender": sender,
        "receiver": receiver,
        "sequence": sequence,
        "createdAt": utc(made_at),
        "items": items,
        "manifest": {"count": len(items), "sha256": [hashlib.sha256(canonical(item)).hexdigest() for item in items]},
    }
    signature = {"algorithm": "HMAC-SHA256", "value": sign(canonical(envelope), key=key.encode())}
    return canonical({**envelope, "signature": signature})


def open_bundle(raw: bytes, *, key_of: Callable[[str], tuple[str, str] | None]) -> Opened:
    """Check a bundle and open it. ``key_of`` gives (key, our name) for a sender, None for a stranger. Raises
    Invalid.
    """
    envelope = _read(raw)
    sender, receiver = str(envelope.get("sender", "")), str(envelope.get("receiver", ""))
    known = key_of(sender)
    if known is None or not known[0]:
        raise Invalid("exchange.unknown_sender", sender=sender[:40])
    signature = envelope.pop("signature", None)
    value = signature.get("value") if isinstance(signature, dict) else None
    expected = sign(canonical(envelope), key=known[0].encode())
    if not isinstance(value, str) or not hmac.compare_digest(expected.encode(), value.encode()):
        raise Invalid("exchange.forged")
    if receiver != known[1]:
        raise Invalid("exchange.wrong_receiver", receiver=receiver[:40])
    sequence = envelope.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 < sequence < 2**53:
        raise Invalid("exchange.field", field="sequence")
    items = _items(envelope)
    return Opened(sender, receiver, sequence, items, hashlib.sha256(canonical(envelope)).hexdigest())


def _read(raw: bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as broken:
        raise Invalid("exchange.not_json") from broken
    if not isinstance(envelope, dict):
        raise Invalid("exchange.not_json")
    if envelope.get("format") != FORMAT:
        raise Invalid("exchange.format", expected=FORMAT)
    return envelope


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _items(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    items, manifest = envelope.get("items"), envelope.get("manifest")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Invalid("exchange.field", field="items")
    if not isinstance(manifest, dict) or manifest.get("count") != len(items):
        raise Invalid("exchange.manifest", why="count")
    if manifest.get("sha256") != [hashlib.sha256(canonical(item)).hexdigest() for item in items]:
        raise Invalid("exchange.manifest", why="sha256")
    keys = [item.get("id") for item in items]
    if not all(isinstance(key, str) and 0 < len(key) <= 64 for key in keys) or len(set(keys)) != len(keys):
        raise Invalid("exchange.field", field="items[].id")
    return items


def gaps(numbers: Iterable[int]) -> list[int]:
    """The numbers that are missing below the highest one, at most a hundred of them."""
    held = set(numbers)
    missing: list[int] = []
    for number in range(1, max(held, default=0)):
        if number not in held:
            missing.append(number)
            if len(missing) == 100:
                break
    return missing


def file_name(sender: str, sequence: int) -> str:
    """What a bundle's file is called: sorted by name, files come in the order of their numbers."""
    safe = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in sender)
    return f"{safe}-{sequence:010d}.json"


def utc(at: datetime | None) -> str | None:
    """A moment in UTC, ISO 8601 with ``Z`` and microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None
