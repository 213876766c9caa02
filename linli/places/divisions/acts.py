"""Opening divisions, letting one succeed another, importing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.divisions.models import Division
from linli.places.divisions.queries import by_codes
from linli.places.divisions.rules import ancestors, level_of, padded, padded_or_same
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

declare(
    "division.code",
    zh="区划代码应为2、4、6、9或12位数字：{code}",
    en="a division code has 2, 4, 6, 9 or 12 digits: {code}",
)
declare("division.code_taken", zh="区划{code}已存在", en="the division {code} exists already")
declare("division.ended", zh="区划{code}已于{on}停用", en="the division {code} ended on {on}")
declare("division.itself", zh="区划不能继任自己", en="a division does not succeed itself")


@act("division.open", zh="设立区划", en="open a division", keeps=("code", "valid_from"))
def open_division(actor: Actor, *, code: str, name: str, valid_from: date | None = None) -> Division:
    """Add a division; its level and parent follow from the code. Raises ``Invalid`` or ``Conflict``."""
    try:
        full = padded(code)
    except ValueError as fault:
        raise Invalid("division.code", field="code", code=code) from fault
    if Division.objects.filter(code=full).exists():
        raise Conflict("division.code_taken", field="code", code=full)
    above = by_codes(ancestors(full))
    parent = next((above[up] for up in ancestors(full) if up in above), None)
    return Division.objects.create(code=full, name=name, level=level_of(full), parent=parent, valid_from=valid_from)


@act("division.succeed", zh="区划更替", en="let a division succeed another", keeps=("on",), about="old")
def succeed_division(actor: Actor, *, old: Division, new: Division, on: date) -> Division:
    """From ``on`` the new division stands where the old one stood (撤村转居); the old code stays, closed.

    Returns the old one. Raises ``Conflict`` when it has ended before.
    """
    if old.pk == new.pk:
        raise Invalid("division.itself", field="new")
    if not Division.objects.filter(pk=old.pk, valid_to__isnull=True).update(valid_to=on, succeeded_by=new):
        raise Conflict("division.ended", code=old.code, on=old.valid_to)
    old.refresh_from_db()
    return old


_LEVELS = {word: key for key, words in Division.LEVELS.items() for word in (key, *words)}


@importer
class DivisionImporter(Importer):
    """Divisions by code. The parent follows from the code; a row may name another one."""

    kind = "divisions"
    words = Words("行政区划", "divisions")
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "code", Type.CODE, "区划代码", "code", required=True, key=True, aliases=("代码", "编码", "统计用区划代码")
        ),
        Column("name", Type.TEXT, "名称", "name", required=True, max_length=80),
        Column("level", Type.TEXT, "级别", "level", choices=_LEVELS),
        Column("parent", Type.CODE, "上级代码", "parent code", aliases=("parent_code",)),
        Column("valid_from", Type.DATE, "启用日期", "valid from"),
        Column("valid_to", Type.DATE, "停用日期", "valid to"),
        Column("succeeded_by", Type.CODE, "继任代码", "succeeded by"),
    )

    def __init__(self) -> None:
        self._ids: dict[str, Any] = {}

    def tidy(self, values: dict[str, Any]) -> dict[str, Any]:
        """330726 and 330726000000 are one division; a wrong code stays as it is written."""
        for name in ("code", "parent", "succeeded_by"):
            if name in values:
                values[name] = padded_or_same(values[name])
        return values

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Pad codes, derive levels and parents, put parents first."""
        good = [record for record in records if self._padded(record, faults)]
        named = {v for record in good for v in (record.values.get("parent"), record.values.get("succeeded_by")) if v}
        above = {code for record in good for code in ancestors(record.key)}
        stored = by_codes({record.key for record in good} | named | above)
        known = set(stored) | {record.key for record in good}
        kept = [record for record in good if self._placed(record, known, faults)]
        self._ids = {code: row.pk for code, row in stored.items()}
        for record in kept:
            self._ids.setdefault(record.key, new_id())
        return _parents_first(kept)

    def _padded(self, record: Record, faults: Faults) -> bool:
        for name in ("code", "parent", "succeeded_by"):
            if name not in record.values:
                continue
            try:
                record.values[name] = padded(record.values[name])
            except ValueError as fault:
                zh = f"“{record.values[name]}”应为2、4、6、9或12位数字"
                faults.reject(record, name, "division.code", zh=zh, en=str(fault), value=str(record.values[name]))
                return False
        record.values.setdefault("level", level_of(record.key))
        return True

    def _placed(self, record: Record, known: set[str], faults: Faults) -> bool:
        for name in ("parent", "succeeded_by"):
            code = record.values.get(name)
            if code and (code not in known or code == record.key):
                zh, en = f"没有代码为{code}的区划", f"there is no division {code}"
                faults.reject(record, name, "division.unknown", zh=zh, en=en, value=code)
                return False
        begins, ends = record.values.get("valid_from"), record.values.get("valid_to")
        if begins and ends and ends < begins:
            zh, en = "停用日期早于启用日期", "it ends before it begins"
            faults.reject(record, "valid_to", "dates.backwards", zh=zh, en=en, value=str(ends))
            return False
        parent = next((code for code in ancestors(record.key) if code in known), None)
        if parent and "parent" not in record.values:
            record.values["parent"] = parent
        return True

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        rows = Division.objects.filter(code__in=keys).select_related("parent", "succeeded_by")
        return {
            row.code: {
                "code": row.code,
                "name": row.name,
                "level": row.level,
                "parent": row.parent.code if row.parent else None,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "succeeded_by": row.succeeded_by.code if row.succeeded_by else None,
                "row": row,
            }
            for row in rows
        }

    def build(self, changes: Sequence[Change]) -> Writes:
        writes = Writes()
        for change in changes:
            fields = {_FIELDS.get(name, name): self._stored(name, value) for name, value in change.changed.items()}
            if change.current is None:
                writes.create.append(Division(id=self._ids[change.record.key], **fields))
            else:
                writes.change.append((change.current["row"], fields))
        return writes

    def _stored(self, name: str, value: Any) -> Any:
        return self._ids.get(value) if name in _FIELDS else value


def _parents_first(records: list[Record]) -> list[Record]:
    """Higher levels first, and within a level the successor before whom it succeeds: each step can stand alone."""
    follows = {record.key: record.values.get("succeeded_by") for record in records}

    def steps_to_the_end(code: str) -> int:
        steps, seen = 0, {code}
        while (code := follows.get(code) or "") and code not in seen:
            seen.add(code)
            steps += 1
        return steps

    return sorted(records, key=lambda r: (_ORDER[r.values["level"]], steps_to_the_end(r.key), r.key))


_FIELDS = {"parent": "parent_id", "succeeded_by": "succeeded_by_id"}
_ORDER = {level: order for order, level in enumerate(Division.LEVELS)}
