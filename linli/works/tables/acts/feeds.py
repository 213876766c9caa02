"""Folders that other systems fill and read: files are imported by their map, registers are left there.

A feed is one TOML file in ``LINLI_HOME/feeds``: a map as for ``linli import``, and a section that says where::

    [feed]
    kind = "premises"
    folder = "/srv/exchange/street"  # files are picked up here once an hour, then moved to its folder done
    pattern = "*.xlsx"
    direction = "in"  # "out": the register is left there as a workbook
    purpose = "…"  # out, personal registers: what for; noted as a look
"""

from __future__ import annotations

import shutil
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from linli.kernel import clock
from linli.kernel.errors import Invalid, Refusal
from linli.kernel.scope import system
from linli.works.jobs.acts import hourly, job, schedule
from linli.works.tables.acts.declaring import IMPORTERS
from linli.works.tables.acts.exporting import ask_export, rows_of
from linli.works.tables.acts.loads import LANE
from linli.works.tables.acts.running import run_import
from linli.works.tables.exporting import write_workbook

log = structlog.get_logger(__name__)
FEED = system("feed")
QUIET_S = 10.0
"""A file that was written to so recently may still be on its way: it is taken in the next hour."""
_KNOWN = {"kind", "folder", "pattern", "direction", "purpose"}


@dataclass(frozen=True, slots=True)
class Feed:
    """One folder of another system, and the map that reads it."""

    map_path: Path
    kind: str
    folder: Path
    pattern: str = "*"
    direction: str = "in"
    purpose: str = ""


def read_feed(path: Path) -> Feed:
    """A feed from its file. Raises ``Invalid("table.map")`` saying what is wrong with it."""
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text("utf-8")).get("feed", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Invalid("table.map", file=path.name, where="[feed]", why=str(fault)) from fault
    wrong = sorted(set(told) - _KNOWN) or [name for name in ("kind", "folder") if not told.get(name)]
    if wrong or told["kind"] not in IMPORTERS or told.get("direction", "in") not in ("in", "out"):
        why = f"known: {', '.join(sorted(_KNOWN))}; needed: kind, folder"
        raise Invalid("table.map", file=path.name, where=f"[feed] {', '.join(wrong)}", why=why)
    texts = {name: str(told[name]) for name in ("kind", "pattern", "direction", "purpose") if name in told}
    return Feed(map_path=path, folder=Path(told["folder"]), **texts)


@hourly("tables.feeds")
def plan_feeds(payload: dict[str, Any]) -> None:
    """Let every feed be read, each by a job of its own."""
    for path in sorted((Path(settings.LINLI_HOME) / "feeds").glob("*.toml")):
        schedule("tables.feed", due_at=clock.now(), payload={"feed": str(path)}, key=f"feed:{path.name}", lane=LANE)


@job("tables.feed")
def run_feed(payload: dict[str, Any]) -> None:
    """Read one folder, or leave a register there. A file that cannot be read goes aside; the others are read."""
    feed = read_feed(Path(payload["feed"]))
    if feed.direction == "out":
        leave(feed)
        return
    for file in sorted(feed.folder.glob(feed.pattern)):
        if file.is_file() and not file.name.startswith(".") and time.time() - file.stat().st_mtime >= QUIET_S:
            pick_up(feed, file)


def pick_up(feed: Feed, file: Path) -> None:
    """Import one file and put it into ``done``, with what came back in ``returned``; into ``refused`` if unreadable."""
    try:
        outcome = run_import(FEED, kind=feed.kind, path=file, map_path=feed.map_path)
    except Refusal as refusal:
        log.warning("feed_refused", feed=feed.map_path.name, file=file.name, why=refusal.words.en)
        _moved(file, feed.folder / "refused")
        return
    log.info("feed_read", feed=feed.map_path.name, file=file.name, rows=outcome.rows, rejected=outcome.rejected)
    for copy in Path(outcome.report).parent.glob(f"{Path(outcome.report).stem}.*"):
        if copy.suffix != ".jsonl":
            returned = feed.folder / "returned"
            returned.mkdir(exist_ok=True, mode=0o700)
            shutil.copy(copy, returned / f"{file.stem}-{Path(outcome.report).stem[-6:]}{copy.suffix}")
    _moved(file, feed.folder / "done")


def leave(feed: Feed) -> None:
    """Write the register anew beside the old one and put it in its place: a reader sees one or the other, whole."""
    ask_export(FEED, kind=feed.kind, purpose=feed.purpose)
    feed.folder.mkdir(parents=True, exist_ok=True)
    aside = feed.folder / f".{feed.kind}.xlsx"
    write_workbook(aside, IMPORTERS[feed.kind], rows_of(FEED, feed.kind))
    aside.chmod(0o600)
    aside.rename(feed.folder / f"{feed.kind}.xlsx")


def _moved(file: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / file.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{file.stem}-{number}{file.suffix}"
    file.rename(target)
