"""The cursor of a list and the box of a map: read and written as text. Pure."""

from __future__ import annotations

import base64
import binascii
import math
import uuid
from dataclasses import dataclass
from datetime import datetime

from linli.kernel.errors import Invalid
from linli.kernel.geo import Box


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the next one begins after it, however many rows were added meanwhile."""

    received_at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        plain = f"{self.received_at.isoformat()} {self.id}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The cursor that a page ended with; raises Invalid for anything else."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        moment, _, key = plain.partition(" ")
        received_at = datetime.fromisoformat(moment)
        if received_at.tzinfo is None:
            raise ValueError("no offset")
        return Cursor(received_at, uuid.UUID(key))
    except (ValueError, binascii.Error, UnicodeDecodeError) as wrong:
        raise Invalid("fact.wrong", field="cursor", why=text[:60]) from wrong


def read_box(text: str) -> Box:
    """``west,south,east,north`` in degrees; raises Invalid when it is not a box."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="bbox", why=text[:80]) from wrong
    whole = all(math.isfinite(value) for value in (west, south, east, north))
    if not whole or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Invalid("fact.wrong", field="bbox", why=text[:80])
    return Box(west, south, east, north)
