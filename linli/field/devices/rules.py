"""What is kept of a phone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

FACTS = ("app", "platform", "browser", "language", "storage_mb", "public_key")
"""What a phone may say of itself; anything else is not kept."""
GOOD_FOR = timedelta(days=90)
"""A phone that is not heard of for so long is registered anew."""
PACK_GOOD_FOR = timedelta(days=7)
"""What a phone took along erases itself after so long without contact; what waits to be sent stays."""
_LONGEST = 400


def kept_facts(said: Mapping[str, Any]) -> dict[str, str]:
    """The public facts of a phone, short."""
    return {name: str(said[name])[:_LONGEST] for name in FACTS if said.get(name) not in (None, "")}
