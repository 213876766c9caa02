"""What a backup file says about itself, and when it may be believed: pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from linli.kernel.errors import Invalid, declare

declare(
    "backup.damaged",
    zh="备份文件损坏：{file}，{why}。没有任何改动。",
    en="The backup {file} is damaged: {why}. Nothing changed.",
)
declare(
    "backup.other_database",
    zh="备份来自{held}，目标是{target}：请恢复到同类数据库。没有任何改动。",
    en="The backup holds a {held} database and the target is {target}. Nothing changed.",
)
declare(
    "backup.newer",
    zh="备份由更新的版本制作（本版本没有{missing}）：请先升级。没有任何改动。",
    en="The backup was made by a newer version (this one lacks {missing}): upgrade first. Nothing changed.",
)

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FOLDERS = ("files", "roads")
"""Folders of LINLI_HOME that belong to the data. Pages, reports and logs can be made again; keys never travel."""
WITHOUT = ("keys", "sessions")
"""What a backup never holds. With the keys it would open itself; a session would let its finder in."""
_SEAL = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x24\x00LB\x20\x00%b\x03\x00" + 8 * b"\x00"
SEAL_BYTES = len(_SEAL) - 2 + 32
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Part:
    """One member of the file: its name, its length in bytes, its SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``entries`` and ``root`` are the head of the trail inside the snapshot; ``migrations`` are ``app.name``."""

    version: str
    made_at: datetime
    database: str
    migrations: tuple[str, ...]
    entries: int
    root: str
    parts: tuple[Part, ...]

    def as_json(self) -> str:
        """The manifest as the file holds it."""
        body = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat(), "without": WITHOUT}
        return json.dumps(body, ensure_ascii=False, indent=1)


def seal_of(digest: bytes) -> bytes:
    """How a backup ends: an empty gzip member whose extra field LB (RFC 1952) is the SHA-256 of all before it.

    gzip's own checksum covers what is unpacked, and two packed files may unpack to the same; this covers every byte.
    """
    return _SEAL % digest


def parse_manifest(text: str, *, file: str) -> Manifest:
    """Read a manifest; raises Invalid ``backup.damaged`` when it is none of ours."""
    try:
        held: Mapping[str, Any] = json.loads(text)
        if held["format"] != FORMAT:
            raise Invalid("backup.damaged", file=file, why=f"format {held['format']}")
        return Manifest(
            version=str(held["version"]),
            made_at=datetime.fromisoformat(held["made_at"]),
            database=str(held["database"]),
            migrations=tuple(str(name) for name in held["migrations"]),
            entries=int(held["entries"]),
            root=str(held["root"]),
            parts=tuple(Part(str(p["name"]), int(p["bytes"]), str(p["sha256"])) for p in held["parts"]),
        )
    except (ValueError, KeyError, TypeError) as wrong:
        raise Invalid("backup.damaged", file=file, why=f"{MANIFEST} cannot be read") from wrong


def is_ours(name: str) -> bool:
    """Whether a member may be unpacked: the database, or a plain path below one of our folders."""
    if name in (DATABASE, MANIFEST):
        return True
    folder, *below = name.split("/")
    return folder in FOLDERS and bool(below) and not {"", ".", ".."} & set(below)


def check_parts(manifest: Manifest, found: Sequence[Part], *, file: str) -> None:
    """Every part is there as it was written, and nothing else; raises Invalid ``backup.damaged`` naming the first."""
    said = {part.name: part for part in manifest.parts}
    if DATABASE not in said:
        raise Invalid("backup.damaged", file=file, why="there is no database in it")
    for part in found:
        if part != said.pop(part.name, None):
            raise Invalid("backup.damaged", file=file, why=f"{part.name} is not what was written")
    if said:
        raise Invalid("backup.damaged", file=file, why=f"{min(said)} is missing")
    if not _SHA256.fullmatch(manifest.root):
        raise Invalid("backup.damaged", file=file, why="the root of the trail is no digest")


def check_fits(manifest: Manifest, *, vendor: str, known: frozenset[str]) -> None:
    """The target can take it: the same kind of database, and no migration that this version does not know.

    Raises Invalid ``backup.other_database`` or ``backup.newer``.
    """
    if manifest.database != vendor:
        raise Invalid("backup.other_database", held=manifest.database, target=vendor)
    missing = sorted(set(manifest.migrations) - known)
    if missing:
        raise Invalid("backup.newer", missing=missing[0])
