"""``linli search rebuild``: the list and the word index of the ledger anew, in steps that nobody notices."""

from __future__ import annotations

import argparse
import time
from typing import Any

from linli.matters.search.acts import rebuild


def arguments(parser: argparse.ArgumentParser) -> None:
    """One verb."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("rebuild", help="build list and word index anew; calls go on meanwhile", allow_abbrev=False)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Rebuild; answers how many matters were indexed and how long it took."""
    began_s = time.monotonic()
    return {"matters": rebuild(), "took_s": round(time.monotonic() - began_s, 1)}


def words(answer: dict[str, Any]) -> str:
    """The answer for a person."""
    return f"已重建{answer['matters']}件事项的索引，用时{answer['took_s']}秒。{answer['matters']} matters indexed."
