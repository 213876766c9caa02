"""The ledger's rows."""

from __future__ import annotations

from linli.matters.ledger.models.beside import Fact, MatterShare, NumberSeries, Stamp
from linli.matters.ledger.models.listing import Listing, keys_of, reach_q, reached_by
from linli.matters.ledger.models.matter import FOLLOWED, Matter, MatterQuery, MattersEntered, MattersRewritten

__all__ = [
    "FOLLOWED",
    "Fact",
    "Listing",
    "Matter",
    "MatterQuery",
    "MatterShare",
    "MattersEntered",
    "MattersRewritten",
    "NumberSeries",
    "Stamp",
    "keys_of",
    "reach_q",
    "reached_by",
]
