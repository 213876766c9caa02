"""Follow codes: short enough to write down, without signs that are mistaken for each other. Pure."""

from __future__ import annotations

import hashlib

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SIGNS = 8
"""31 to the 8th, 39 bits; with the number beside it and few guesses an hour, found by nobody who was not told."""
_MEANT = str.maketrans({"o": "q", "0": "q", "1": "j", "i": "j", "l": "j"})


def code_from(noise: bytes) -> str:
    """A code of ``SIGNS`` signs from a secret."""
    number = int.from_bytes(hashlib.sha256(noise).digest(), "big")
    signs = []
    for _ in range(SIGNS):
        number, left = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[left])
    return "".join(signs)


def shown_code(code: str) -> str:
    """In two groups, as it is written down."""
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> str:
    """What somebody typed, as it was made: capitals, spaces and dashes do not matter; other signs are left out."""
    return "".join(sign for sign in text.lower().translate(_MEANT) if sign in ALPHABET)[: SIGNS + 1]
