"""What is left of a matter's details when its term is over: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from linli.matters.kinds.rules import Kind

POINT_DIGITS = 2
"""A point is kept to about a kilometre: enough for a map of years, not for a door."""
BOOKKEEPING = frozenset({"units"})
"""Details that no kind declares and figures are made of: the call signs of an imported call."""


def kept_details(kind: Kind, details: Mapping[str, Any]) -> dict[str, Any]:
    """What may stay: choices, numbers, flags, moments, and what is counted; no free words and nothing personal."""
    plain = {one.name for one in kind.details if not one.personal and (one.kind != "text" or one.counted)}
    return {name: value for name, value in details.items() if name in plain | BOOKKEEPING}


def over_before(kind: Kind, day: date) -> date:
    """Matters of this kind that were closed before this day are past their term."""
    return day - timedelta(days=kind.keep_days)


def rough(degrees: float | None) -> float | None:
    """A coordinate without the door."""
    return None if degrees is None else round(degrees, POINT_DIGITS)
