"""What a division code says by itself."""

from __future__ import annotations

_LENGTHS = (2, 4, 6, 9, 12)
_LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}


def padded(code: str) -> str:
    """The 12-digit form of a code written with 2, 4, 6, 9 or 12 digits. Raises ``ValueError``."""
    if not code.isascii() or not code.isdigit() or len(code) not in _LENGTHS:
        raise ValueError(f"a division code has 2, 4, 6, 9 or 12 digits, not {code!r}")
    if code.startswith("00"):
        raise ValueError(f"no province begins with 00: {code!r}")
    return code.ljust(12, "0")


def padded_or_same(code: str) -> str:
    """The 12-digit form, or the text as it is when it is no code: a look-up will not find it, and say so."""
    try:
        return padded(code)
    except ValueError:
        return code


def level_of(code: str) -> str:
    """The level that a 12-digit code stands for: by its last block that is not zero."""
    return _LEVELS[_significant(code)]


def ancestors(code: str) -> list[str]:
    """The codes above a 12-digit code, nearest first. Levels may be missing: a city without districts has none."""
    own = _significant(code)
    above = [code[:length].ljust(12, "0") for length in reversed(_LENGTHS) if length < own]
    return list(dict.fromkeys(found for found in above if found != code))


def area_of(code: str) -> str:
    """The township of a code (9 digits), or the code's significant part when it is larger than a township."""
    return code[: min(9, _significant(code))]


def _significant(code: str) -> int:
    for shorter, length in zip((9, 6, 4, 2), (12, 9, 6, 4), strict=True):
        if set(code[shorter:length]) != {"0"}:
            return length
    return 2
