"""Which doors this week, on which day, in which order, and why: pure."""

from __future__ import annotations

from linli.visits.plans.rules.sentences import why
from linli.visits.plans.rules.walks import DOOR_S, Walk, crow_s, naive_s, walks
from linli.visits.plans.rules.weeks import A_DAY, Candidate, chosen, days_of, monday_of

__all__ = [
    "A_DAY",
    "DOOR_S",
    "Candidate",
    "Walk",
    "chosen",
    "crow_s",
    "days_of",
    "monday_of",
    "naive_s",
    "walks",
    "why",
]
