"""What the kernel needs from floors above it. They fill these in their ``AppConfig.ready()``; an empty port refuses,
never allows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from linli.kernel.scope import Actor


@dataclass(frozen=True, slots=True)
class Deed:
    """What is told to the trail about one act: who, what, about which row, seen from which paths, with which kept
    facts.
    """

    id: uuid.UUID
    act: str
    actor: Actor
    at: datetime
    device_at: datetime | None
    subject_type: str
    subject_id: str
    version: int
    paths: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    parent_id: uuid.UUID | None = None


class Trail(Protocol):
    """Writes one entry inside the running transaction."""

    def __call__(self, deed: Deed) -> None: ...


class Rights(Protocol):
    """Says whether this actor may do this act at this path (``None``: anywhere the actor holds a post)."""

    def __call__(self, actor: Actor, act: str, path: str | None) -> bool: ...


def _no_trail(deed: Deed) -> None:
    raise RuntimeError(f"no trail is installed: {deed.act} cannot be recorded, so it is not done")


def _no_rights(actor: Actor, act: str, path: str | None) -> bool:
    return False


@dataclass(slots=True)
class Ports:
    trail: Trail = _no_trail
    rights: Rights = _no_rights


PORTS = Ports()
