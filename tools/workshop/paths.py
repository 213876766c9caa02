"""Where things lie in a checkout."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STATE = ROOT / ".tools"
"""Stamps, the Node wheel and temporary databases: never tracked, safe to delete."""

_STAMPS = STATE / "stamps"
FRONTEND = ROOT / "frontend"
LOCKS = ROOT / "requirements"


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents of files and of everything in folders, in a fixed order."""
    seen = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if not file.is_file():
                continue
            seen.update(file.relative_to(ROOT).as_posix().encode())
            seen.update(hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()


def is_current(stamp: str, value: str) -> bool:
    """Whether the step named `stamp` was last done for exactly this input."""
    file = _STAMPS / stamp
    return file.is_file() and file.read_text() == value


def mark_current(stamp: str, value: str) -> None:
    """Remember that the step named `stamp` is done for this input."""
    _STAMPS.mkdir(parents=True, exist_ok=True)
    (_STAMPS / stamp).write_text(value)
