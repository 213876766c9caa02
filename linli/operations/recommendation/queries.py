"""What was recommended for a call."""

from __future__ import annotations

from linli.matters.ledger.models import Matter
from linli.operations.dispatch.models import Recommendation
from linli.operations.dispatch.queries import latest_recommendation

STORED = "_stored_recommendation"
"""Under this name a matter just taken carries its recommendation."""


def stored_for(matter: Matter) -> Recommendation | None:
    """What was last recommended for a call."""
    held = vars(matter).get(STORED)
    return held if isinstance(held, Recommendation) else latest_recommendation(matter)
