"""A tip by its receipt, tips by their readers, and how many there are for whoever reads none."""

from __future__ import annotations

from linli.tips.talk.queries.opening import Opened, by_receipt, file_of, opened_by, said_in
from linli.tips.talk.queries.reading import Counted, counted, readers_now, tip_seen, tips_of

__all__ = [
    "Counted",
    "Opened",
    "by_receipt",
    "counted",
    "file_of",
    "opened_by",
    "readers_now",
    "said_in",
    "tip_seen",
    "tips_of",
]
