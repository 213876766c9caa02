"""Text that a spreadsheet would run as a formula when it opens a text table: guarded on the way out, freed on the way
in. Pure. (OWASP, CSV Injection.)
"""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")


def guarded(text: str) -> str:
    """The text with an apostrophe before it when it would be run; plain numbers stay as they are."""
    return f"'{text}" if text.startswith(_STARTS) and not _NUMBER.fullmatch(text) else text


def freed(text: str) -> str:
    """The text without the apostrophe that :func:`guarded` put before it."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_STARTS) else text
