"""Plans as their carers may see them; for everybody else there are none."""

from __future__ import annotations

from linli.visits.care.queries.plans import (
    SUPERVISORS,
    Counted,
    PlanSeen,
    counts_for,
    is_partner,
    people_to_name,
    plan_seen,
    plans_of,
    promise_seen,
    promises_due,
    reviews_due,
    seen_by,
    visits_of,
    without_lead,
)

__all__ = [
    "SUPERVISORS",
    "Counted",
    "PlanSeen",
    "counts_for",
    "is_partner",
    "people_to_name",
    "plan_seen",
    "plans_of",
    "promise_seen",
    "promises_due",
    "reviews_due",
    "seen_by",
    "visits_of",
    "without_lead",
]
