"""From sealed entries to what the feed sends: ids and versions, never what was said."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from pydantic_core import to_json

from linli.kernel.scope import Actor
from linli.matters.handovers.models import Handover
from linli.matters.ledger.models import Matter
from linli.matters.links.models import Link
from linli.matters.notes.models import Note
from linli.operations.dispatch.models import Order
from linli.trail.entries.models import Entry

READ_AT_ONCE = 500
_COLUMNS = ("position", "act", "subject_type", "subject_id", "version", "paths", "actor_id")
_MATTER_OF: dict[str, tuple[type[Model], str]] = {
    "matters.matter": (Matter, "number"),
    "matters.handover": (Handover, "matter__number"),
    "matters.link": (Link, "one__number"),
    "matters.note": (Note, "matter__number"),
    "operations.order": (Order, "matter__number"),
}
"""Where the number of the matter behind a subject stands."""

Reach = tuple[tuple[str, ...], uuid.UUID]
"""What decides which events an actor sees: his paths, and himself."""


@dataclass(frozen=True, slots=True)
class Event:
    """One sealed entry, ready to be sent; made once for all streams."""

    position: int
    paths: tuple[str, ...]
    actor_id: uuid.UUID
    chunk: bytes

    def seen_by(self, reach: Reach) -> bool:
        """The same answer as ``Entry.objects.visible_to``, without asking the database for each of a thousand
        streams.
        """
        own, person = reach
        if "/" in own or self.actor_id == person:
            return True
        return any(path.startswith(start) for path in self.paths for start in own)


def reach_of(actor: Actor) -> Reach:
    """What the feed must know of an actor."""
    return (actor.paths, actor.id)


def events_after(position: int, *, until: int | None = None, limit: int = READ_AT_ONCE) -> list[Event]:
    """The sealed entries after a position, in their order."""
    rows = Entry.objects.filter(position__gt=position).order_by("position")
    if until is not None:
        rows = rows.filter(position__lte=until)
    found = list(rows.values_list(*_COLUMNS)[:limit])
    numbers = _numbers(found)
    return [_event(row, numbers.get((row[2], row[3]))) for row in found]


def _numbers(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[str, str], str]:
    """The matter behind each subject, with one query a type."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row[2] in _MATTER_OF and row[3]:
            wanted[row[2]].add(row[3])
    found: dict[tuple[str, str], str] = {}
    for subject_type, keys in wanted.items():
        model, number = _MATTER_OF[subject_type]
        for key, value in model._default_manager.filter(pk__in=keys).values_list("pk", number):
            found[subject_type, str(key)] = value
    return found


def _event(row: tuple[Any, ...], number: str | None) -> Event:
    position, act, subject_type, subject_id, version, paths, actor_id = row
    data: dict[str, Any] = {
        "position": position,
        "act": act,
        "subject": subject_type,
        "id": subject_id,
        "version": version or None,
    }
    if number:
        data["number"] = number
    chunk = b"id: %d\ndata: %s\n\n" % (position, to_json(data))
    return Event(position, tuple(paths.split()), actor_id, chunk)
