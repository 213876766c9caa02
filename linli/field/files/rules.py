"""Pieces of files of phones. Pure."""

from __future__ import annotations

import re

MOST_PIECE_BYTES = 262_144
SHA256 = re.compile(r"[0-9a-f]{64}")


def beyond(have: int, offset: int) -> int | None:
    """How many bytes of a piece at ``offset`` are here already when ``have`` bytes are; None when one before it is
    missing. A piece that came before was answered, and the answer was lost.
    """
    return None if offset > have else have - offset


def named(title: str, media_type: str, endings: dict[str, tuple[str, ...]]) -> str:
    """The name of a file with the ending that its type has, where it came without one (a recording has no name)."""
    plain = media_type.partition(";")[0].strip().lower()
    wanted = endings.get(plain, ())
    if not wanted or title.lower().endswith(wanted):
        return title
    return f"{title or 'file'}{wanted[0]}"
