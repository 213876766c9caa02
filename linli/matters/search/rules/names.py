"""How well a name of the house answers what was typed: pure."""

from __future__ import annotations

from collections.abc import Iterable

from linli.places.addresses.rules import folded, initials, normal, sound

_LONGEST_TYPO = 12


def likeness_of(asked: str, texts: Iterable[str]) -> float:
    """The best answer among the ``texts`` of one thing, 0 to 1: whole, begun, held, by sound, by first letters, or with
    one sign wrong.
    """
    plain = normal(asked)
    return max((_likeness(plain, normal(text)) for text in texts if text), default=0.0) if plain else 0.0


def _likeness(asked: str, text: str) -> float:
    if asked == text:
        return 1.0
    if len(asked) < 2:
        return 0.0
    if text.startswith(asked):
        return 0.95
    if asked in text:
        return 0.9
    if asked.isascii():
        return _by_letters(asked, text)
    own = sound(asked)
    if own == sound(text):
        return 0.8
    if len(own) > 3 and own in sound(text):
        return 0.72
    return 0.6 if len(asked) >= 3 and one_apart(asked, text) else 0.0


def _by_letters(asked: str, text: str) -> float:
    if not asked.isalpha():
        return 0.0
    first = initials(text)
    if asked == first:
        return 0.88
    if len(asked) > 2 and asked in first:
        return 0.75
    heard = folded(asked)
    name = sound(text)
    if heard == name:
        return 0.86
    if len(heard) > 3 and heard in name:
        return 0.7
    return 0.58 if len(heard) > 4 and one_apart(heard, name) else 0.0


def one_apart(one: str, other: str) -> bool:
    """Whether one sign is wrong, missing, too many, or two neighbours are exchanged."""
    if abs(len(one) - len(other)) > 1 or max(len(one), len(other)) > _LONGEST_TYPO * 3:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, sign in enumerate(one) if sign != other[n]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )
