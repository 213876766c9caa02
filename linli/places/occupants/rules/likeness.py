"""Whether two names may be one name written twice. Pure."""

from __future__ import annotations

from linli.places.addresses.rules import sound
from linli.places.occupants.rules.checking import plain_name


def alike(one: str, other: str) -> bool:
    """The same name, the same sound, or one sign of at least three that differs. Never two of two: 王伟 is not 王芳."""
    first, second = plain_name(one), plain_name(other)
    if first == second:
        return bool(first)
    if not first or not second:
        return False
    if sound(first) == sound(second):
        return True
    if len(first) != len(second) or len(first) < 3:
        return False
    return sum(a != b for a, b in zip(first, second, strict=True)) == 1
