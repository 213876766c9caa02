"""Hours of lawyers at rooms, half hours that are booked there or at the residents' door, and what came of them."""

from __future__ import annotations

from linli.mediation.hours.acts.asking import ask_lawyer, asked_before, asked_by_code, give_back, tell_asker
from linli.mediation.hours.acts.booking import (
    ERASER,
    book,
    end_hours,
    erase_each_hour,
    erase_old,
    move_booking,
    write_hours,
)

__all__ = [
    "ERASER",
    "ask_lawyer",
    "asked_before",
    "asked_by_code",
    "book",
    "end_hours",
    "erase_each_hour",
    "erase_old",
    "give_back",
    "move_booking",
    "tell_asker",
    "write_hours",
]
