"""``linli register due|erase|duplicates``: what is past its term, erasing it now, looking for pairs now."""

from __future__ import annotations

import argparse
from typing import Any

from linli.kernel import clock
from linli.places.occupants.acts import erase_due, find_duplicates
from linli.places.occupants.acts.erasing import ERASER, Due, count_due


def arguments(parser: argparse.ArgumentParser) -> None:
    """Three sub-commands."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("due", help="how many rows are past their term; nothing is written")
    verbs.add_parser("erase", help="erase what is past its term now, as the hourly job does")
    verbs.add_parser("duplicates", help="look for pairs of records that may be one person; merges nothing")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """``due`` and ``erase`` answer {"day", "people", "reports", "homes", "firms"}; ``duplicates`` {"found"}."""
    if options.verb == "duplicates":
        return {"found": find_duplicates()}
    today = clock.today()
    if options.verb == "due":
        return _shown(count_due(today))
    done = Due(today.isoformat(), 0, 0, 0, 0)
    while count_due(today).total:
        some = erase_due(ERASER, day=today)
        done = Due(
            done.pk,
            done.people + some.people,
            done.reports + some.reports,
            done.homes + some.homes,
            done.firms + some.firms,
        )
    return _shown(done)


def _shown(due: Due) -> dict[str, Any]:
    return {"day": due.pk, "people": due.people, "reports": due.reports, "homes": due.homes, "firms": due.firms}


def words(answer: dict[str, Any]) -> str:
    """One line."""
    return ", ".join(f"{name} {value}" for name, value in answer.items())
