"""Importing homes (实有房屋): a door of a standard address, its use, its owner and landlord.

The key is the address, by its code or its whole text, with unit and room; a house of one household has neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.registers.queries import Spot, Whereabouts
from linli.places.homes.acts import home_code, plain_door
from linli.places.homes.models import Home
from linli.places.homes.rules import USES
from linli.places.occupants.rules.checking import plain_digits, plain_name
from linli.places.occupants.rules.declared import SOURCES
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_SEALED = ("owner_name", "owner_phone", "landlord_name", "landlord_phone")
_PLAIN = ("use", "rooms_count", "source", "confirmed_on")
_AT_ONCE = 400


def _choices(table: Mapping[str, Words]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in (code, words.zh, words.en)}


@importer
class HomeImporter(Importer):
    """Homes, each behind a door of an address on record."""

    kind = "homes"
    words = Words("实有房屋", "homes")
    staged = True
    personal = True
    chunk = 2_000
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "address", Type.TEXT, "地址或其编码", "address or its code", required=True, key=True,
            aliases=("地址", "地址编码", "address_code", "房屋地址"), max_length=160,
        ),
        Column("unit", Type.CODE, "单元", "unit", key=True, blank_key=True, max_length=10),
        Column("room", Type.CODE, "室号", "room", key=True, blank_key=True, aliases=("房号", "户室号"), max_length=14),
        Column("use", Type.TEXT, "用途", "use", choices=_choices(USES), aliases=("房屋用途",)),
        Column("rooms_count", Type.INTEGER, "间数", "rooms", aliases=("房间数",), least=0, most=200),
        Column("owner_name", Type.TEXT, "房主", "owner", aliases=("产权人", "房主姓名"), max_length=50),
        Column("owner_phone", Type.CODE, "房主电话", "owner's telephone", max_length=30),
        Column("landlord_name", Type.TEXT, "出租人", "landlord", aliases=("房东", "出租人姓名"), max_length=50),
        Column("landlord_phone", Type.CODE, "出租人电话", "landlord's telephone", aliases=("房东电话",), max_length=30),
        Column("source", Type.TEXT, "来源", "source", choices=_choices(SOURCES)),
        Column("confirmed_on", Type.DATE, "核实日期", "confirmed on", aliases=("采集日期",)),
    )  # fmt: skip

    def __init__(self) -> None:
        self._where = Whereabouts()
        self._spots: dict[str, Spot] = {}
        self._told: dict[str, str] = {}
        self._doors: dict[str, tuple[UUID, str, str]] = {}
        self._first: dict[tuple[UUID, str, str], str] = {}
        self._held: dict[tuple[UUID, str, str], Home] = {}

    def tidy(self, values: dict[str, Any]) -> dict[str, Any]:
        """One spelling of doors, names and numbers."""
        for name in ("unit", "room"):
            if name in values:
                values[name] = plain_door(values[name])
        for name in _SEALED:
            if name in values:
                values[name] = plain_digits(values[name]) if name.endswith("_phone") else plain_name(values[name])
        return values

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Hang every row on its address, with the agency that answers there; two spellings of one door are one."""
        told = [record.values["address"] for record in records]
        self._where.load(Record("", {name: text}, []) for text in told for name in ("address", "address_code"))
        good = [record for record in records if self._hung(record, faults)]
        addresses = list({door[0] for door in self._doors.values()})
        for start in range(0, len(addresses), _AT_ONCE):
            rows = Home.objects.filter(address__in=addresses[start : start + _AT_ONCE], active=True)
            self._held |= {(row.address_id, row.unit, row.room): row for row in rows.select_related("address")}
        return [record for record in good if self._once(record, faults)]

    def _hung(self, record: Record, faults: Faults) -> bool:
        text = record.values["address"]
        spot = self._where.spot(text, "") or self._where.spot("", text)
        if spot is None or not spot.agency_path:
            missing = spot is None
            zh = "没有这个标准地址，请先登记地址" if missing else "此地址所在警格没有警务室负责"
            en = "there is no such standard address" if missing else "no room answers for the grid of this address"
            faults.reject(record, "address", "address.unknown", zh=zh, en=en, value=text[:80])
            return False
        unit, room = record.values.get("unit", ""), record.values.get("room", "")
        if len(unit) > 8 or len(room) > 12:
            zh, en = "室号最多12个字，单元最多8个字", "a room has at most 12 characters, a unit at most 8"
            faults.reject(record, "room", "home.room", zh=zh, en=en, value=f"{unit} {room}".strip())
            return False
        self._spots[record.key], self._told[record.key] = spot, text
        self._doors[record.key] = (spot.address_id, unit, room)
        return True

    def _once(self, record: Record, faults: Faults) -> bool:
        """The same door under its code in one row and its text in another would be made twice."""
        if self._first.setdefault(self._doors[record.key], record.key) == record.key:
            return True
        zh, en = (
            "与前面一行是同一户（地址一处写编码、一处写全文）",
            "the same door as a row above, its address told otherwise",
        )
        faults.reject(record, "address", "match.twice", zh=zh, en=en)
        return False

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = {key: self._held.get(self._doors[key]) for key in keys if key in self._doors}
        return {key: {"address": self._told[key], **_stored(row)} for key, row in found.items() if row is not None}

    def build(self, changes: Sequence[Change]) -> Writes:
        writes = Writes()
        for change in changes:
            if change.current is None:
                writes.create.append(self._made(change))
                continue
            row: Home = change.current["row"]
            writes.change.append((row, {**_columns(row, change.changed), "version": row.version + 1}))
        return writes

    def _made(self, change: Change) -> Home:
        spot, (address, unit, room) = self._spots[change.record.key], self._doors[change.record.key]
        row = Home(
            id=new_id(), code=home_code(spot.address, unit, room), address_id=address, unit=unit, room=room,
            agency_path=spot.agency_path, grid_code=spot.grid_code, source="import",
        )  # fmt: skip
        for name, value in _columns(row, change.values).items():
            setattr(row, name, value)
        return row

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        """Every home in use, by the code of its address."""
        rows = Home.objects.visible_to(actor).filter(active=True).select_related("address").order_by("code")
        for row in rows.iterator(chunk_size=1_000):
            yield {**_stored(row), "address": row.address.code}


def _stored(row: Home) -> dict[str, Any]:
    held: dict[str, Any] = {name: getattr(row, name) for name in ("unit", "room", *_PLAIN)}
    return held | {name: row.told(name) for name in _SEALED} | {"row": row}


def _columns(row: Home, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what is told, sealed where it is about a person."""
    plain = {name: values[name] for name in _PLAIN if name in values}
    return plain | {f"{name}_sealed": row.sealed(name, values[name]) for name in _SEALED if name in values}
