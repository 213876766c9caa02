"""Reading the register: who lives at a place, one person's record, what waits, how many there are."""

from __future__ import annotations

from linli.places.occupants.queries.figures import Population, population_of
from linli.places.occupants.queries.people import (
    Masked,
    household,
    living_at,
    masked,
    occupant_by_id,
    record_of,
    residences_of,
    search_people,
    to_confirm,
)
from linli.places.occupants.queries.waiting import (
    duplicate_by_id,
    duplicates_open,
    report_by_id,
    report_by_receipt,
    reports_of,
    suggestions_for,
)

__all__ = [
    "Masked",
    "Population",
    "duplicate_by_id",
    "duplicates_open",
    "household",
    "living_at",
    "masked",
    "occupant_by_id",
    "population_of",
    "record_of",
    "report_by_id",
    "report_by_receipt",
    "reports_of",
    "residences_of",
    "search_people",
    "suggestions_for",
    "to_confirm",
]
