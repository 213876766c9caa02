"""The figures themselves, read from the ledger for whoever asks."""

from __future__ import annotations

from linli.insight.measures.queries.figures import PlaceFigures, direct, figures_of, first_reach, reaches, today_of
from linli.insight.measures.queries.places import of_place, settled_by_rooms_of
from linli.insight.measures.queries.reports import (
    GROUPINGS,
    calls_between,
    midnight,
    report_response,
    report_station,
    rooms_of,
)
from linli.insight.measures.rules import same_day_last_year

__all__ = [
    "GROUPINGS",
    "PlaceFigures",
    "calls_between",
    "direct",
    "figures_of",
    "first_reach",
    "midnight",
    "of_place",
    "reaches",
    "report_response",
    "report_station",
    "rooms_of",
    "same_day_last_year",
    "settled_by_rooms_of",
    "today_of",
]
