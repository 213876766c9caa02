"""A text as the words by which it is found: pairs of Chinese characters, sounds, first letters, numbers. Pure.

Neither database finds a two-character Chinese word by itself: SQLite's trigram index finds none, PostgreSQL's full
text knows no Chinese. Pairs of neighbouring characters do, and homophones are found by the sound of the same pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from linli.kernel.late import late
from linli.places.addresses.rules import normal

if TYPE_CHECKING:
    import pypinyin
    from pypinyin import pinyin_dict, style
else:
    pypinyin = late("pypinyin")
    pinyin_dict, style = late("pypinyin.pinyin_dict"), late("pypinyin.style")

_RUN = re.compile(r"[一-鿿〇]+|[a-z]+|[0-9]+")
_WORD = re.compile(r"\S+")
INITIAL, SOUND, DIGITS, NUMBER = "0i", "0p", "0n", "0m"
"""What a gram that is no text begins with: letters of initials, a pair's sound, a run of digits, part of a number."""
_INITIALS_LEAST = 3
_NUMBER_LEAST = 3
_MOST_SEGMENTS = 4
_MOST_GRAMS = 24


def text_grams(text: str) -> set[str]:
    """The pairs of characters, Latin words and digit runs of a text; no sounds."""
    found: set[str] = set()
    for run in _RUN.findall(normal(text)):
        found.update(_of_run(run))
    return found


def _of_run(run: str) -> Iterable[str]:
    if run[0].isdigit():
        return (DIGITS + run.lstrip("0")[:20],)
    if run.isascii():
        return (run[:20],)
    return _pairs(run)


def _pairs(run: str) -> Iterable[str]:
    return (run[at : at + 2] for at in range(len(run) - 1)) if len(run) > 1 else (run,)


@lru_cache(maxsize=20_000)
def name_grams(text: str) -> frozenset[str]:
    """The grams of a name (a title, an address): its text, how its pairs sound, and its first letters by threes."""
    found = text_grams(text)
    for run in re.findall(r"[一-鿿]+", normal(text)):
        syllables = _syllables(run)
        found.update(SOUND + one + two for one, two in pairwise(syllables))
        letters = "".join(syllable[0] for syllable in syllables)
        found.update(INITIAL + letters[at : at + 3] for at in range(len(letters) - 2))
    return frozenset(found)


@lru_cache(maxsize=20_000)
def _syllables(run: str) -> tuple[str, ...]:
    return tuple(
        one for one in pypinyin.lazy_pinyin(run, style=pypinyin.Style.NORMAL) if one.isascii() and one.isalpha()
    )


def number_grams(number: str) -> set[str]:
    """The parts of ``JQ20261122-000123`` that people remember: prefix and day, day, month and day, the last digits."""
    head, _, running = number.rpartition("-")
    day = head[-8:]
    found = {NUMBER + part for part in (head.lower(), day, day[4:], running.lstrip("0") or "0") if part}
    found.update(NUMBER + running[at:] for at in range(max(0, len(running) - _NUMBER_LEAST + 1)))
    return found


def too_short(query: str) -> bool:
    """Whether a query is a single Chinese character: words are indexed by pairs, one alone would find nothing."""
    return bool(re.fullmatch(r"[一-鿿]", query.strip()))


def wanted_sets(query: str) -> list[list[str]]:
    """What a query asks for, as sets of grams of which a matter must hold one whole; none: it asks for nothing.

    Words stand beside each other with "and"; a word of letters may be initials or pinyin, a run of digits a house
    number or part of a matter's number.
    """
    sets: list[list[str]] = [[]]
    for word in _WORD.findall(normal(query))[:6]:
        ways = [way for way in _ways(word) if way]
        if ways:
            sets = [[*one, *way] for one in sets for way in ways][:8]
    return [list(dict.fromkeys(one))[:_MOST_GRAMS] for one in sets if one]


def _ways(word: str) -> list[list[str]]:
    if re.fullmatch(r"[a-z]{0,2}\d{4,8}-\d+", word):
        head, _, tail = word.partition("-")
        return [[NUMBER + head, NUMBER + tail]]
    if re.fullmatch(r"[a-z]{2}\d{8}", word):
        return [[NUMBER + word]]
    if word.isdigit():
        exact = [[DIGITS + word.lstrip("0")]] if word.strip("0") else []
        return [*exact, [NUMBER + word]] if len(word) >= _NUMBER_LEAST else exact
    if word.isascii() and word.isalpha():
        return [[word], *_initials(word), *_sounds(word)]
    grams = [gram for run in _RUN.findall(word) for gram in _of_run(run)]
    return [[gram for gram in grams if len(gram) > 1] or grams]


def _initials(word: str) -> list[list[str]]:
    if not _INITIALS_LEAST <= len(word) <= 8:
        return []
    return [[INITIAL + word[at : at + 3] for at in range(len(word) - 2)]]


def _sounds(word: str) -> list[list[str]]:
    ways = [way for way in segmented(word) if len(way) > 1][:_MOST_SEGMENTS]
    return [[SOUND + one + two for one, two in pairwise(way)] for way in ways]


def near_sets(query: str) -> list[list[str]]:
    """What a query may have meant: the same sound, or one character of a longer word wrong or missing."""
    run = max(re.findall(r"[一-鿿]+", normal(query)), key=len, default="")
    rest = sorted(text_grams(normal(query).replace(run, " ", 1))) if run else []
    if len(run) < 2:
        return []
    sets = [[SOUND + one + two for one, two in pairwise(_syllables(run))]]
    pairs = list(_pairs(run))
    if len(run) >= 3:
        sets += [kept for at in range(len(run)) if (kept := [p for n, p in enumerate(pairs) if n not in (at - 1, at)])]
    return [[*one, *rest] for one in sets if one]


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    readings = (reading for line in pinyin_dict.pinyin_dict.values() for reading in line.split(","))
    plain = {style.convert(one, pypinyin.Style.NORMAL, strict=False) for one in readings}
    return frozenset(one for one in plain if set(one) & set("aeiouv"))


@lru_cache(maxsize=2_000)
def segmented(letters: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read letters as syllables: ``liulincun`` → liu lin cun; longest first, a few ways at most."""
    return tuple(islice(_read(letters), _MOST_SEGMENTS * 4))


def _read(letters: str) -> Iterator[tuple[str, ...]]:
    if not letters:
        yield ()
        return
    for length in range(min(6, len(letters)), 0, -1):
        if letters[:length] in _known_syllables():
            for rest in _read(letters[length:]):
                yield (letters[:length], *rest)
