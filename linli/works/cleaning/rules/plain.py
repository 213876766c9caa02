"""Plain text: decoded, without control characters; whatever is no text is refused."""

from __future__ import annotations

from linli.works.cleaning.rules.told import Cleaned, empty, not_taken

MOST_SIGNS = 200_000
_MARKUP = ("<svg", "<html", "<!doctype", "<?xml", "<script", "<?php", "#!/", "@echo", "mime-version:", "{\\rtf")


def from_text(body: bytes) -> Cleaned:
    """UTF-8 or GB 18030, made UTF-8. Programs, mark-up and bytes that are no text are refused."""
    if b"\x00" in body:
        raise not_taken()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise not_taken()
    if text.lstrip()[:200].lower().startswith(_MARKUP) or _odd_signs(text) > len(text) // 50:
        raise not_taken()
    return as_text(text)


def _odd_signs(text: str) -> int:
    return sum(1 for sign in text if (ord(sign) < 32 and sign not in "\t\r\n") or 0x7F <= ord(sign) <= 0x9F)


def as_text(text: str) -> Cleaned:
    """Text as a file of its own, at most 200,000 signs; raises Invalid when nothing is left."""
    kept = "".join(sign for sign in text if sign in "\t\n" or (ord(sign) >= 32 and not 0x7F <= ord(sign) <= 0x9F))
    if not kept.strip():
        raise empty()
    return Cleaned(kept[:MOST_SIGNS].encode(), "text/plain; charset=utf-8", ".txt")
