"""How an entry is written down for hashing: pure functions, so that the verifier needs nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Protocol

GENESIS = "0" * 64


class Written(Protocol):
    """The columns that a seal covers."""

    id: Any
    act: str
    actor_id: Any
    actor_name: str
    actor_kind: str
    door: str
    device: str
    purpose: str
    at: datetime
    device_at: datetime | None
    subject_type: str
    subject_id: str
    version: int
    paths: str
    digest: str
    parent_id: Any


def facts_digest(facts: dict[str, Any] | None, salt: str) -> str:
    """A salted commitment to the kept facts: 64 hex digits."""
    return hashlib.sha256((salt + _canonical(facts)).encode()).hexdigest()


def link(previous: str, position: int, entry: Written) -> str:
    """The hash of ``entry`` at ``position`` after ``previous``: 64 hex digits."""
    body = [
        previous,
        position,
        str(entry.id),
        entry.act,
        str(entry.actor_id),
        entry.actor_name,
        entry.actor_kind,
        entry.door,
        entry.device,
        entry.purpose,
        _moment(entry.at),
        _moment(entry.device_at),
        entry.subject_type,
        entry.subject_id,
        entry.version,
        entry.paths,
        entry.digest,
        str(entry.parent_id or ""),
    ]
    return hashlib.sha256(_canonical(body).encode()).hexdigest()


def spaced(paths: tuple[str, ...]) -> str:
    """Paths as the trail stores them, each between spaces, so that a prefix can be found in one column."""
    return f" {' '.join(dict.fromkeys(paths))} "


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""
