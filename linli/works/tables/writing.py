"""Rows into the database in transactions of at most 50 ms, so that a call taker never waits for an import.

Strict mode remembers each step and takes it back when a later one fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

T = TypeVar("T")

STEP_S = 0.025
"""What a step aims at: half of the 50 ms that a call taker may have to wait."""
_PAUSE_S = 0.002
_FIRST, _LEAST, _MOST = 20, 1, 2_000


@dataclass(slots=True)
class Writes:
    """What a batch of changes does: rows to make (parents first), rows to alter, rows to drop."""

    create: list[Model] = field(default_factory=list)
    change: list[tuple[Model, dict[str, Any]]] = field(default_factory=list)
    drop: list[Model] = field(default_factory=list)

    def apply(self) -> None:
        """Write all of it inside the caller's transaction."""
        for model, rows in groupby(self.drop, key=type):
            model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
        for model, rows in groupby(self.create, key=type):
            model._default_manager.bulk_create(list(rows))
        self._alter({id(row): new for row, new in self.change})

    def undone(self) -> Writes:
        """The writes that take this back; ask before ``apply``, while the rows still hold their old values."""
        before = [(row, {name: getattr(row, name) for name in new}) for row, new in self.change]
        return Writes(create=list(self.drop), change=before, drop=list(reversed(self.create)))

    def _alter(self, new: dict[int, dict[str, Any]]) -> None:
        def shape(item: tuple[Model, dict[str, Any]]) -> tuple[str, tuple[str, ...]]:
            return item[0]._meta.label, tuple(sorted(item[1]))

        for (_, names), items in groupby(sorted(self.change, key=shape), key=shape):
            rows = [row for row, _ in items]
            for row in rows:
                for name in names:
                    setattr(row, name, new[id(row)][name])
            type(rows[0])._default_manager.bulk_update(rows, list(names), batch_size=200)


@dataclass(slots=True)
class Steps:
    """The running import: adapts the size of a step to the machine, and remembers what to take back."""

    remember: bool = False
    _undo: list[Writes] = field(default_factory=list)

    def run(self, items: Sequence[T], build: Callable[[Sequence[T]], Writes]) -> None:
        """Write all items; ``build`` runs outside the transaction. On a fault what is remembered is taken back."""
        try:
            for batch in self._paced(items, build):
                with transaction.atomic():
                    batch.apply()
        except BaseException:
            self.take_back()
            raise

    def _paced(self, items: Sequence[T], build: Callable[[Sequence[T]], Writes]) -> Iterator[Writes]:
        at, size = 0, _FIRST
        while at < len(items):
            batch = items[at : at + size]
            writes = build(batch)
            undo = writes.undone() if self.remember else None
            began = time.perf_counter()
            yield writes
            took_s = time.perf_counter() - began
            if undo:
                self._undo.append(undo)
            at += len(batch)
            size = max(_LEAST, min(_MOST, int(size * min(2.0, max(0.25, STEP_S / max(took_s, 1e-4))))))
            time.sleep(_PAUSE_S)  # the write lock is not fair: whoever waits for it must get it now

    def take_back(self) -> None:
        """Undo the remembered steps, the last one first."""
        while self._undo:
            with transaction.atomic():
                self._undo.pop().apply()
