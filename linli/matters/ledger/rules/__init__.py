"""Public numbers, the order of the ledger, its filters and columns: pure."""

from __future__ import annotations

from linli.matters.ledger.rules.filters import (
    FILTERS,
    REPEATED,
    REPORTS,
    SORTS,
    Asked,
    Beyond,
    Filter,
    asked_of,
    midnight,
    whole,
)
from linli.matters.ledger.rules.numbers import MILESTONES, first_line_at, line_of, public_number

__all__ = [
    "FILTERS",
    "MILESTONES",
    "REPEATED",
    "REPORTS",
    "SORTS",
    "Asked",
    "Beyond",
    "Filter",
    "asked_of",
    "first_line_at",
    "line_of",
    "midnight",
    "public_number",
    "whole",
]
