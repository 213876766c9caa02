"""Importing addresses: parts from their own columns, else read out of the text."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.addresses.models import Address, AddressGram, AddressName
from linli.places.addresses.rules import Parsed, grams, initials, normal, parse, sound
from linli.places.divisions.models import Division
from linli.places.divisions.queries import by_codes
from linli.places.divisions.rules import padded_or_same
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_KINDS = {word: key for key, words in Address.KINDS.items() for word in (key, *words)}

_PARTS = frozenset({"kind", "division", "town", "village", "road", "name", "group", "number"})
"""Columns that say what an address is made of."""


@importer
class AddressImporter(Importer):
    """Addresses by their code, or by their text when they have none."""

    kind = "addresses"
    words = Words("地址", "addresses")
    staged = True
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "text",
            Type.TEXT,
            "地址",
            "address",
            required=True,
            key=True,
            aliases=("详细地址", "标准地址"),
            max_length=160,
        ),
        Column("code", Type.CODE, "地址编码", "code", key=True, blank_key=True, aliases=("编码",), max_length=40),
        Column("kind", Type.TEXT, "类别", "kind", choices=_KINDS),
        Column("division", Type.CODE, "区划代码", "division", aliases=("division_code",)),
        Column("town", Type.TEXT, "乡镇街道", "town", aliases=("街道", "乡镇"), max_length=40),
        Column("village", Type.TEXT, "村社区", "village", aliases=("村", "社区"), max_length=40),
        Column("road", Type.TEXT, "道路", "road", aliases=("街路巷", "路名"), max_length=60),
        Column("name", Type.TEXT, "地标名称", "landmark", aliases=("名称", "小区"), max_length=60),
        Column("group", Type.TEXT, "组", "group", aliases=("村民小组",)),
        Column("number", Type.TEXT, "门牌号", "number", aliases=("house_number", "门牌")),
        Column("lon", Type.LON, "经度", "longitude", required=True, aliases=("lng", "longitude", "x")),
        Column("lat", Type.LAT, "纬度", "latitude", required=True, aliases=("latitude", "y")),
        Column("aliases", Type.LIST, "别名", "aliases", aliases=("alias",)),
    )

    def __init__(self) -> None:
        self._divisions: dict[str, Division] = {}
        self._towns: dict[str, str] = {}
        self._names: dict[tuple[str, str], uuid.UUID] = {}
        self._kinds: dict[tuple[str, str], str] = {}

    def key(self, values: Mapping[str, Any]) -> str:
        """The code, or one made from the text: the same text is the same address."""
        return str(values.get("code") or "T" + hashlib.sha256(normal(values["text"]).encode()).hexdigest()[:20])

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Find divisions and townships, then take each address apart. A text on record under a code is that address."""
        _meant_by_text(records)
        codes = {padded_or_same(record.values["division"]) for record in records if "division" in record.values}
        towns = {code[:9].ljust(12, "0") for code in codes if len(code) == 12}
        self._divisions = by_codes(codes | towns)
        self._towns = {code[:9]: row.name for code, row in self._divisions.items() if row.level == "township"}
        known = _known({record.key for record in records})
        good = [record for record in records if self._taken_apart(record, record.key in known, faults)]
        self._names = _stored_names({record.values["name_text"] for record in good if "name_text" in record.values})
        return good

    def _taken_apart(self, record: Record, known: bool, faults: Faults) -> bool:
        """The address by its parts. One on record keeps those that it has when the row tells none."""
        values = record.values
        values["code"] = record.key
        if "division" in values:
            values["division"] = padded_or_same(values["division"])
            if values["division"] not in self._divisions:
                zh, en = f"没有代码为{values['division']}的区划", f"there is no division {values['division']}"
                faults.reject(record, "division", "division.unknown", zh=zh, en=en, value=values["division"])
                return False
        if known and not _PARTS.intersection(values):
            return True
        town = values.pop("town", None) or self._towns.get(values.get("division", "")[:9])
        parts = {name: values.pop(name, None) for name in ("village", "road", "name", "group", "number")}
        derived = parts_of(values["text"], kind=values.get("kind"), town=town, **parts)
        sign = derived.pop("sign")
        if sign and sign not in values.get("aliases", ()):
            values["aliases"] = (*values.get("aliases", ()), sign)
        self._kinds.setdefault((derived["name_text"], derived["area"]), derived.pop("name_kind"))
        values |= derived
        return True

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        rows = Address.objects.filter(code__in=keys).select_related("name", "division")
        return {row.code: _as_values(row) for row in rows}

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        rows = Address.objects.visible_to(actor).select_related("name", "division").order_by("code")
        for row in rows.iterator(chunk_size=2_000):
            part = {"road": "road", "estate": "road", "village": "village"}.get(row.name.kind, "name")
            yield {**_as_values(row), "town": row.name.area, part: row.name.text, **_numbers(row)}

    def build(self, changes: Sequence[Change]) -> Writes:
        names, grams_, rows, writes = [], [], [], Writes()
        for change in changes:
            names += self._new_names(change)
        for change in changes:
            fields = self._fields(change)
            old: Address | None = change.current["row"] if change.current else None
            if old is None:
                rows.append(row := Address(**fields))
            else:
                row = old
                writes.change.append((old, fields))
            if "aliases" in change.changed:
                writes.drop += list(AddressName.objects.filter(alias_of=old)) if old else []
                names += [address_name(text, "", "alias", alias_of=row) for text in change.changed["aliases"]]
        aliases = [name for name in names if name.alias_of_id]
        plain = [name for name in names if not name.alias_of_id]
        grams_ = [gram for name in (*plain, *aliases) for gram in name_grams(name)]
        writes.create = [*plain, *rows, *aliases, *grams_]
        return writes

    def _new_names(self, change: Change) -> list[AddressName]:
        """The name that this address goes by, when it is not stored yet."""
        if "name_text" not in change.values:
            return []
        key = (change.values["name_text"], change.values["area"])
        if key in self._names:
            return []
        row = address_name(*key, self._kinds[key])
        self._names[key] = row.pk
        return [row]

    def _fields(self, change: Change) -> dict[str, Any]:
        values = change.values
        fields: dict[str, Any] = {}
        if "name_text" in values:
            fields["name_id"] = self._names[values["name_text"], values["area"]]
        for name, value in change.changed.items():
            if name == "division":
                fields["division_id"] = self._divisions[value].pk
            elif name == "aliases":
                fields["aliases"] = list(value)
            elif name not in ("name_text", "area"):
                fields[{"group_no": "group", "house": "number"}.get(name, name)] = value
        return fields


def _known(keys: set[str]) -> set[str]:
    """Those of these codes that are on record."""
    found: set[str] = set()
    wanted = sorted(keys)
    for start in range(0, len(wanted), 400):
        found |= set(Address.objects.filter(code__in=wanted[start : start + 400]).values_list("code", flat=True))
    return found


def _meant_by_text(records: list[Record]) -> None:
    """Give rows without a code that of the one stored address with their text; several such are nobody's."""
    bare = {record.values["text"]: record for record in records if "code" not in record.values}
    texts = sorted(bare)
    for start in range(0, len(texts), 400):
        rows = Address.objects.filter(text__in=texts[start : start + 400], active=True).order_by("pk")
        found: dict[str, list[str]] = {}
        for text, code in rows.values_list("text", "code"):
            found.setdefault(text, []).append(code)
        for text, codes in found.items():
            if len(codes) == 1:
                bare[text].key = codes[0]


def _stored_names(texts: set[str]) -> dict[tuple[str, str], uuid.UUID]:
    """The names stored already among these texts, by text and area."""
    wanted = sorted(texts)
    found: dict[tuple[str, str], uuid.UUID] = {}
    for start in range(0, len(wanted), 400):
        rows = AddressName.objects.filter(text__in=wanted[start : start + 400], alias_of__isnull=True)
        found |= {(text, area): key for text, area, key in rows.values_list("text", "area", "pk")}
    return found


def parts_of(
    text: str,
    *,
    kind: str | None = None,
    town: str | None = None,
    village: str | None = None,
    road: str | None = None,
    name: str | None = None,
    group: str | None = None,
    number: str | None = None,
) -> dict[str, Any]:
    """An address taken apart: by its own columns where they are given, else by reading the text.

    ``sign`` is the landmark's name when the address is found by a road or village instead: it becomes an alias.
    """
    read = parse(text)
    told = parse(f"某{group or ''}{number or ''}") if group or number else read
    numbers = told if group or number else read
    main, name_kind, sign = _main_name(read, numbers, kind, village, road, name)
    return {
        "kind": kind or _kind(numbers, name_kind),
        "name_text": main[:80],
        "name_kind": name_kind,
        "area": (town or read.town or "")[:40],
        "group_no": numbers.group,
        "house": numbers.number,
        "sub": numbers.sub,
        "building": numbers.building,
        "unit": numbers.unit,
        "sign": sign[:80],
    }


def _main_name(
    read: Parsed, numbers: Parsed, kind: str | None, village: str | None, road: str | None, name: str | None
) -> tuple[str, str, str]:
    numbered = numbers.has_number or numbers.group is not None
    if road:
        return road, "estate" if numbers.building is not None else "road", name or ""
    if name and (kind == "landmark" or not numbered):
        return name, "landmark", ""
    if village and (numbered or kind in ("village", "group")):
        return village, "village", name or ""
    if village and not read.name:
        return village, "village", name or ""
    main = name or read.name or village or normal(read.name)
    return main, _name_kind(main, numbers), ""


def _name_kind(name: str, numbers: Parsed) -> str:
    if name.endswith(("路", "街", "巷", "大道", "弄", "国道", "省道", "道")):
        return "road"
    if name.endswith(("村", "社区", "屯", "寨", "庄")) or numbers.group is not None:
        return "village"
    return "estate" if numbers.building is not None else "landmark"


def _kind(numbers: Parsed, name_kind: str) -> str:
    if numbers.number is not None:
        return "house"
    if numbers.building is not None:
        return "building"
    if numbers.group is not None:
        return "group"
    return name_kind if name_kind in Address.KINDS else "landmark"


def address_name(text: str, area: str, kind: str, alias_of: Address | None = None) -> AddressName:
    """A name ready to be stored, with how it sounds."""
    return AddressName(
        text=text, area=area, kind=kind, sound=sound(text)[:400], initials=initials(text)[:80], alias_of=alias_of
    )


def name_grams(name: AddressName) -> Iterable[AddressGram]:
    """The bigrams by which the name is found."""
    return (AddressGram(gram=gram, name=name) for gram in grams(name.text))


def _numbers(row: Address) -> dict[str, Any]:
    """Group and house number as their own columns take them."""
    number = "" if row.number is None else f"{row.number}-{row.sub}号" if row.sub is not None else f"{row.number}号"
    if row.building is not None:
        number += f"{row.building}幢" + (f"{row.unit}单元" if row.unit is not None else "")
    return {"group": f"{row.group}组" if row.group is not None else None, "number": number or None}


def _as_values(row: Address) -> dict[str, Any]:
    return {
        "code": row.code,
        "text": row.text,
        "kind": row.kind,
        "division": row.division.code if row.division else None,
        "lon": row.lon,
        "lat": row.lat,
        "aliases": tuple(row.aliases),
        "name_text": row.name.text,
        "area": row.name.area,
        "group_no": row.group,
        "house": row.number,
        "sub": row.sub,
        "building": row.building,
        "unit": row.unit,
        "row": row,
    }
