"""Taking a load back: rows it made go, rows it changed get their values back; what was touched since is named.

A row is left as it is when somebody changed it since, or when something that the load did not make hangs on it: an
undo never takes another's work along.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, router, transaction
from django.db.models.deletion import Collector, ProtectedError, RestrictedError

from linli.works.jobs.acts import stop_if_ending
from linli.works.tables.acts.steps import STEP_S, apply, inserts_of
from linli.works.tables.journal import (
    column_of,
    frozen,
    has_version,
    made_by,
    mark_of,
    overwritten_by,
    revived,
    thawed,
    unnamed,
)
from linli.works.tables.models import Load, Loaded, LoadStep, load_of
from linli.works.tables.rules.planning import Writes

_FIRST, _MOST = 20, 400
MOST_NAMED = 500
"""How many rows that were left are named; beyond it they are only counted."""
CHANGED, USED = "changed_since", "used_since"


def _rows(model: type[models.Model]) -> models.Manager[models.Model]:
    """All rows of a table, hidden ones too."""
    return model._base_manager  # noqa: SLF001  (documented by Django under this name)


def _any(updates: Any) -> bool:
    """Whether a key of somebody else's row would be emptied."""
    return any(len(list(group)) for groups in updates.values() for group in groups)


@dataclass(slots=True)
class Back:
    """One undo in progress."""

    load: Load
    kept: list[dict[str, str]] = field(default_factory=list)
    _size: int = _FIRST

    def run(self) -> None:
        """Take all steps back, the last one first; what is done is done when the process dies."""
        self.kept = list(self.load.kept)
        made_models = {label for step in self.load.steps.only("created") for label in made_by(step)}
        while (step := self.load.steps.order_by("-id").first()) is not None:
            self._values(step)
            for label, rows in reversed(list(made_by(step).items())):
                self._made(apps.get_model(label), rows, made_models)
            with transaction.atomic():
                step.delete()
                self._told(step.rows)

    def _told(self, rows: int) -> None:
        left = max(0, self.load.done - rows)
        self.load.done = left
        Load.objects.filter(pk=self.load.pk).update(done=left, kept=self.kept[:MOST_NAMED])

    def _name(self, row: models.Model, why: str) -> None:
        code = next((str(getattr(row, n)) for n in ("code", "number", "staff_no", "call_sign") if hasattr(row, n)), "")
        if not code and not isinstance(row, Loaded):
            return  # the name of a street that others use too: nobody misses it, nobody is told
        told = {"model": row._meta.label, "key": code or str(row.pk), "why": why}
        if told not in self.kept:
            self.kept.append(told)

    def _paced(self, items: Sequence[Any]) -> Iterator[list[Any]]:
        left = iter(items)
        while batch := list(islice(left, self._size)):
            stop_if_ending()
            began = time.perf_counter()
            yield batch
            took_s = time.perf_counter() - began
            self._size = max(_FIRST, min(_MOST, int(self._size * min(2.0, max(0.25, STEP_S / max(took_s, 1e-4))))))
            time.sleep(0.002)  # the write lock is not fair: whoever waits for it must get it now

    def _values(self, step: LoadStep) -> None:
        """Give changed rows their values back, and make dropped rows again."""
        changed, dropped = overwritten_by(step)
        for batch in self._paced(changed):
            with transaction.atomic():
                for told in batch:
                    self._value(told)
        gone = [revived(told) for told in dropped]
        with transaction.atomic():
            fresh = [row for row in gone if not _rows(type(row)).filter(pk=row.pk).exists()]
            apply(Writes(create=fresh), inserts_of(fresh))

    def _value(self, told: dict[str, Any]) -> None:
        model = apps.get_model(told["model"])
        row = _rows(model).filter(pk=told["pk"]).first()
        if row is None:
            return
        now = {name: frozen(row, name) for name in told["after"]}
        if now == told["before"]:
            return  # this step was taken back before, when the process died
        if now != told["after"]:
            self._name(row, CHANGED)
            return
        values = {column_of(model, name).attname: thawed(model, name, text) for name, text in told["before"].items()}
        if has_version(model):
            values["version"] = models.F("version") + 1
        _rows(model).filter(pk=row.pk).update(**values)

    def _made(self, model: type[models.Model], rows: list[tuple[str, str]], made: set[str]) -> None:
        for batch in self._paced(rows):
            with transaction.atomic():
                marks = {model._meta.pk.to_python(key): mark for key, mark in batch}
                found = {row.pk: row for row in _rows(model).filter(pk__in=list(marks))}
                there = [(found[key], mark) for key, mark in marks.items() if key in found]
                untouched = []
                for row, mark in there:
                    if load_of(row) not in (None, self.load.pk):
                        continue
                    if mark and mark_of(row, inserts_of([row])[0]) != mark:
                        self._keep(row, CHANGED)
                    else:
                        untouched.append(row)
                self._withdraw(model, untouched, made)

    def _withdraw(self, model: type[models.Model], rows: list[models.Model], made: set[str]) -> None:
        if not rows or self._deleted(rows, made):
            return
        for row in rows:
            if not self._deleted([row], made):
                self._keep(row, USED)

    def _deleted(self, rows: list[models.Model], made: set[str]) -> bool:
        """Delete these rows when nothing hangs on them that the load did not make."""
        try:
            with transaction.atomic():
                if not self._alone(rows, made):
                    return False
                _rows(type(rows[0])).filter(pk__in=[row.pk for row in rows]).delete()
                return True
        except (ProtectedError, RestrictedError, IntegrityError):
            return False

    def _alone(self, rows: list[models.Model], made: set[str]) -> bool:
        collector = Collector(using=router.db_for_write(type(rows[0])))
        collector.collect(rows)
        if _any(collector.field_updates):
            return False
        own = type(rows[0])
        taken: list[Any] = [(model, list(found)) for model, found in collector.data.items() if model is not own]
        fast: list[Any] = list(collector.fast_deletes)
        taken += [(found.model, found) for found in fast if isinstance(found, models.QuerySet)]
        return all(self._ours(model, found, made) for model, found in taken)

    def _ours(self, model: type[models.Model], found: Any, made: set[str]) -> bool:
        if issubclass(model, Loaded):
            return all(load_of(row) == self.load.pk for row in found)
        if model._meta.label in made or unnamed(model):
            return True
        return not (found.exists() if isinstance(found, models.QuerySet) else found)

    def _keep(self, row: models.Model, why: str) -> None:
        """The row stays, and is seen again: from now on it is nobody's load."""
        self._name(row, why)
        if load_of(row) is not None:
            _rows(type(row)).filter(pk=row.pk).update(load=None)
