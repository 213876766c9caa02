"""Importing firms (实有单位): the place as registered premises, and in it the firm with who answers for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.registers.acts.places import PremisesImporter
from linli.places.homes.acts import plain_door
from linli.places.homes.models import Firm
from linli.places.homes.rules import is_credit_code
from linli.places.occupants.rules.checking import plain_digits, plain_name
from linli.places.occupants.rules.declared import SOURCES
from linli.places.premises import rules as premises
from linli.places.premises.models import Premises
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Record, Writes

_SEALED = ("legal_person", "contact_name", "contact_phone")
_PLAIN = ("credit_code", "staff_count", "source", "confirmed_on")
_FIRM = (*_PLAIN, *_SEALED)
_AT_ONCE = 400
_CODE = ("单位编号", "场所编号")


def _choices(table: Mapping[str, Words]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in (code, words.zh, words.en)}


def _place_columns() -> Iterator[Column]:
    """The columns of premises; what kind of place a firm is may stay open."""
    for column in PremisesImporter.columns:
        if column.name == "code":
            aliases = (*column.aliases, *_CODE)
            yield Column("code", Type.CODE, "单位编号", "code", required=True, key=True, aliases=aliases, max_length=40)
        elif column.name == "name":
            aliases = (*column.aliases, "单位名称")
            yield Column("name", Type.TEXT, "名称", "name", required=True, aliases=aliases, max_length=120)
        elif column.name == "kind":
            choices = _choices(premises.KINDS)
            yield Column("kind", Type.TEXT, "类别", "kind", choices=choices, aliases=("单位类别", "场所类别"))
        elif column.name == "operator":
            yield Column("operator", Type.TEXT, "经营单位", "operator", aliases=("经营者",), max_length=120)
        else:
            yield column


@importer
class FirmImporter(PremisesImporter):
    """Firms by the register's number: those of places on record, and new ones with their place."""

    kind = "firms"
    words = Words("实有单位", "firms")
    staged = False
    personal = True
    columns: ClassVar[tuple[Column, ...]] = (
        *_place_columns(),
        Column("credit_code", Type.CODE, "统一社会信用代码", "unified social credit code", max_length=20),
        Column("staff_count", Type.INTEGER, "从业人数", "people working there", least=0, most=200_000),
        Column("legal_person", Type.TEXT, "法定代表人", "legal representative", aliases=("法人",), max_length=50),
        Column("contact_name", Type.TEXT, "联系人", "contact", aliases=("负责人",), max_length=50),
        Column("contact_phone", Type.CODE, "联系电话", "contact's telephone", aliases=("电话",), max_length=30),
        Column("source", Type.TEXT, "来源", "source", choices=_choices(SOURCES)),
        Column("confirmed_on", Type.DATE, "核实日期", "confirmed on", aliases=("采集日期",)),
    )

    def __init__(self) -> None:
        super().__init__()
        self._firms: dict[str, Firm] = {}

    def tidy(self, values: dict[str, Any]) -> dict[str, Any]:
        """One spelling of codes, names and numbers."""
        if "credit_code" in values:
            values["credit_code"] = plain_door(values["credit_code"])
        for name in _SEALED:
            if name in values:
                values[name] = plain_digits(values[name]) if name.endswith("_phone") else plain_name(values[name])
        return values

    def look_up(self, records: list[Record]) -> None:
        """The firms of the places that are on record; what a new one does not say of its kind is a firm."""
        super().look_up(records)
        keys = [record.key for record in records]
        for start in range(0, len(keys), _AT_ONCE):
            rows = Firm.objects.filter(premises__code__in=keys[start : start + _AT_ONCE]).select_related("premises")
            self._firms |= {row.premises.code: row for row in rows}
        for record in records:
            if record.key not in self._stored:
                record.values.setdefault("kind", "firm")

    def _possible(self, record: Record, faults: Faults) -> bool:
        code = record.values.get("credit_code")
        if code and not is_credit_code(code):
            zh, en = "统一社会信用代码校验不符", "the unified social credit code does not check"
            faults.reject(record, "credit_code", "firm.credit_code", zh=zh, en=en, value=code)
            return False
        return super()._possible(record, faults)

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = super().current(keys)
        return {key: {**values, **_stored(self._firms.get(key))} for key, values in found.items()}

    def build(self, changes: Sequence[Change]) -> Writes:
        writes, firms = Writes(), []
        for change in changes:
            place = {name: value for name, value in change.changed.items() if name not in _FIRM}
            told = {name: value for name, value in change.changed.items() if name in _FIRM}
            if change.current is None:
                row = Premises(id=new_id(), **{n: v for n, v in change.values.items() if n not in _FIRM})
                writes.create.append(row)
                told = {name: change.values[name] for name in _FIRM if name in change.values}
            else:
                row = change.current["row"]
                if place:
                    writes.change.append((row, {**place, "version": row.version + 1}))
            held = self._firms.get(change.record.key)
            if held is not None and told:
                writes.change.append((held, {**_columns(held, told), "version": held.version + 1}))
            elif held is None and told:
                firm = Firm(id=new_id(), premises=row)
                for name, value in {"source": "import", **_columns(firm, told)}.items():
                    setattr(firm, name, value)
                firms.append(firm)
        writes.create += firms
        return writes

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        """Every place with a firm on record, under the agency that answers for it."""
        rows = Firm.objects.visible_to(actor).select_related("premises")
        firms = {row.premises.code: row for row in rows}
        for values in super().export(actor):
            if values["code"] in firms:
                yield {**values, **_stored(firms[values["code"]])}


def _stored(row: Firm | None) -> dict[str, Any]:
    """What is on record of a firm, by the names of the columns."""
    if row is None:
        return {}
    return {name: getattr(row, name) for name in _PLAIN} | {name: row.told(name) for name in _SEALED}


def _columns(row: Firm, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what is told, sealed where it is about a person."""
    plain = {name: values[name] for name in _PLAIN if name in values}
    return plain | {f"{name}_sealed": row.sealed(name, values[name]) for name in _SEALED if name in values}
