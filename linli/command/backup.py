"""``linli backup FILE`` and ``linli restore FILE``: the house in one file, and back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.command.main import Failed, Unreadable
from linli.trail.seal.acts import seal_pending
from linli.works.backup.acts.restoring import restore_backup
from linli.works.backup.queries.packing import make_backup


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, and --force of restore."""
    parser.add_argument("file", metavar="FILE", type=Path)
    if parser.prog.endswith("restore"):
        parser.add_argument("--force", action="store_true", help="replace what the target holds")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Make a backup, or put one back."""
    return _restore(options) if options.command == "restore" else _backup(options.file)


def _backup(file: Path) -> dict[str, Any]:
    while seal_pending():
        pass
    try:
        made = make_backup(file)
    except OSError as failed:
        raise Unreadable(f"{file}: {failed.strerror or failed}") from failed
    return {"bytes": made.bytes, "entries": made.entries, "root": made.root}


def _restore(options: argparse.Namespace) -> dict[str, Any]:
    """Exit 1 when the file is whole and the trail in it is not: it was broken before the backup was made."""
    try:
        restored = restore_backup(options.file, force=options.force)
    except OSError as failed:
        raise Unreadable(f"{failed.filename or options.file}: {failed.strerror or failed}") from failed
    answer: dict[str, Any] = {"bytes": restored.bytes, "entries": restored.entries, "root": restored.root}
    if restored.put_aside:
        answer["put_aside"] = list(restored.put_aside)
    if not restored.verdict.ok:
        raise Failed(answer | {"first_bad": restored.verdict.first_bad, "why": restored.verdict.why})
    return answer


def words(answer: dict[str, Any]) -> str:
    """The figures, and what is not in the file."""
    keys = Path(settings.LINLI_HOME) / "keys"
    lines = [
        f"{answer['bytes']}字节，留痕{answer['entries']}条，末值 {answer['root']}。",
        f"备份不含密钥：{keys} 请另行保管，与备份分开存放。",
        f"Keys are never in a backup: keep {keys} elsewhere, apart from it.",
    ]
    if "why" in answer:
        lines.append(f"留痕从第{answer['first_bad']}条起不符。The trail does not hold: {answer['why']}.")
    lines += [f"原有目录移至 {path}。The former folder is now {path}." for path in answer.get("put_aside", [])]
    return "\n".join(lines)
