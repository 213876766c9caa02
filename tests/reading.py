"""What a page says, without what is drawn anew for each row and each request.

A page is full of identifiers. Whoever asserts that some digits are *not* on it would be told wrong, once in a few
hundred runs, by a key that happens to hold them.
"""

from __future__ import annotations

import re
from typing import Any

_DRAWN = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"  # keys of rows
    r"|(?<=name=\"csrfmiddlewaretoken\" value=\")[A-Za-z0-9]+"
    r"|(?<=X-CSRFToken\": \")[A-Za-z0-9]+"
    r"|\b[0-9a-f]{32,}\b"  # keys in plain hexadecimal, hashes
)


def whole(answer: Any) -> str:
    """The page as it was sent, for whoever follows its links."""
    return str(answer.content.decode())


def told(answer: Any) -> str:
    """The page without keys, tokens and hashes: for what stands on it, and above all for what does not."""
    return _DRAWN.sub("…", whole(answer))
