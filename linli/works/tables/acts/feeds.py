"""Folders and peers that fill registers and are filled from them: every hour, and when somebody asks.

A feed is one TOML file in ``LINLI_HOME/feeds``: a map as for ``linli import``, and a section that says where::

    [feed]
    kind = "premises"
    folder = "/srv/exchange/street"  # files are picked up here once an hour, then moved to its folder done
    pattern = "*.xlsx"
    direction = "in"  # "out": the register is left there as a workbook
    peer = "street"  # instead of the folder: rows come and go in the signed bundles of this peer, personal ones sealed
    purpose = "…"  # out, personal registers: what for; noted as a look
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, Refusal, declare
from linli.kernel.scope import Actor, system
from linli.works.exchange.queries import peer_named
from linli.works.jobs.acts import hourly, job, schedule
from linli.works.tables.acts.bundled import answer, send_register, sender_of
from linli.works.tables.acts.declaring import IMPORTERS, BulkEntry
from linli.works.tables.acts.exporting import ask_export, can_export, rows_of
from linli.works.tables.acts.feeding import Feed, feed_folder, feed_in, read_feed
from linli.works.tables.acts.loads import LANE
from linli.works.tables.acts.running import Outcome, run_import
from linli.works.tables.exporting import write_workbook
from linli.works.tables.models import FeedRun
from linli.works.tables.queries import spellings
from linli.works.tables.rules.mapping import read_map

log = structlog.get_logger(__name__)
FEED = system("feed")
QUIET_S = 10.0
"""A file that was written to so recently may still be on its way: it is taken in the next hour."""
_KEEP = timedelta(days=90)
_NAME = re.compile(r"[0-9A-Za-z_-]{1,40}")
_MOST_TEXT = 20_000

declare("feed.name", zh="名称只能用字母、数字、-和_，最多40个。", en="A name has at most 40 letters, digits, - and _.")
declare("feed.unknown", zh="没有“{feed}”这个数据源。", en="There is no feed {feed}.")
declare(
    "feed.folder", zh="文件夹“{folder}”不存在或不是绝对路径。", en="The folder {folder} is missing or not absolute."
)
declare("feed.changed", zh="没有这个数据源，或刚被停用。", en="There is no such feed, or it was just ended.")


@act("feed.set", zh="设置数据源", en="set a feed", keeps=("feed",))
def set_feed(actor: Actor, *, feed: str, text: str) -> BulkEntry:
    """Keep the map of a feed under a name, or another one in its place. Raises Invalid saying what cannot work."""
    if not _NAME.fullmatch(feed):
        raise Invalid("feed.name", field="feed")
    if len(text) > _MOST_TEXT:
        raise Invalid("table.map", file=feed, where="TOML", why=f"longer than {_MOST_TEXT}", field="text")
    found = feed_in(text, Path(f"{feed}.toml"))
    spellings(IMPORTERS[found.kind].columns, read_map(text, feed))
    _can_work(found)
    place = feed_folder() / f"{feed}.toml"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = place.with_suffix(".writing")
    aside.touch(mode=0o600)
    aside.write_text(text, "utf-8")
    aside.rename(place)
    return BulkEntry(feed, found.kind)


def _can_work(found: Feed) -> None:
    if found.peer:
        peer_named(found.peer)
    elif not (found.folder.is_absolute() and found.folder.is_dir()):
        raise Invalid("feed.folder", folder=str(found.folder), field="text")
    if found.direction == "out" and not can_export(found.kind):
        raise Invalid("export.kind", field="text")
    if found.direction == "out" and IMPORTERS[found.kind].personal and not found.purpose.strip():
        raise Invalid("export.purpose", field="text")


@act("feed.run", zh="立即运行数据源", en="run a feed now", keeps=("feed",))
def ask_feed(actor: Actor, *, feed: str) -> BulkEntry:
    """Let a feed be read or filled now, by the worker."""
    _plan(_place(feed), asked=True)
    return BulkEntry(feed, "feed")


@act("feed.end", zh="停用数据源", en="end a feed", keeps=("feed",))
def end_feed(actor: Actor, *, feed: str) -> BulkEntry:
    """It is read no more; its map stays beside, with another ending."""
    place = _place(feed)
    place.rename(place.with_suffix(".ended"))
    return BulkEntry(feed, "feed")


def _place(feed: str) -> Path:
    place = feed_folder() / f"{feed}.toml"
    if not _NAME.fullmatch(feed) or not place.is_file():
        raise Conflict("feed.changed")
    return place


def _plan(place: Path, **more: bool) -> None:
    payload = {"feed": str(place), **more}
    schedule("tables.feed", due_at=clock.now(), payload=payload, key=f"feed:{place.name}", lane=LANE)


@hourly("tables.feeds")
def plan_feeds(payload: dict[str, Any]) -> None:
    """Let every feed be read, each by a job of its own; forget what was three months ago. A map that was found broken
    is not tried again before it is another one: only a person can mend it.
    """
    for path in sorted(feed_folder().glob("*.toml")):
        if not is_known_broken(path):
            _plan(path)
    FeedRun.objects.filter(at__lt=clock.now() - _KEEP).delete()


def is_known_broken(place: Path) -> bool:
    """Whether this very text of a map was found broken before, so that the hourly round leaves it alone."""
    last = FeedRun.objects.filter(feed=place.stem[:40]).order_by("-at").first()
    if last is None or last.state != "failed" or last.digest != _digest(place):
        return False
    try:
        read_feed(place)
    except Refusal:
        return True
    return False


@job("tables.feed")
def run_feed(payload: dict[str, Any]) -> None:
    """Read one folder, or leave a register there. A file that cannot be read goes aside; the others are read. What
    stops the whole feed is written down, once until it changes (``asked``: each time that a person asks), and tried
    again in the next hour, not sooner.
    """
    place = Path(payload["feed"])
    if not place.is_file():
        return
    try:
        _ran(read_feed(place))
    except Refusal as refused:
        digest, why = _digest(place), refused.words.zh[:200]
        last = FeedRun.objects.filter(feed=place.stem[:40]).order_by("-at").first()
        known = last is not None and (last.state, last.digest, last.why) == ("failed", digest, why)
        if payload.get("asked") or not known:
            _noted(place.stem, "failed", why=why, digest=digest)
        log.warning("feed_failed", feed=place.stem, why=refused.words.en)


def _ran(feed: Feed) -> None:
    if feed.direction == "out":
        leave(feed)
        return
    for file in sorted(feed.folder.glob(feed.pattern)):
        mine = bool(sender_of(feed, file))  # written whole, by ourselves
        if file.is_file() and not file.name.startswith(".") and (mine or _quiet(file)):
            pick_up(feed, file)


def _digest(place: Path) -> str:
    """SHA-256 of a map as it stands."""
    return hashlib.sha256(place.read_bytes()).hexdigest()


def _quiet(file: Path) -> bool:
    return time.time() - file.stat().st_mtime >= QUIET_S


def pick_up(feed: Feed, file: Path) -> None:
    """Import one file and put it into ``done``, with what came back in ``returned``; into ``refused`` if unreadable.
    A peer is told what became of its rows.
    """
    try:
        outcome = run_import(FEED, kind=feed.kind, path=file, map_path=feed.map_path)
    except Refusal as refusal:
        log.warning("feed_refused", feed=feed.name, file=file.name, why=refusal.words.en)
        _noted(feed.name, "refused", file_name=file.name, why=refusal.words.zh)
        answer(feed, file, refused=refusal)
        _moved(file, feed.folder / "refused")
        return
    log.info("feed_read", feed=feed.name, file=file.name, rows=outcome.rows, rejected=outcome.rejected)
    for copy in Path(outcome.report).parent.glob(f"{Path(outcome.report).stem}.*"):
        if copy.suffix != ".jsonl":
            returned = feed.folder / "returned"
            returned.mkdir(exist_ok=True, mode=0o700)
            shutil.copy(copy, returned / f"{file.stem}-{Path(outcome.report).stem[-6:]}{copy.suffix}")
    _noted(feed.name, "read", file_name=file.name, **_counts(outcome))
    answer(feed, file, outcome=outcome)
    _moved(file, feed.folder / "done")


def _counts(outcome: Outcome) -> dict[str, Any]:
    counts = {name: getattr(outcome, name) for name in ("rows", "created", "updated", "rejected")}
    return counts | {"load": outcome.load or None}


def _noted(feed: str, state: str, **columns: Any) -> None:
    cut = {name: value[:200] if isinstance(value, str) and name != "load" else value for name, value in columns.items()}
    FeedRun.objects.create(feed=feed[:40], at=clock.now(), state=state, **cut)


def leave(feed: Feed) -> None:
    """Write the register anew beside the old one and put it in its place: a reader sees one or the other, whole. To a
    peer it goes in bundles, when it is not as it was sent last.
    """
    if feed.peer:
        before = FeedRun.objects.filter(feed=feed.name, state="sent").order_by("-at").values_list("digest", flat=True)
        digest, rows = send_register(FEED, feed, before.first() or "")
        _noted(feed.name, "sent" if rows else "same", digest=digest, rows=rows)
        return
    ask_export(FEED, kind=feed.kind, purpose=feed.purpose)
    feed.folder.mkdir(parents=True, exist_ok=True)
    aside = feed.folder / f".{feed.kind}.xlsx"
    rows = write_workbook(aside, IMPORTERS[feed.kind], rows_of(FEED, feed.kind))
    aside.chmod(0o600)
    aside.rename(feed.folder / f"{feed.kind}.xlsx")
    _noted(feed.name, "left", file_name=f"{feed.kind}.xlsx", rows=rows)


def _moved(file: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / file.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{file.stem}-{number}{file.suffix}"
    file.rename(target)
