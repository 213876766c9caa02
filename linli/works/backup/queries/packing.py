"""Snapshot and folders into one file, each part with its digest; the file appears whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from linli.kernel import clock
from linli.works.backup.queries.snapshots import Snapshot, take_snapshot
from linli.works.backup.rules import DATABASE, FOLDERS, MANIFEST, Manifest, Part, seal_of


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: its length in bytes, and the head of the trail inside it."""

    bytes: int
    entries: int
    root: str


class Digesting:
    """A readable file that knows the digest and the length of what was read from it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        """As a file reads."""
        piece = self._source.read(size)
        self._digest.update(piece)
        self.bytes += len(piece)
        return piece

    def part(self, name: str) -> Part:
        """What was read, as the manifest names it."""
        return Part(name, self.bytes, self._digest.hexdigest())


class Hashed:
    """A writable file that knows the digest of what was written to it."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        """As a file writes."""
        self._digest.update(piece)
        return self._target.write(piece)

    def flush(self) -> None:
        """As a file flushes."""
        self._target.flush()

    def digest(self) -> bytes:
        """Of all that was written so far."""
        return self._digest.digest()


def make_backup(file: Path) -> Made:
    """Write a backup of database, files and roads to ``file``, readable by its owner only; raises OSError when it
    cannot.
    """
    home = Path(settings.LINLI_HOME)
    home.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=home) as desk:
            copy = Path(desk) / DATABASE
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                snapshot = take_snapshot(copy)
                hashed = Hashed(out)
                _pack(hashed, home=home, copy=copy, snapshot=snapshot)
                out.write(seal_of(hashed.digest()))
                out.flush()
                os.fsync(out.fileno())
        size = aside.stat().st_size
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    return Made(size, snapshot.entries, snapshot.root)


def _pack(out: Hashed, *, home: Path, copy: Path, snapshot: Snapshot) -> None:
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=out, mtime=0) as plain,
        tarfile.open(fileobj=plain, mode="w|") as tar,
    ):
        parts = [_add(tar, copy, DATABASE), *(_add(tar, path, name) for name, path in _kept(home))]
        manifest = Manifest(
            version=version("linli"),
            made_at=clock.now(),
            database=connection.vendor,
            migrations=snapshot.migrations,
            entries=snapshot.entries,
            root=snapshot.root,
            parts=tuple(parts),
        )
        body = manifest.as_json().encode()
        last = tarfile.TarInfo(MANIFEST)
        last.size, last.mode = len(body), 0o600
        tar.addfile(last, io.BytesIO(body))


def _kept(home: Path) -> Iterator[tuple[str, Path]]:
    """The files of the folders that belong to the data, by the name that they have in the backup."""
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(home).as_posix(), path


def _add(tar: tarfile.TarFile, path: Path, name: str) -> Part:
    with path.open("rb") as source:
        member = tarfile.TarInfo(name)
        member.size, member.mode = os.fstat(source.fileno()).st_size, 0o600
        digesting = Digesting(source)
        tar.addfile(member, digesting)
        return digesting.part(name)
