"""A batch as a phone sends it. Pure."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.field.replay.rules.answers import Answer, Unread, moment, parse
from linli.field.replay.rules.meeting import Sent

MOST_OPERATIONS = 500


@dataclass(frozen=True, slots=True)
class Read:
    """The operations that could be read, and an answer for each that could not, by its place in the batch."""

    operations: tuple[Sent, ...]
    broken: Mapping[int, Answer]

    def in_order(self, answers: Sequence[Answer]) -> list[Answer]:
        """All answers in the order of the batch."""
        rest, places = iter(answers), range(len(self.operations) + len(self.broken))
        return [self.broken[place] if place in self.broken else next(rest) for place in places]


def read_batch(raw: Sequence[Any]) -> Read:
    """Each operation by itself: one that is broken takes no other along."""
    operations: list[Sent] = []
    broken: dict[int, Answer] = {}
    for place, one in enumerate(raw):
        try:
            operations.append(parse(one))
        except Unread as why:
            key = str(one.get("id", ""))[:64] if isinstance(one, dict) else ""
            broken[place] = Answer(key, "rejected", "field.unreadable", {"why": str(why), "field": str(why)})
    return Read(tuple(operations), broken)


def packed(body: Any) -> str:
    """JSON made small for keeping."""
    return base64.b64encode(zlib.compress(json.dumps(body, ensure_ascii=False).encode(), 6)).decode()


def unpacked(text: str) -> Any:
    """What :func:`packed` made small."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def when_sent(value: Any) -> datetime | None:
    """The phone's clock as it sent; None when that cannot be read."""
    try:
        return moment(value, "sent_at")
    except Unread:
        return None
