"""Grids from a table or a GeoJSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from shapely import STRtree

from linli.kernel import clock, geo
from linli.kernel.words import Words
from linli.places.divisions.models import Division
from linli.places.divisions.queries import by_codes
from linli.places.divisions.rules import padded_or_same
from linli.places.grid.models import Grid
from linli.places.grid.queries import cells
from linli.places.grid.rules.cells import Cell, mended, polygon_fault, shared_area_m2
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_KINDS = {word: key for key, words in Grid.KINDS.items() for word in (key, *words)}


@importer
class GridImporter(Importer):
    """Grids from GeoJSON, or a table with a WKT column. A changed shape with a later date is a redrawing."""

    kind = "grids"
    words = Words("网格", "grids")
    columns: ClassVar[tuple[Column, ...]] = (
        Column("code", Type.CODE, "网格编号", "code", required=True, key=True, aliases=("编号", "id"), max_length=24),
        Column("kind", Type.TEXT, "类别", "kind", key=True, blank_key=True, choices=_KINDS),
        Column("name", Type.TEXT, "名称", "name", required=True, aliases=("网格名称",), max_length=80),
        Column("shape", Type.SHAPE, "图形", "shape", required=True, aliases=("geometry", "wkt", "polygon")),
        Column("division", Type.CODE, "区划代码", "division", aliases=("division_code", "adcode")),
        Column("valid_from", Type.DATE, "启用日期", "valid from"),
        Column("valid_to", Type.DATE, "停用日期", "valid to"),
    )

    def __init__(self) -> None:
        self._divisions: dict[str, Division] = {}

    def key(self, values: Mapping[str, Any]) -> str:
        """Kind and code: a police grid and a social grid may share a code. Without a kind it is a police grid."""
        return f"{values.get('kind') or 'police'}|{values['code']}"

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Refuse broken polygons, unknown divisions, dates that run backwards, and overlaps within a kind."""
        wanted = [padded_or_same(record.values["division"]) for record in records if "division" in record.values]
        self._divisions = by_codes(wanted)
        good = [record for record in records if self._fits(record, faults)]
        return [
            record
            for kind in Grid.KINDS
            for record in _without_overlaps(kind, [r for r in good if r.values["kind"] == kind], faults)
        ]

    def _fits(self, record: Record, faults: Faults) -> bool:
        values = record.values
        values.setdefault("kind", "police")
        if "shape" in values:
            values["shape"] = mended(values["shape"])
        words = polygon_fault(values["shape"]) if "shape" in values else None
        if words:
            faults.reject(record, "shape", "grid.shape", zh=words[0], en=words[1])
            return False
        if "division" in values:
            values["division"] = padded_or_same(values["division"])
            if values["division"] not in self._divisions:
                zh, en = f"没有代码为{values['division']}的区划", f"there is no division {values['division']}"
                faults.reject(record, "division", "division.unknown", zh=zh, en=en, value=values["division"])
                return False
        begins, ends = values.get("valid_from"), values.get("valid_to")
        if begins and ends and ends <= begins:
            faults.reject(
                record, "valid_to", "grid.dates", zh="停用日期应晚于启用日期", en="it must end after it begins"
            )
            return False
        return True

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        codes = [key.partition("|")[2] for key in keys]
        rows = Grid.objects.filter(code__in=codes, active=True).select_related("division")
        return {
            f"{row.kind}|{row.code}": {
                "code": row.code,
                "kind": row.kind,
                "name": row.name,
                "shape": row.shape,
                "division": row.division.code if row.division else None,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "row": row,
            }
            for row in rows
        }

    def build(self, changes: Sequence[Change]) -> Writes:
        writes = Writes()
        for change in changes:
            old: Grid | None = change.current["row"] if change.current else None
            begins = change.changed.get("valid_from")
            if old is None:
                writes.create.append(self._row(change.values, change.values.get("valid_from") or clock.today(), 1))
            elif "shape" in change.changed and begins and begins > old.valid_from:
                kept = {"name": old.name, "division": old.division.code if old.division else None}
                writes.change.append((old, {"active": False, "valid_to": begins, "version": old.version + 1}))
                writes.create.append(self._row({**kept, **change.values}, begins, old.version + 1))
            else:
                writes.change.append((old, self._altered(old, change.changed)))
        return writes

    def _altered(self, old: Grid, changed: Mapping[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {"version": old.version + 1}
        for name, value in changed.items():
            if name == "shape":
                west, south, east, north = geo.box_of(value)
                fields |= {"shape_wkb": geo.to_wkb(value), "west": west, "south": south, "east": east, "north": north}
            elif name == "division":
                fields["division"] = self._divisions[value]
            else:
                fields[name] = value
        return fields

    def _row(self, values: Mapping[str, Any], valid_from: date, version: int) -> Grid:
        grid = Grid(code=values["code"], name=values["name"], kind=values["kind"], version=version)
        grid.valid_from, grid.valid_to = valid_from, values.get("valid_to")
        grid.division = self._divisions.get(values.get("division") or "")
        grid.set_shape(values["shape"])
        return grid


def _without_overlaps(kind: str, records: list[Record], faults: Faults) -> list[Record]:
    """Those that share no land with a stored grid, nor with an accepted earlier row of the same file."""
    codes = {record.values["code"] for record in records}
    stored = [cell for cell in cells(kind) if cell.code not in codes]
    drawn = [(record, _cell(record)) for record in records if "shape" in record.values]
    everything = stored + [cell for _, cell in drawn]
    tree, standing = STRtree([cell.shape for cell in everything]), set(range(len(stored)))
    for at, (record, cell) in enumerate(drawn, start=len(stored)):
        rivals = [everything[int(i)] for i in tree.query(cell.shape, predicate="intersects") if int(i) in standing]
        shared = ((shared_area_m2(cell.shape, rival.shape), rival) for rival in rivals if rival.meets_in_time(cell))
        worst = max(shared, key=lambda pair: pair[0], default=(0.0, None))
        if worst[1] is None or worst[0] == 0.0:
            standing.add(at)
            continue
        area, other = round(worst[0]), f"{worst[1].code}（{worst[1].name}）"
        zh, en = f"与网格{other}重叠{area}平方米", f"it overlaps the grid {other} by {area} square metres"
        faults.reject(record, "shape", "grid.overlaps", zh=zh, en=en)
    return [record for record in records if not faults.rows.intersection(record.rows)]


def _cell(record: Record) -> Cell:
    values = record.values
    begins = values.get("valid_from") or clock.today()
    return Cell(values["code"], values.get("name", ""), values["shape"], begins, values.get("valid_to"))
