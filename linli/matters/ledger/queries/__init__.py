"""Reading the ledger: always for an actor."""

from __future__ import annotations

from linli.matters.ledger.queries.conditions import matters_where, where
from linli.matters.ledger.queries.one import clock_of, matter_by_number
from linli.matters.ledger.queries.pages import MOST_COUNTED, Count, Page, Place, count_of, lines_of, page_of

__all__ = [
    "MOST_COUNTED",
    "Count",
    "Page",
    "Place",
    "clock_of",
    "count_of",
    "lines_of",
    "matter_by_number",
    "matters_where",
    "page_of",
    "where",
]
