"""Rows of registers in the signed bundles of a peer: taken into a feed, sent out by one, and answered.

An item ``table`` holds ``kind``, ``columns`` (their headings) and ``rows`` (texts), at most 500 of them. It becomes a
file that the feed reads as it reads a folder, so nothing of a person lies in the post book. The item ``table_answer``
goes back with the counts and the first hundred wrong cells, by row and column, without their values.

Of a register of personal data columns and rows travel ``sealed`` to their reader (ADR 0217), in both directions.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from linli.kernel import clock
from linli.kernel.errors import Invalid, Refusal
from linli.kernel.scope import Actor
from linli.works.exchange.acts.reading import takes
from linli.works.exchange.acts.telling import tell
from linli.works.exchange.models import Peer
from linli.works.exchange.queries import peer_named
from linli.works.jobs.acts import schedule
from linli.works.tables.acts.declaring import IMPORTERS
from linli.works.tables.acts.exporting import ask_export, rows_of
from linli.works.tables.acts.feeding import Feed, feeds
from linli.works.tables.acts.loads import LANE
from linli.works.tables.acts.running import Outcome
from linli.works.tables.exporting import cell_text
from linli.works.tables.rules.guarding import guarded
from linli.works.tables.rules.sealed import ALGORITHM, Way, keyed_digest, open_rows, seal_rows

MOST_ROWS, MOST_COLUMNS, MOST_TOLD = 500, 200, 100
_SAFE = re.compile(r"[^0-9A-Za-z_-]")
_SOON = timedelta(seconds=1)


@takes("table")
def take_table(actor: Actor, peer: Peer, item: dict[str, Any]) -> str:
    """Put the rows of an item where their feed reads them. Raises Invalid without a feed for them, or for what is no
    table.
    """
    told = item.get("table")
    told = told if isinstance(told, dict) else {}
    kind = str(told.get("kind", ""))[:24]
    found = [one for one in feeds() if isinstance(one, Feed) and one.peer == peer.name and one.direction == "in"]
    feed = next((one for one in found if one.kind == kind), None)
    if feed is None:
        raise Invalid("feed.unknown", feed=kind)
    if "sealed" in told:
        told = _opened(peer, kind, told)
    _write(feed.folder, _file_name(peer, str(item["id"])), _checked(told))
    name = feed.map_path.name
    schedule(
        "tables.feed", due_at=clock.now() + _SOON, payload={"feed": str(feed.map_path)}, key=f"feed:{name}", lane=LANE
    )
    return feed.name


def _opened(peer: Peer, kind: str, told: dict[str, Any]) -> dict[str, Any]:
    part, of = told.get("part"), told.get("of")
    if not isinstance(part, int) or not isinstance(of, int) or not isinstance(told["sealed"], str):
        raise Invalid("exchange.field", field="table.sealed")
    way = Way(peer.name, peer.our_name, kind, part, of)
    return open_rows(told["sealed"], way=way, shared=peer.key)


def _checked(told: dict[str, Any]) -> list[list[str]]:
    columns, rows = told.get("columns"), told.get("rows")
    if not isinstance(columns, list) or not 0 < len(columns) <= MOST_COLUMNS:
        raise Invalid("exchange.field", field="table.columns")
    if not isinstance(rows, list) or not len(rows) <= MOST_ROWS or not all(isinstance(row, list) for row in rows):
        raise Invalid("exchange.field", field="table.rows")
    whole = [columns, *rows]
    if not all(cell is None or isinstance(cell, (str, int, float)) for row in whole for cell in row):
        raise Invalid("exchange.field", field="table.rows")
    return [["" if cell is None else str(cell) for cell in row] for row in whole]


def _write(folder: Path, name: str, rows: list[list[str]]) -> None:
    """The file appears whole or not at all, and once however often the item comes."""
    if (folder / "done" / name).exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f".{name}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig") as out:
        csv.writer(out, lineterminator="\n").writerows([guarded(cell) for cell in row] for row in rows)
    aside.rename(folder / name)


def _file_name(peer: Peer, item: str) -> str:
    return f"{_SAFE.sub('_', peer.name)}~{_SAFE.sub('_', item)[:64]}.csv"


def sender_of(feed: Feed, file: Path) -> str:
    """The key of the item that a file came by; blank for one that lay in a folder."""
    begin = f"{_SAFE.sub('_', feed.peer)}~"
    return file.stem.removeprefix(begin) if feed.peer and file.name.startswith(begin) else ""


def answer(feed: Feed, file: Path, *, outcome: Outcome | None = None, refused: Refusal | None = None) -> None:
    """Tell the peer what became of the rows of its item; nothing for a file of a folder."""
    item = sender_of(feed, file)
    if not item:
        return
    body: dict[str, Any] = {"item": item, "feed": feed.name, "kind": feed.kind}
    if refused is not None:
        body |= {"refused": refused.words.as_json()}
    if outcome is not None:
        counts = ("rows", "created", "updated", "unchanged", "rejected")
        body |= {name: getattr(outcome, name) for name in counts} | {"wrong": _wrong(Path(outcome.report))}
    tell(peer_named(feed.peer), kind="table_answer", shared_id=item, body=body)


def _wrong(report: Path) -> list[dict[str, Any]]:
    """The first wrong cells, without what stands in them: it may be personal, and the sender has it."""
    with report.open(encoding="utf-8") as lines:
        told = [json.loads(line) for line in itertools.islice(lines, 1, MOST_TOLD + 1)]
    return [{name: one[name] for name in ("row", "column", "code", "zh", "en")} for one in told]


@takes("table_answer")
def take_answer(actor: Actor, peer: Peer, item: dict[str, Any]) -> str:
    """A peer says what became of our rows: kept in the post book as it is."""
    told = item.get("table_answer")
    if not isinstance(told, dict):
        raise Invalid("exchange.field", field="table_answer")
    return f"{told.get('feed', '')}: {told.get('rejected', 0)}"


def send_register(actor: Actor, feed: Feed, before: str) -> tuple[str, int]:
    """Queue a register for a peer in pieces, unless its digest is that of ``before``; returns digest and rows sent.
    Personal rows are sealed to it, and each sending is a look that the trail notes with its purpose and its reader.
    """
    peer, columns = peer_named(feed.peer), IMPORTERS[feed.kind].columns
    personal = IMPORTERS[feed.kind].personal
    digest, count = keyed_digest(peer.key) if personal else hashlib.sha256(), 0
    for row in _texts(actor, feed.kind):
        digest.update(json.dumps(row, ensure_ascii=False).encode())
        count += 1
    if digest.hexdigest() == before:
        return before, 0
    ask_export(actor, kind=feed.kind, purpose=f"{feed.purpose} → {peer.name}" if feed.purpose.strip() else "")
    rows, names = _texts(actor, feed.kind), [column.name for column in columns]
    parts = -(-count // MOST_ROWS)
    for part in range(1, parts + 1):
        told: dict[str, Any] = {"columns": names, "rows": list(itertools.islice(rows, MOST_ROWS))}
        if personal:
            way = Way(peer.our_name, peer.name, feed.kind, part, parts)
            told = {"algorithm": ALGORITHM, "sealed": seal_rows(told, way=way, shared=peer.key)}
        body = {"kind": feed.kind, **told, "part": part, "of": parts, "sha256": digest.hexdigest()}
        tell(peer, kind="table", shared_id="", body=body)
    return digest.hexdigest(), count


def _texts(actor: Actor, kind: str) -> Iterator[list[str]]:
    columns = IMPORTERS[kind].columns
    return ([cell_text(column, row.get(column.name)) for column in columns] for row in rows_of(actor, kind))
