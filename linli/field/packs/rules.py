"""What is new for a phone, and whether its last page arrived. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Key = tuple[str, str]
"""Type and key of a row."""
Held = dict[Key, str]
"""What a phone holds: the version of each row."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows to send now and those to forget, what the phone holds when the page has arrived, whether more wait."""

    send: tuple[Key, ...]
    gone: tuple[Key, ...]
    holds: Held
    more: bool


def base_of(since: str, *, cursor: int, acknowledged: Held, offered: Held) -> tuple[Held, bool]:
    """What the phone holds by the cursor that it sent, and whether it has to begin anew.

    The cursor last given: that page arrived. The one before: it was lost on the way. Anything else is not known here.
    """
    if since == str(cursor) and cursor > 0:
        return dict(offered), False
    if since == str(cursor - 1) and cursor > 1:
        return dict(acknowledged), False
    return {}, True


def page_of(due: Sequence[tuple[Key, str]], holds: Mapping[Key, str], *, limit: int) -> Page:
    """The next page: first what the phone must forget, then what is new in the order of need."""
    wanted = dict(due)
    gone = tuple(key for key in holds if key not in wanted)
    new = [key for key, version in due if holds.get(key) != version]
    send = tuple(new[:limit])
    after = {key: version for key, version in holds.items() if key in wanted} | {key: wanted[key] for key in send}
    return Page(send, gone, after, len(new) > limit)


def packed(holds: Held) -> bytes:
    """What a phone holds, made small."""
    nested: dict[str, dict[str, str]] = {}
    for (kind, key), version in holds.items():
        nested.setdefault(kind, {})[key] = version
    return zlib.compress(json.dumps(nested, separators=(",", ":")).encode(), 6) if nested else b""


def unpacked(blob: bytes | memoryview) -> Held:
    """What :func:`packed` made small."""
    if not blob:
        return {}
    nested = json.loads(zlib.decompress(bytes(blob)))
    return {(kind, key): version for kind, rows in nested.items() for key, version in rows.items()}
