"""One import from file to plan: read, check every cell, fold repeated keys, compare with what is stored.

A later row with the same key wins, a blank never overwrites, and a row that says what is already stored writes
nothing. All checks come before the first write (``acts``).
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar

from django.db.models import Model
from shapely.geometry.base import BaseGeometry

from linli.kernel import geo
from linli.kernel.geo import Datum
from linli.kernel.words import Words
from linli.works.tables.rules.columns import CellFault, Column, Fault, as_text, parse
from linli.works.tables.rules.mapping import Map

_LOOK_UP = 400  # keys in one query: below SQLite's limit of variables on old builds


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands: ``cells`` by our names without blank ones, ``extra`` counts cells past the header."""

    row: int
    cells: dict[str, object]
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header was found: ``headers`` as written, ``ignored`` those that no column wanted."""

    file: str
    headers: tuple[str, ...]
    header_row: int
    ignored: tuple[str, ...]
    lines: Iterator[Line]


@dataclass(slots=True)
class Writes:
    """What a batch of changes does: rows to make (parents first), rows to alter, rows to drop."""

    create: list[Model] = field(default_factory=list)
    change: list[tuple[Model, dict[str, Any]]] = field(default_factory=list)
    drop: list[Model] = field(default_factory=list)

    def undone(self) -> Writes:
        """The writes that take this back; ask while the rows still hold their old values."""
        before = [(row, {name: getattr(row, name) for name in new}) for row, new in self.change]
        return Writes(create=list(self.drop), change=before, drop=list(reversed(self.create)))


@dataclass(slots=True)
class Record:
    """All rows of one key folded into one. ``values`` holds what is not blank; ``rows`` the sheet rows, in order."""

    key: str
    values: dict[str, Any]
    rows: list[int]
    repeats_changed: int = 0

    @property
    def row(self) -> int:
        """The row to name when something is wrong: the one that won."""
        return self.rows[-1]


@dataclass(frozen=True, slots=True)
class Change:
    """One key to write: ``current`` is what is stored (``None``: nothing), ``changed`` are the values that differ."""

    record: Record
    current: Mapping[str, Any] | None
    changed: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        return self.record.values

    @property
    def is_new(self) -> bool:
        return self.current is None


class Importer(ABC):
    """What one KIND declares: its columns, how its rows are looked up and built. The rest is the machine's."""

    kind: ClassVar[str]
    words: ClassVar[Words]
    columns: ClassVar[tuple[Column, ...]]
    act: ClassVar[str] = ""
    """The name of its bulk act; blank: ``import.KIND``."""

    def key(self, values: Mapping[str, Any]) -> str:
        """The name of a row: its key cells joined."""
        return "|".join(str(values[column.name]) for column in self.columns if column.key)

    def tidy(self, values: dict[str, Any]) -> dict[str, Any]:
        """One spelling for values that may be written in several, before rows of one key are folded together."""
        return values

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Check what needs more than one cell, put parents before children, fill in what follows from the cells.

        Records that are wrong are named in ``faults`` and left out of the result.
        """
        return records

    @abstractmethod
    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """What is stored under these keys, in the same names and types as ``Record.values``."""

    @abstractmethod
    def build(self, changes: Sequence[Change]) -> Writes:
        """The rows to write for these changes. Reads only: writing is done by the machine, in a short transaction."""

    def required_for_new(self, values: Mapping[str, Any]) -> Iterator[Column]:
        """Columns without which a new row cannot be made and that are blank."""
        return (column for column in self.columns if column.required and values.get(column.name) is None)

    def finish(self) -> None:
        """Called once after the last write: to drop caches that the rows have outlived."""
        return


@dataclass(slots=True)
class Faults:
    """What is wrong so far. A key that is faulty stays out, with all its rows."""

    all: list[Fault] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, column: str, code: str, *, zh: str, en: str, value: str = "") -> None:
        self.all.append(Fault(row, column, code, Words(zh, en), value))
        self.rows.add(row)

    def reject(self, record: Record, column: str, code: str, *, zh: str, en: str, value: str = "") -> None:
        """Name the fault at the row that won, and reject all rows of the record."""
        self.add(record.row, column, code, zh=zh, en=en, value=value)
        self.rows.update(record.rows)


@dataclass(slots=True)
class Plan:
    """An import that was checked and compared, and not yet written."""

    rows: int
    changes: list[Change]
    faults: Faults
    created: int
    updated: int
    unchanged: int

    @property
    def rejected(self) -> int:
        return self.rows - self.created - self.updated - self.unchanged

    def digest(self) -> str:
        """SHA-256 over what will be written, key by key: what the trail keeps of a bulk act."""
        total = hashlib.sha256()
        for change in self.changes:
            cells = "\x1f".join(f"{name}={_digestible(value)}" for name, value in sorted(change.changed.items()))
            total.update(f"{change.record.key}\x1e{cells}\n".encode())
        return total.hexdigest()


def _digestible(value: object) -> str:
    return geo.to_wkb(value).hex() if isinstance(value, BaseGeometry) else repr(value)


def plan(importer: Importer, sheet: Sheet, mapping: Map) -> Plan:
    """Read, check and compare a whole table. Raises ``Invalid`` when the file breaks off in the middle."""
    faults = Faults()
    counted, records = _fold(importer, sheet.lines, mapping, faults)
    good = importer.prepare(_without_faulty(records, faults), faults)
    result = Plan(counted, [], faults, 0, 0, 0)
    for batch in _batches(good, _LOOK_UP):
        stored = importer.current([record.key for record in batch])
        for record in batch:
            _compare(importer, record, stored.get(record.key), result)
    return result


def _fold(importer: Importer, lines: Iterator[Line], mapping: Map, faults: Faults) -> tuple[int, list[Record]]:
    columns = {column.name: column for column in importer.columns}
    records: dict[str, Record] = {}
    counted = 0
    for line in lines:
        counted += 1
        values = _typed(line, columns, mapping, faults)
        if values is None:
            continue
        values = importer.tidy(values)
        key = importer.key(values)
        record = records.get(key)
        if record is None:
            records[key] = Record(key, values, [line.row])
            continue
        if any(record.values.get(name) != value for name, value in values.items()):
            record.repeats_changed += 1
        record.values.update(values)
        record.rows.append(line.row)
    return counted, list(records.values())


def _typed(line: Line, columns: dict[str, Column], mapping: Map, faults: Faults) -> dict[str, Any] | None:
    """The row's typed values without the blank ones, or ``None`` when a cell is wrong (every wrong cell is named)."""
    before = len(faults.all)
    values: dict[str, Any] = {}
    for name, cell in line.cells.items():
        column = columns[name]
        try:
            value = parse(_translated(name, cell, mapping), column, mapping)
        except CellFault as fault:
            faults.add(line.row, name, fault.code, zh=fault.words.zh, en=fault.words.en, value=as_text(cell)[:80])
            continue
        if value is not None:
            values[name] = value
    if line.extra:
        faults.add(
            line.row, "", "row.too_wide", zh=f"比表头多{line.extra}格", en=f"{line.extra} cells more than the header"
        )
    for column in columns.values():
        if column.key and values.get(column.name) is None and not _named(faults, before, column.name):
            faults.add(line.row, column.name, "cell.missing", zh=f"{column.zh}必填", en=f"{column.en} is required")
    if len(faults.all) > before:
        return None
    return _moved(values, mapping.datum)


def _translated(name: str, cell: object, mapping: Map) -> object:
    """The cell as the map reads it; a cell that the map does not know stays as it is, with its own type."""
    if not mapping.values or isinstance(cell, dict):
        return cell
    text = as_text(cell)
    translated = mapping.translated(name, text)
    return cell if translated == text else translated


def _named(faults: Faults, start: int, column: str) -> bool:
    return any(fault.column == column for fault in islice(faults.all, start, None))


def _moved(values: dict[str, Any], datum: Datum) -> dict[str, Any]:
    if datum is not Datum.WGS84 and "lon" in values and "lat" in values:
        values["lon"], values["lat"] = geo.to_wgs84(values["lon"], values["lat"], datum)
    return values


def _without_faulty(records: list[Record], faults: Faults) -> list[Record]:
    return [record for record in records if not faults.rows.intersection(record.rows)] if faults.rows else records


def _compare(importer: Importer, record: Record, stored: Mapping[str, Any] | None, result: Plan) -> None:
    if stored is None:
        missing = list(importer.required_for_new(record.values))
        for column in missing:
            zh, en = f"{column.zh}必填", f"{column.en} is required"
            result.faults.reject(record, column.name, "cell.missing", zh=zh, en=en)
        if missing:
            return
        result.changes.append(Change(record, None, record.values))
        result.created += 1
        _count_repeats(record, result)
        return
    changed = {name: value for name, value in record.values.items() if not same(stored.get(name), value)}
    if not changed:
        result.unchanged += len(record.rows)
        return
    result.changes.append(Change(record, stored, changed))
    result.updated += 1
    _count_repeats(record, result)


def _count_repeats(record: Record, result: Plan) -> None:
    """Rows after the first of a key: each changed the record or said again what was known."""
    result.updated += record.repeats_changed
    result.unchanged += len(record.rows) - 1 - record.repeats_changed


def same(stored: object, given: object) -> bool:
    """Whether a stored value says what the cell says; numbers to 1e-9, shapes by their corners."""
    if isinstance(given, float) and isinstance(stored, (int, float)):
        return abs(stored - given) <= 1e-9
    if isinstance(given, BaseGeometry):
        return isinstance(stored, BaseGeometry) and bool(given.equals_exact(stored, 1e-9))
    if isinstance(given, tuple) and stored is not None and not isinstance(stored, str):
        return isinstance(stored, Iterable) and tuple(stored) == given
    return stored == given


def _batches(records: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), size):
        yield records[start : start + size]
