"""How a telephone number and a name are written and masked: pure."""

from __future__ import annotations

import re

_NOT_DIGITS = re.compile(r"[^0-9+]")


def plain_phone(text: object) -> str:
    """Digits only, without the country code of China; whatever else was sent is kept as its digits."""
    digits = _NOT_DIGITS.sub("", str(text or ""))
    for start in ("+86", "0086"):
        digits = digits.removeprefix(start)
    return digits.replace("+", "")[:32]


def masked_phone(phone: str) -> str:
    """``138****1234``: enough to recognise, not enough to call."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "*" * len(phone)


def masked_name(name: str) -> str:
    """``王**``: the family name and a star for each further sign."""
    return name[:1] + "*" * (len(name) - 1)
