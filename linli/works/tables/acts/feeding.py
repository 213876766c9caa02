"""What a feed's file says, and where feeds lie."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.kernel.errors import Invalid
from linli.works.tables.acts.declaring import IMPORTERS

_KNOWN = {"kind", "folder", "pattern", "direction", "purpose", "peer"}


@dataclass(frozen=True, slots=True)
class Feed:
    """One folder of another system, or one peer, and the map that reads it. With a peer the folder is our own: its rows
    wait there to be read.
    """

    map_path: Path
    kind: str
    folder: Path
    pattern: str = "*"
    direction: str = "in"
    purpose: str = ""
    peer: str = ""

    @property
    def name(self) -> str:
        return self.map_path.stem


def feed_folder() -> Path:
    """Where the files of feeds lie."""
    return Path(settings.LINLI_HOME) / "feeds"


def read_feed(path: Path) -> Feed:
    """A feed from its file. Raises ``Invalid("table.map")`` saying what is wrong with it."""
    try:
        return feed_in(path.read_text("utf-8"), path)
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid("table.map", file=path.name, where="[feed]", why=str(fault)) from fault


def feed_in(text: str, path: Path) -> Feed:
    """A feed from the text of its file at ``path``. Raises ``Invalid("table.map")``."""
    try:
        told: Any = tomllib.loads(text).get("feed", {})
    except tomllib.TOMLDecodeError as fault:
        raise Invalid("table.map", file=path.name, where="[feed]", why=str(fault), field="text") from fault
    told = told if isinstance(told, dict) else {}
    wrong = sorted(set(told) - _KNOWN) or [name for name in ("kind",) if not told.get(name)]
    if bool(told.get("folder")) == bool(told.get("peer")):
        wrong.append("folder | peer")
    if wrong or told["kind"] not in IMPORTERS or told.get("direction", "in") not in ("in", "out"):
        why = f"known: {', '.join(sorted(_KNOWN))}; needed: kind, folder or peer"
        raise Invalid("table.map", file=path.name, where=f"[feed] {', '.join(wrong)}", why=why, field="text")
    texts = {name: str(told[name]) for name in ("kind", "pattern", "direction", "purpose", "peer") if name in told}
    folder = Path(told["folder"]) if told.get("folder") else feed_folder() / f"{path.stem}.in"
    return Feed(map_path=path, folder=folder, **texts)


def feeds() -> list[Feed | tuple[str, Invalid]]:
    """Every feed by its name; one that cannot be read with the reason."""
    found: list[Feed | tuple[str, Invalid]] = []
    for path in sorted(feed_folder().glob("*.toml")):
        try:
            found.append(read_feed(path))
        except Invalid as fault:
            found.append((path.stem, fault))
    return found
