"""What a row of somebody else's call log says in our terms: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

MILESTONES = ("ordered", "arrived", "done", "closed")
"""The times of a row beside ``received``, in the order in which they should come."""


def call_signs(parts: Iterable[str]) -> list[str]:
    """Each call sign once, in order: logs repeat a unit for every status it sent, and leave gaps."""
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def ended_at(values: Mapping[str, Any]) -> datetime:
    """When a past call was over as far as the row says: its latest time. It only keeps the row out of the open ones."""
    times: list[datetime] = [
        values[f"{milestone}_at"] for milestone in ("received", *MILESTONES) if values.get(f"{milestone}_at")
    ]
    return max(times)
