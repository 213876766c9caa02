"""``linli trail verify [--anchor FILE]``: whether what was done still stands as it was written."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from linli.command.main import Failed, Unreadable
from linli.trail.seal.acts import seal_pending
from linli.trail.seal.queries import verify


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command: verify."""
    verb = parser.add_subparsers(dest="verb", required=True).add_parser("verify", help="recompute the whole chain")
    verb.add_argument("--anchor", type=Path, help="an earlier answer of this command, kept outside the house")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Seal what is still open, recompute every link, compare with the anchor. Exit 1 when it does not hold."""
    anchor = _anchor(options.anchor) if options.anchor else None
    while seal_pending():
        pass
    verdict = verify(anchor)
    answer: dict[str, Any] = {
        "ok": verdict.ok,
        "entries": verdict.entries,
        "root": verdict.root,
        "first_bad": verdict.first_bad,
    }
    if verdict.why:
        answer["why"] = verdict.why
    if not verdict.ok:
        raise Failed(answer)
    return answer


def _anchor(file: Path) -> tuple[int, str]:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        return int(held["entries"]), str(held["root"])
    except OSError as failed:
        raise Unreadable(f"{file}: {failed.strerror}") from failed
    except (ValueError, KeyError, TypeError) as failed:
        raise Unreadable(f'{file}: not an anchor; it should hold {{"entries": …, "root": …}}') from failed


def words(answer: dict[str, Any]) -> str:
    """The verdict in a sentence."""
    if answer["ok"]:
        return f"完整：{answer['entries']}条，末值 {answer['root']}。The trail is whole."
    return f"第{answer['first_bad']}条不符：{answer['why']}。The trail does not hold from {answer['first_bad']} on."
