"""Which kind a file is by its first bytes; its name is not asked, but for the two that are both archives."""

from __future__ import annotations

from collections.abc import Callable

from linli.works.cleaning.rules.office import from_archive
from linli.works.cleaning.rules.papers import from_pdf
from linli.works.cleaning.rules.pictures import from_picture
from linli.works.cleaning.rules.plain import from_text
from linli.works.cleaning.rules.told import MOST_BYTES, Cleaned, empty, huge


def clean(body: bytes) -> Cleaned:
    """The file made anew. Raises Invalid ``cleaning.kind``, ``cleaning.broken``, ``cleaning.huge`` or
    ``cleaning.empty``.

    It may take as long and as much memory as a hostile file likes: call ``linli.works.cleaning.acts.clean_apart``.
    """
    if not body:
        raise empty()
    if len(body) > MOST_BYTES:
        raise huge()
    return _way(body)(body)


def _way(body: bytes) -> Callable[[bytes], Cleaned]:
    if body.startswith(b"\xff\xd8\xff"):
        return lambda raw: from_picture(raw, "JPEG")
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return lambda raw: from_picture(raw, "PNG")
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return lambda raw: from_picture(raw, "WEBP")
    if body.startswith(b"%PDF-"):
        return from_pdf
    if body.startswith(b"PK\x03\x04"):
        return from_archive
    return from_text
