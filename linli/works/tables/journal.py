"""The note of a step: what it made and what it overwrote, so that a whole import can be taken back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, Protocol

from django.apps import apps
from django.db.models import AutoField, CompositePrimaryKey, Field, JSONField, Model

from linli.kernel.crypto import seal, unseal
from linli.works.tables.models import Load, Loaded, LoadStep
from linli.works.tables.rules.planning import Writes

Made = dict[str, list[tuple[str, str]]]
"""Label of the model → (key, mark) of its new rows; the mark tells whether a row was changed since. A key is written as
the database has it: read it with ``to_python`` of its field."""


class Inserted(Protocol):
    """The rows of one table as they are handed to the database."""

    @property
    def model(self) -> type[Model]: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> list[tuple[Any, ...]]: ...


def note(load: Load, writes: Writes, inserts: Sequence[Inserted], *, rows: int) -> LoadStep:
    """The note of a step that is about to be written; ask while changed rows still hold their old values."""
    step = LoadStep(load=load, rows=rows)
    made = _made(inserts)
    step.created = zlib.compress(json.dumps(made, separators=(",", ":")).encode(), 1) if made else b""
    before = {
        "changed": [_changed(row, new) for row, new in writes.change],
        "dropped": [_whole(row) for row in writes.drop],
    }
    if writes.change or writes.drop:
        step.before_sealed = seal(json.dumps(before), context=f"works.loadstep.before.{load.pk}")
    return step


def made_by(step: LoadStep) -> Made:
    """What a step made, the parents first."""
    if not step.created:
        return {}
    told = json.loads(zlib.decompress(bytes(step.created)))
    return {label: [(key, mark) for key, mark in rows] for label, rows in told.items()}


def overwritten_by(step: LoadStep) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a step changed (``model``, ``pk``, ``before``, ``after``) and dropped (``model``, ``values``)."""
    if not step.before_sealed:
        return [], []
    told = json.loads(unseal(step.before_sealed, context=f"works.loadstep.before.{step.load_id}"))
    return told["changed"], told["dropped"]


def _made(inserts: Sequence[Inserted]) -> Made:
    made: Made = {}
    for insert in inserts:
        model = insert.model
        if unnamed(model):
            continue
        key = insert.columns.index(model._meta.pk.attname)
        keys = [str(row[key]) for row in insert.rows]
        marks: Iterable[str] = repeat("")
        if issubclass(model, Loaded) and has_version(model):
            version = insert.columns.index("version")
            marks = [str(row[version]) for row in insert.rows]
        elif issubclass(model, Loaded):
            marks = map(_sum, insert.rows)
        made.setdefault(model._meta.label, []).extend(zip(keys, marks, strict=False))
    return made


def unnamed(model: type[Model]) -> bool:
    """Whether rows have no name of their own: they hang on one that has, and go with it."""
    return isinstance(model._meta.pk, (AutoField, CompositePrimaryKey))


def has_version(model: type[Model]) -> bool:
    """Whether every change of a row raises its version."""
    return any(field.name == "version" for field in model._meta.concrete_fields)


def mark_of(row: Model, inserted: Inserted) -> str:
    """The mark that a row has now, to be compared with the one it was made with."""
    return str(getattr(row, "version", "")) if has_version(type(row)) else _sum(inserted.rows[0])


def _sum(values: tuple[Any, ...]) -> str:
    told = repr(tuple(bytes(one) if isinstance(one, memoryview) else one for one in values))
    return f"{zlib.crc32(told.encode()):08x}"


def _changed(row: Model, new: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in new if name != "version"]
    before = {name: frozen(row, name) for name in names}
    old = {name: getattr(row, name) for name in names}
    for name in names:
        setattr(row, name, new[name])
    after = {name: frozen(row, name) for name in names}
    for name, value in old.items():
        setattr(row, name, value)
    return {"model": row._meta.label, "pk": str(row.pk), "before": before, "after": after}


def _whole(row: Model) -> dict[str, Any]:
    values = {field.attname: frozen(row, field.attname) for field in row._meta.concrete_fields}
    return {"model": row._meta.label, "values": values}


def column_of(model: type[Model], name: str) -> Field[Any, Any]:
    """A column by its name or by that of the key it holds."""
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def frozen(row: Model, name: str) -> str | None:
    """One value as text; None stays None."""
    field = column_of(type(row), name)
    value = getattr(row, field.attname)
    if value is None:
        return None
    return json.dumps(value) if isinstance(field, JSONField) else str(field.value_to_string(row))


def thawed(model: type[Model], name: str, text: str | None) -> Any:
    """A value as it was before :func:`frozen`."""
    if text is None:
        return None
    field = column_of(model, name)
    return json.loads(text) if isinstance(field, JSONField) else field.to_python(text)


def revived(told: dict[str, Any]) -> Model:
    """A dropped row as it was."""
    model = apps.get_model(told["model"])
    row: Model = model(**{name: thawed(model, name, text) for name, text in told["values"].items()})
    return row
