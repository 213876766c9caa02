"""Whom the panel offers for a dispute, with reasons, and who has an interest in it: pure. A person decides.

Nobody is ranked: the order follows what the dispute needs and who has fewest open cases, and says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linli.kernel.errors import declare
from linli.kernel.words import Words

declare("expert.not_yours", zh="专家资料由本人或单位负责人填写。", en="An entry is written by oneself or one's chief.")
declare("expert.no_post", zh="“{who}”没有可以参加调解的岗位。", en="{who} holds no post that takes part in mediation.")
MOST_LANGUAGES, MOST_INTERESTS = 8, 40
SHORTEST_INTEREST = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the panel as the dispute sees him. ``load``: open cases that name him; ``interest``: he may not."""

    person_id: uuid.UUID
    name: str
    office: str
    skills: frozenset[str]
    languages: frozenset[str]
    load: int
    interest: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One whom the panel offers, and why."""

    one: Candidate
    reasons: tuple[Words, ...]


def suggested(
    candidates: Iterable[Candidate], *, cause: str, cause_words: Words, language: str = ""
) -> list[Suggestion]:
    """Who fits, first who knows the subject and speaks the language, then who has fewest open cases. Who has an
    interest is not offered, nor who neither knows the subject nor speaks the language.
    """
    found = []
    for one in candidates:
        knows, speaks = cause in one.skills, bool(language) and language in one.languages
        if one.interest or not (knows or speaks):
            continue
        reasons = []
        if knows:
            reasons.append(Words(f"熟悉{cause_words.zh}", f"knows {cause_words.en}"))
        if speaks:
            reasons.append(Words(f"会说{language}", f"speaks {language}"))
        reasons.append(Words(f"在办{one.load}件", f"{one.load} open"))
        found.append((not (knows and (speaks or not language)), not knows, one.load, one.name, one, tuple(reasons)))
    found.sort(key=lambda row: row[:4])
    return [Suggestion(row[4], row[5]) for row in found]


def has_interest(interests: Sequence[str], parties: Iterable[str], office: str) -> bool:
    """Whether a declared interest, or his own office, is a party: compared as written, without spaces."""
    own = {_plain(text) for text in (*interests, office)}
    own = {text for text in own if len(text) >= SHORTEST_INTEREST}
    return any(_plain(name) in own for name in parties)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
