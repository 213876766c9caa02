"""Entering, confirming, moving, merging and erasing people of the register."""

from __future__ import annotations

from linli.places.occupants.acts.deciding import decide_report, refuse_report, submit_report
from linli.places.occupants.acts.duplicates import dismiss_duplicate, find_duplicates, suggest_duplicate
from linli.places.occupants.acts.entering import change_occupant, confirm_occupant, register_occupant, reveal_occupant
from linli.places.occupants.acts.erasing import erase_due
from linli.places.occupants.acts.merging import merge_occupants, unmerge_occupants
from linli.places.occupants.acts.moving import begin_residence, end_residence

__all__ = [
    "begin_residence",
    "change_occupant",
    "confirm_occupant",
    "decide_report",
    "dismiss_duplicate",
    "end_residence",
    "erase_due",
    "find_duplicates",
    "merge_occupants",
    "refuse_report",
    "register_occupant",
    "reveal_occupant",
    "submit_report",
    "suggest_duplicate",
    "unmerge_occupants",
]
