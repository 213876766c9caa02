"""``linli trail verify [--anchor FILE]``: whether what was done still stands as it was written; ``linli trail reads``:
who looked at whose data, and why.
"""

from __future__ import annotations

import argparse
import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from linli.command.main import Failed, Unreadable
from linli.kernel import clock
from linli.kernel.scope import system
from linli.trail.reads.queries import reads_of
from linli.trail.seal.acts import seal_pending
from linli.trail.seal.queries import verify

COMMAND = system("command")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Two sub-commands: verify and reads."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    whole = verbs.add_parser("verify", help="recompute the whole chain")
    whole.add_argument("--anchor", type=Path, help="an earlier answer of this command, kept outside the house")
    looks = verbs.add_parser("reads", help="who looked at whose data, when and why")
    looks.add_argument("--from", dest="since", metavar="D", help="first day (Asia/Shanghai)")
    looks.add_argument("--to", dest="until", metavar="D", help="the day after the last")
    looks.add_argument("--by", default="", metavar="WORDS", help="in the name of who looked, or in the purpose")
    looks.add_argument("--subject", default="", metavar="ID", help="the row that was looked at")
    looks.add_argument("--most", type=int, default=1000, metavar="N", help="at most so many, the latest first (1000)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Verify: seal what is still open, recompute every link, compare with the anchor; exit 1 when it does not hold.
    Reads: the looks in a time, the latest first.
    """
    return _reads(options) if options.verb == "reads" else _verify(options)


def _reads(options: argparse.Namespace) -> dict[str, Any]:
    since, until = (_midnight(text) for text in (options.since, options.until))
    rows = reads_of(COMMAND, words=options.by, subject_id=options.subject, since=since, until=until)
    shown = rows[: max(0, options.most)]
    return {
        "count": rows.count(),
        "reads": [
            {
                "at": clock.shanghai(row.at).isoformat(timespec="seconds"),
                "by": row.actor_name,
                "subject_type": row.subject_type,
                "subject_id": row.subject_id,
                "purpose": row.purpose,
            }
            for row in shown
        ],
    }


def _midnight(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), clock.SHANGHAI)
    except ValueError as wrong:
        raise Unreadable(f"{text} is no day; write it as 2026-11-22") from wrong


def _verify(options: argparse.Namespace) -> dict[str, Any]:
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
    """The verdict in a sentence, or the looks as lines."""
    if "reads" in answer:
        rows = [
            f"{row['at']}  {row['by']}  {row['subject_type']} {row['subject_id']}  {row['purpose']}"
            for row in answer["reads"]
        ]
        return "\n".join([*rows, f"共{answer['count']}次查阅。{answer['count']} looks."])
    if answer["ok"]:
        return f"完整：{answer['entries']}条，末值 {answer['root']}。The trail is whole."
    return f"第{answer['first_bad']}条不符：{answer['why']}。The trail does not hold from {answer['first_bad']} on."
