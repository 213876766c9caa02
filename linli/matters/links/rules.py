"""When two calls may be one incident, two reports one thing: pure, and only ever a suggestion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from linli.kernel.geo import distance_m
from linli.kernel.words import Words

WINDOW_MIN = 60
NEAR_M = 400.0
_SAME_CALLER_WINDOW_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What of a call tells it apart: when, where (may be unknown), category, caller's blind index (may be empty)."""

    received_at: datetime
    lon: float | None
    lat: float | None
    category: str
    phone_index: str


def likeness(new: CallFacts, old: CallFacts) -> tuple[float, list[Words]]:
    """How alike two calls are, 0 to 1, and why in words; 0 when nothing speaks for it.

    Time and distance count smoothly; the same caller counts much; another branch of the category tree counts against
    it.
    """
    apart_min = abs((new.received_at - old.received_at).total_seconds()) / 60
    same_caller = bool(new.phone_index) and new.phone_index == old.phone_index
    if apart_min > (_SAME_CALLER_WINDOW_MIN if same_caller else WINDOW_MIN):
        return 0.0, []
    why = [Words(f"{apart_min:.0f}分钟内", f"{apart_min:.0f} min apart")]
    value = 0.35 * max(0.0, 1 - apart_min / WINDOW_MIN)
    metres = _apart_m(new, old)
    if metres is not None:
        if metres > NEAR_M and not same_caller:
            return 0.0, []
        value += 0.4 * max(0.0, 1 - metres / NEAR_M)
        why.append(Words(f"相距{metres:.0f}米", f"{metres:.0f} m apart"))
    if same_caller:
        value += 0.4
        why.append(Words("同一报警人", "same caller"))
    if new.category and old.category:
        same_branch = new.category[:2] == old.category[:2]
        value += 0.15 if same_branch else -0.15
        why.append(Words("类别相同", "same category") if same_branch else Words("类别不同", "other category"))
    if metres is None and not same_caller:
        return 0.0, []
    return max(0.0, min(1.0, value)), why


REPORTS = ("hazard", "help_request", "tip", "community_info")
"""Kinds that people report twice: a lamp is dark for weeks, so what counts is the spot and what is said of it."""
REPORT_WINDOW_DAYS = 30
REPORT_NEAR_M = 150.0
REPORT_WORTH_SHOWING = 0.65
_WEIGHTS = {"near": 0.35, "soon": 0.15, "category": 0.15, "words": 0.35}
_WORDS_FULL = 2 / 3
"""Two texts with two thirds of their words in common count as alike: nobody says it in the same words."""
_TELLING = 4
"""Latin words shorter than this tell nothing; Chinese is compared by pairs of characters."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What of a report tells it apart: when, where, of which kind or category, and its words (``telling_words``)."""

    received_at: datetime
    lon: float | None
    lat: float | None
    category: str
    words: frozenset[str]


def telling_words(grams: set[str]) -> frozenset[str]:
    """Of the grams of a text (``search.rules.text_grams``) those that tell something."""
    return frozenset(gram for gram in grams if not gram.isascii() or not gram.isalpha() or len(gram) >= _TELLING)


def report_likeness(new: ReportFacts, old: ReportFacts) -> tuple[float, list[Words]]:
    """How alike two reports are, 0 to 1, and why in words; 0 beyond 150 m or 30 days, or without a place.

    Distance and words count most, time and category less: of two reports on the same corner in the same minute most are
    about two things, and a pile that nobody fetches is reported for weeks. Weights were set by reading reports, before
    the first measurement (ADR 0178); ``benchmarks/duplicates.py`` measures them.
    """
    metres = _apart_m(new, old)
    apart_days = abs((new.received_at - old.received_at).total_seconds()) / 86_400
    if metres is None or metres > REPORT_NEAR_M or apart_days > REPORT_WINDOW_DAYS:
        return 0.0, []
    shared = words_shared(new.words, old.words)
    same_category = bool(new.category) and new.category == old.category
    value = _WEIGHTS["near"] * (1 - metres / REPORT_NEAR_M)
    value += _WEIGHTS["soon"] * (1 - apart_days / REPORT_WINDOW_DAYS)
    value += _WEIGHTS["words"] * min(1.0, shared / _WORDS_FULL)
    value += _WEIGHTS["category"] if same_category else 0.0
    why = [
        Words(f"相距{metres:.0f}米", f"{metres:.0f} m apart"),
        Words("一天内", "within a day") if apart_days <= 1 else Words(f"{apart_days:.0f}天", f"{apart_days:.0f} days"),
    ]
    if same_category:
        why.append(Words("类别相同", "same category"))
    if shared:
        why.append(Words(f"用词{shared:.0%}相同", f"{shared:.0%} of the words in common"))
    return value, why


def words_shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The cosine of two sets of words, 0 to 1."""
    if not one or not other:
        return 0.0
    return len(one & other) / math.sqrt(len(one) * len(other))


def _apart_m(new: CallFacts | ReportFacts, old: CallFacts | ReportFacts) -> float | None:
    if new.lon is None or new.lat is None or old.lon is None or old.lat is None:
        return None
    return distance_m(new.lon, new.lat, old.lon, old.lat)
