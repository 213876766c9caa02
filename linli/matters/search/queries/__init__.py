"""Finding what one may see, and what is already known at a place."""

from __future__ import annotations

from linli.matters.search.queries.everything import Found, search
from linli.matters.search.queries.known import Known, earlier_here, known_here

__all__ = ["Found", "Known", "earlier_here", "known_here", "search"]
