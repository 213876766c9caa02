"""From the rows of a file to a plan: cells typed, keys folded, stored rows found, differences told.

The folded rows are held as plain tuples: a file of 150,000 rows takes about 100 MB. Kinds that declare ``chunk`` are
prepared and compared piece by piece, once to count and to find faults, and once more while they are written.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from shapely.geometry.base import BaseGeometry

from linli.kernel import geo
from linli.kernel.errors import Invalid
from linli.kernel.geo import Datum
from linli.works.tables.rules.columns import CellFault, Column, Type, as_text, parse
from linli.works.tables.rules.mapping import Map
from linli.works.tables.rules.matching import CREATE, REJECT, SKIP, Claims, Counted, Match, Policy, kept_out, wanted
from linli.works.tables.rules.planning import Change, Faults, Importer, Line, Record, Sheet

_MOST_READ = 10_000  # cells of a column whose values are remembered
_LOOK_UP = 400  # keys in one query: below SQLite's limit of variables on old builds


_Folded = tuple[bytes, tuple[int, ...], int]
"""One key of the file: its values by the place of their column, packed; the sheet rows; how often it was changed again.
Packed, 150,000 people take 60 MB instead of 200."""


@dataclass(slots=True)
class Plan:
    """An import that was checked and compared, and not yet written."""

    importer: Importer
    policy: Policy
    match: Match | None
    rows: int
    faults: Faults
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    matched: Counted = field(default_factory=Counted)
    rows_sha256: str = ""
    """Over what will be written, key by key: what the trail keeps of a bulk act."""
    names: tuple[str, ...] = ()
    folded: dict[str, _Folded] = field(default_factory=dict)
    known: list[Change] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return self.rows - self.created - self.updated - self.unchanged

    @property
    def keys(self) -> int:
        """How many rows will be written: each key once."""
        return self.created + self.updated

    def changes(self) -> Iterator[Change]:
        """What is to be written, compared anew with what is stored for kinds that come in chunks."""
        if not self.importer.chunk:
            yield from self.known
            return
        again = Plan(self.importer, self.policy, self.match, 0, Faults(rows=set(self.faults.rows)))
        claims = Claims()
        for records in self.records():
            yield from _compared(records, claims, again)

    def compared(self) -> Iterator[Change]:
        """What is to be written, told one after the other while counts, faults and digest grow: exhaust it once."""
        digest, claims = hashlib.sha256(), Claims()
        for records in self.records():
            for change in _compared(records, claims, self):
                told = [f"{name}={_digestible(value)}" for name, value in sorted(change.changed.items())]
                cells = "\x1f".join(told)
                digest.update(f"{change.record.key}\x1e{cells}\n".encode())
                if not self.importer.chunk:
                    self.known.append(change)
                yield change
        self.rows_sha256 = digest.hexdigest()

    def records(self) -> Iterator[list[Record]]:
        """The folded rows as records, in pieces, without those that are faulty already."""
        items = iter(self.folded.items())
        size = self.importer.chunk or len(self.folded) or 1
        while piece := list(islice(items, size)):
            yield [
                Record(key, self._named(pickle.loads(packed)), list(rows), repeats)  # noqa: S301  (our own bytes)
                for key, (packed, rows, repeats) in piece
                if not self.faults.rows.intersection(rows)
            ]

    def _named(self, values: tuple[Any, ...]) -> dict[str, Any]:
        return {name: value for name, value in zip(self.names, values, strict=True) if value is not None}


def plan(importer: Importer, sheet: Sheet, mapping: Map) -> Plan:
    """Read, check and compare a whole table. Raises ``Invalid`` when the file breaks off in the middle."""
    result = folded(importer, sheet, mapping)
    for _ in result.compared():
        pass
    return result


def folded(importer: Importer, sheet: Sheet, mapping: Map) -> Plan:
    """Read a whole table and check its cells; nothing is compared with what is stored yet."""
    policy, match = mapping.policy, match_of(importer, mapping)
    result = Plan(importer, policy, match, 0, Faults(), names=tuple(column.name for column in importer.columns))
    _fold(result, sheet.lines, mapping, match)
    return result


def match_of(importer: Importer, mapping: Map) -> Match | None:
    """The rule by which stored rows are found, None for the key. Raises ``Invalid`` for one that the kind has not."""
    by = mapping.policy.by
    if by in ("", "key"):
        return None
    for one in importer.matches:
        if one.name == by:
            return one
    known = ", ".join(["key", *(one.name for one in importer.matches)])
    raise Invalid("table.map", file=mapping.file, where="[match] by", why=f"known: {known}")


def _digestible(value: object) -> str:
    return geo.to_wkb(value).hex() if isinstance(value, BaseGeometry) else repr(value)


def _fold(result: Plan, lines: Iterable[Line], mapping: Map, match: Match | None) -> None:
    importer, faults, folded = result.importer, result.faults, result.folded
    reader = _Reader(importer, mapping, match, faults)
    for line in lines:
        result.rows += 1
        values = reader.typed(line)
        if values is None:
            continue
        values = importer.tidy(values)
        key = _fold_key(importer, values, match)
        known = folded.get(key)
        cells = tuple([values.get(name) for name in result.names])
        if known is None:
            folded[key] = pickle.dumps(cells, 5), (line.row,), 0
            continue
        before = pickle.loads(known[0])  # noqa: S301  (our own bytes)
        now = tuple([old if new is None else new for old, new in zip(before, cells, strict=True)])
        folded[key] = pickle.dumps(now, 5), (*known[1], line.row), known[2] + (now != before)


def _fold_key(importer: Importer, values: dict[str, Any], match: Match | None) -> str:
    if match is None:
        return importer.key(values)
    return "\x1f".join(str(values[name]) for name in match.columns)


class _Reader:
    """Cells as typed values, for one import."""

    def __init__(self, importer: Importer, mapping: Map, match: Match | None, faults: Faults) -> None:
        self._columns = {column.name: column for column in importer.columns}
        self._mapping, self._faults = mapping, faults
        self._needed = [
            column
            for column in importer.columns
            if (column.name in match.columns if match else column.key and column.needed)
        ]
        self._fixed = {name: self._columns[name] for name in mapping.fixed if name in self._columns}
        self._read: dict[str, dict[object, Any]] = {column.name: {} for column in importer.columns}

    def typed(self, line: Line) -> dict[str, Any] | None:
        """The row's typed values without the blank ones, or ``None`` when a cell is wrong (every wrong cell is
        named).
        """
        before, faults, values = len(self._faults.all), self._faults, dict[str, Any]()
        for name, cell in line.cells.items():
            known = self._read[name].get(cell) if type(cell) is str else None
            if known is None:
                self._cell(line.row, self._columns[name], cell, values)
            else:
                values[name] = known
        for name, column in self._fixed.items():
            if name not in line.cells:
                self._cell(line.row, column, self._mapping.fixed[name], values)
        if line.extra:
            zh, en = f"比表头多{line.extra}格", f"{line.extra} cells more than the header"
            faults.add(line.row, "", "row.too_wide", zh=zh, en=en)
        for column in self._needed:
            if values.get(column.name) is None and not _named(faults, before, column.name):
                zh, en = f"{column.zh}必填", f"{column.en} is required"
                faults.add(line.row, column.name, "cell.missing", zh=zh, en=en)
        return None if len(faults.all) > before else _moved(values, self._mapping.datum)

    def _cell(self, row: int, column: Column, cell: object, values: dict[str, Any]) -> None:
        try:
            told = _translated(column.name, cell, self._mapping) if self._mapping.values else cell
            value = parse(told, column, self._mapping)
        except CellFault as fault:
            shown = as_text(cell)[:80]
            self._faults.add(row, column.name, fault.code, zh=fault.words.zh, en=fault.words.en, value=shown)
            return
        if value is not None:
            values[column.name] = value
            read = self._read[column.name]
            if type(cell) is str and (column.choices or column.type is Type.DATE) and len(read) < _MOST_READ:
                read[cell] = value  # of few different cells, each is read once


def _translated(name: str, cell: object, mapping: Map) -> object:
    """The cell as the map reads it; a cell that the map does not know stays as it is, with its own type."""
    if isinstance(cell, dict):
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


def _compared(records: list[Record], claims: Claims, result: Plan) -> Iterator[Change]:
    """Find the stored rows of these records and tell what differs; faults and counts go into ``result``."""
    importer, policy, match = result.importer, result.policy, result.match
    if match is not None:
        records = _found_by(importer, match, records, claims, result)
    good = importer.prepare(records, result.faults)
    for batch in _batches(good, _LOOK_UP):
        stored = importer.current([record.key for record in batch])
        for record in batch:
            change = _compare(importer, policy, record, stored.get(record.key), result, counts=match is None)
            if change is not None:
                yield change


def _found_by(importer: Importer, match: Match, records: list[Record], claims: Claims, result: Plan) -> list[Record]:
    """Give each record the key of the one stored row that it means; name those that mean several."""
    good: list[Record] = []
    for batch in _batches(records, _LOOK_UP):
        asked = {record.key: looked for record in batch if (looked := wanted(match, record.values))}
        found = importer.find(match, list(asked.values()))
        for record in batch:
            keys = found.get(asked[record.key], ()) if record.key in asked else ()
            if _settled(importer, match, record, keys, claims, result):
                good.append(record)
    return good


def _settled(
    importer: Importer, match: Match, record: Record, keys: Sequence[str], claims: Claims, result: Plan
) -> bool:
    column = match.columns[0]
    if len(keys) > 1:
        result.matched.many += 1
        zh, en = f"{match.words.zh}找到{len(keys)}条，不知是哪一条", f"{len(keys)} rows match by {match.words.en}"
        result.faults.reject(record, column, "match.many", zh=zh, en=en)
        return False
    own = [one.name for one in importer.columns if one.key]
    if not keys:
        result.matched.none += 1
        if any(record.values.get(name) is None for name in own) and len(own) == 1:
            zh, en = "没有找到，新增须填编号", "no such row; a new one needs its key"
            result.faults.reject(record, own[0], "match.none", zh=zh, en=en)
            return False
        record.key = importer.key(record.values)
        return True
    result.matched.one += 1
    before = claims.claim(keys[0], record.row)
    if before is not None:
        zh, en = f"与第{before}行指的是同一条", f"means the same stored row as row {before}"
        result.faults.reject(record, column, "match.twice", zh=zh, en=en)
        return False
    record.key = keys[0]
    if len(own) == 1:
        record.values[own[0]] = keys[0]
    return True


def _compare(
    importer: Importer,
    policy: Policy,
    record: Record,
    stored: Mapping[str, Any] | None,
    result: Plan,
    *,
    counts: bool,
) -> Change | None:
    if counts:
        result.matched.none += stored is None
        result.matched.one += stored is not None
    if stored is None:
        return _new(importer, policy, record, result)
    changed = {
        name: value
        for name, value in record.values.items()
        if not same(stored.get(name), value) and not kept_out(policy, name, stored.get(name))
    }
    if not changed or policy.found == SKIP:
        result.unchanged += len(record.rows)
        return None
    result.updated += 1
    _count_repeats(record, result)
    return Change(record, stored, changed)


def _new(importer: Importer, policy: Policy, record: Record, result: Plan) -> Change | None:
    if policy.missing == REJECT:
        key = next((column.name for column in importer.columns if column.key), "")
        zh, en = "没有这一条，本次只更新已有的", "there is no such row, and this import only updates"
        result.faults.reject(record, key, "match.none", zh=zh, en=en)
        return None
    if policy.missing != CREATE:
        result.unchanged += len(record.rows)
        return None
    missing = list(importer.required_for_new(record.values))
    for column in missing:
        zh, en = f"{column.zh}必填", f"{column.en} is required"
        result.faults.reject(record, column.name, "cell.missing", zh=zh, en=en)
    if missing:
        return None
    result.created += 1
    _count_repeats(record, result)
    return Change(record, None, record.values)


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
