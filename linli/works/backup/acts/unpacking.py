"""A backup file onto a desk beside the house: unpacked, compared with its manifest, and nothing else touched."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from pathlib import Path
from typing import IO

from linli.kernel.errors import Invalid
from linli.works.backup.queries.packing import Digesting
from linli.works.backup.rules import MANIFEST, SEAL_BYTES, Manifest, Part, check_parts, is_ours, parse_manifest, seal_of

_PIECE_BYTES = 1 << 20
_MOST_MANIFEST_BYTES = 64 << 20


def unpack(file: Path, desk: Path) -> Manifest:
    """Unpack ``file`` into ``desk`` and check every digest; raises Invalid ``backup.damaged``, OSError when the file
    cannot be opened.
    """
    _check_seal(file)
    try:
        with gzip.open(file) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            manifest, found = _members(tar, desk, file.name)
            _to_the_end(plain)
    except (tarfile.TarError, zlib.error, EOFError) as broken:
        raise Invalid("backup.damaged", file=file.name, why=_said(broken)) from broken
    except OSError as broken:
        # gzip's own complaint (a wrong checksum) is an OSError without a number
        if broken.errno is not None:
            raise
        raise Invalid("backup.damaged", file=file.name, why=_said(broken)) from broken
    if manifest is None:
        raise Invalid("backup.damaged", file=file.name, why=f"it ends before {MANIFEST}")
    check_parts(manifest, found, file=file.name)
    return manifest


def _check_seal(file: Path) -> None:
    digest = hashlib.sha256()
    left = file.stat().st_size - SEAL_BYTES
    with file.open("rb") as raw:
        while left > 0:
            piece = raw.read(min(left, _PIECE_BYTES))
            if not piece:
                break
            digest.update(piece)
            left -= len(piece)
        if left or raw.read() != seal_of(digest.digest()):
            raise Invalid("backup.damaged", file=file.name, why="it is not whole, or not what was written")


def _members(tar: tarfile.TarFile, desk: Path, file: str) -> tuple[Manifest | None, list[Part]]:
    manifest: Manifest | None = None
    found: list[Part] = []
    for member in tar:
        content = tar.extractfile(member) if member.isfile() and is_ours(member.name) else None
        if content is None or manifest is not None:
            raise Invalid("backup.damaged", file=file, why=f"{member.name!r} does not belong there")
        if member.name == MANIFEST:
            text = content.read(_MOST_MANIFEST_BYTES).decode(errors="replace")
            manifest = parse_manifest(text, file=file)
        else:
            found.append(_lay_down(content, desk / member.name, member.name))
    return manifest, found


def _lay_down(content: IO[bytes], path: Path, name: str) -> Part:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digesting = Digesting(content)
    with path.open("xb") as out:
        while piece := digesting.read(_PIECE_BYTES):
            out.write(piece)
    path.chmod(0o600)
    return digesting.part(name)


def _to_the_end(plain: gzip.GzipFile) -> None:
    """Read on to the checksum: the manifest itself is covered by nothing else. Only padding may follow."""
    while piece := plain.read(_PIECE_BYTES):
        if piece.strip(b"\0"):
            raise EOFError("something follows its end")


def _said(broken: Exception) -> str:
    return str(broken).rstrip(".") or type(broken).__name__
