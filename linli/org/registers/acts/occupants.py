"""Importing the actual population: a person by identity number, where he lives by the code or text of an address.

The natural key is the number; without one name, day of birth and address. Numbers are looked up by their blind index
only: what is stored is never unsealed for a comparison of keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.registers.queries import Spot, Whereabouts
from linli.places.homes.acts import home_code, plain_door
from linli.places.homes.models import Home
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.models.occupant import id_index, name_index, sealed_name, sealed_number, sealed_phone
from linli.places.occupants.rules.checking import check_residence, checked_person, plain_name
from linli.places.occupants.rules.declared import GUARDIAN, KINDS, RELATIONS, SEXES, SOURCES
from linli.places.occupants.rules.identity import ID_KINDS, eighteen, plain_number
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Fresh, Importer, Record, Writes

_PERSON = ("name", "id_kind", "id_number", "sex", "born_on", "phone", "guardian_basis")
_LIVING = ("kind", "relation", "since", "source", "confirmed_on")
_PERSON_COLUMNS = (
    "id", "name_sealed", "name_index", "id_kind", "id_number_sealed", "id_index", "sex", "born_on", "phone_sealed",
    "phone_index", "guardian_basis", "identity_source", "identity_confirmed_on", "contact_source",
    "contact_confirmed_on", "registered_at",
)  # fmt: skip
_HOME_COLUMNS = ("id", "code", "address_id", "unit", "room", "agency_path", "grid_code")
_RESIDENCE_COLUMNS = (
    "id", "occupant_id", "address_id", "home_id", "division_id", "kind", "relation", "since", "agency_path",
    "grid_code", "source", "confirmed_on",
)  # fmt: skip


_ALSO_CALLED = {
    "户籍": "registered",
    "常住": "registered",
    "流动": "migrant",
    "暂住": "migrant",
    "境外": "overseas",
    "寄住": "lodging",
}


def _choices(table: Mapping[str, Words]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in (code, words.zh, words.en) if word}


@importer
class OccupantImporter(Importer):
    """People and where they live."""

    kind = "occupants"
    words = Words("实有人口", "the actual population")
    staged = True
    personal = True
    chunk = 2_000
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", Type.TEXT, "姓名", "name", required=True, key=True, max_length=50),
        Column(
            "id_number", Type.CODE, "公民身份号码", "identity number", key=True, blank_key=True,
            aliases=("身份证号", "证件号码"), max_length=30,
        ),
        Column("id_kind", Type.TEXT, "证件类型", "kind of card", choices=_choices(ID_KINDS)),
        Column("sex", Type.TEXT, "性别", "sex", choices={**_choices(SEXES), "1": "M", "2": "F"}),
        Column("born_on", Type.DATE, "出生日期", "born on", aliases=("出生",)),
        Column("phone", Type.CODE, "联系电话", "telephone", aliases=("电话", "手机"), max_length=30),
        Column("guardian_basis", Type.TEXT, "未成年人登记依据", "ground for a child", choices=_choices(GUARDIAN)),
        Column(
            "kind", Type.TEXT, "人口类别", "kind", required=True, aliases=("居住类型", "人员类别"),
            choices={**_choices(KINDS), **_ALSO_CALLED},
        ),
        Column("relation", Type.TEXT, "与户主关系", "relation", choices={**_choices(RELATIONS), "房东": "head"}),
        Column("address_code", Type.CODE, "地址编码", "address code", max_length=40),
        Column("address", Type.TEXT, "居住地址", "address", aliases=("地址", "现住址"), max_length=160),
        Column("unit", Type.CODE, "单元", "unit", max_length=10),
        Column("room", Type.CODE, "室号", "room", aliases=("房号", "户室号"), max_length=14),
        Column("since", Type.DATE, "居住起始日期", "since", aliases=("登记日期", "入住日期", "来本地日期")),
        Column("source", Type.TEXT, "来源", "source", choices=_choices(SOURCES)),
        Column("confirmed_on", Type.DATE, "核实日期", "confirmed on", aliases=("采集日期",)),
    )  # fmt: skip

    def __init__(self) -> None:
        self._where = Whereabouts()
        self._today, self._now = clock.today(), clock.now()
        self._homes: dict[tuple[UUID, str, str], UUID] = {}
        self._seeked: set[UUID] = set()
        self._bare: dict[str, tuple[str, date | None, UUID]] = {}

    def tidy(self, values: dict[str, Any]) -> dict[str, Any]:
        """One spelling of names and numbers, so that two rows of one person meet."""
        values["name"] = plain_name(values.get("name", ""))
        if values.get("id_number"):
            values["id_number"] = eighteen(plain_number(values["id_number"]), values.get("id_kind", "resident"))
        for name in ("unit", "room"):
            if name in values:
                values[name] = plain_door(values[name])
        return values

    def key(self, values: Mapping[str, Any]) -> str:
        """The blind index of the number, or a digest of name, day of birth and address: no key shows a person."""
        if values.get("id_number"):
            return id_index(str(values["id_number"]))
        own = "|".join(str(values.get(name, "")) for name in ("name", "born_on", "address_code", "address", "room"))
        return f"n{hashlib.sha256(own.encode()).hexdigest()[:22]}"

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Check each person as one, and hang each on a standard address with the agency that answers there."""
        self._where.load(records)
        return [record for record in records if self._hung(record, faults) and self._checked(record, faults)]

    def _hung(self, record: Record, faults: Faults) -> bool:
        values = record.values
        code, text = values.pop("address_code", ""), values.pop("address", "")
        spot = self._where.spot(code, text)
        if spot is None or not spot.agency_path:
            column = "address_code" if code else "address"
            missing = spot is None
            zh = "没有这个标准地址，请先登记地址" if missing else "此地址所在警格没有警务室负责"
            en = "there is no such standard address" if missing else "no room answers for the grid of this address"
            faults.reject(record, column, "address.unknown", zh=zh, en=en, value=(code or text)[:80])
            return False
        values["address_id"] = spot.address_id
        return True

    def _checked(self, record: Record, faults: Faults) -> bool:
        values = record.values
        try:
            person = checked_person(**{n: values[n] for n in _PERSON if n in values}, today=self._today)
            if "kind" in values:
                check_residence(
                    kind=values["kind"], relation=values.get("relation", "other"),
                    source=values.get("source", "import"), since=values.get("since", self._today),
                    born_on=person.born_on, today=self._today,
                )  # fmt: skip
        except Refusal as refusal:
            words, field = refusal.words, str(refusal.facts.get("field", ""))
            faults.reject(record, field, refusal.code, zh=words.zh, en=words.en)
            return False
        values |= {name: getattr(person, name) for name in _PERSON if getattr(person, name)}
        if record.key.startswith("n"):
            self._bare[record.key] = (name_index(person.name), person.born_on, values["address_id"])
        return True

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """What is stored under these keys. Who has no number is the same as whoever has none either, at the same
        address with the same name and day of birth.
        """
        by_number = Occupant.objects.filter(id_index__in=[key for key in keys if not key.startswith("n")])
        # Of 400 numbers asked together SQLite thinks worse than of "merged into nothing", and reads the whole register.
        whole = (row for row in by_number if row.merged_into_id is None and row.erased_on is None)
        people = {row.id_index: row for row in whole} | self._without_number(keys)
        if not people:
            return {}
        open_now = self._open_residences([row.pk for row in people.values()])
        return {key: self._stored(row, open_now.get(row.pk)) for key, row in people.items()}

    def _without_number(self, keys: Sequence[str]) -> dict[str, Occupant]:
        wanted = {self._bare[key]: key for key in keys if key in self._bare}
        if not wanted:
            return {}
        held = Residence.objects.filter(until__isnull=True, address__in={bare[2] for bare in wanted})
        held = held.filter(occupant__id_index="", occupant__name_index__in={bare[0] for bare in wanted})
        held = held.filter(occupant__merged_into__isnull=True).select_related("occupant")
        found = {(r.occupant.name_index, r.occupant.born_on, r.address_id): r.occupant for r in held}
        return {key: found[bare] for bare, key in wanted.items() if bare in found}

    def _open_residences(self, people: list[UUID]) -> dict[UUID, Residence]:
        rows = Residence.objects.filter(occupant__in=people, until__isnull=True)
        return {row.occupant_id: row for row in rows.select_related("home").order_by("since", "pk")}

    def _stored(self, row: Occupant, living: Residence | None) -> dict[str, Any]:
        held: dict[str, Any] = {
            "name": row.name, "id_kind": row.id_kind, "id_number": row.id_number, "sex": row.sex,
            "born_on": row.born_on, "phone": row.phone, "guardian_basis": row.guardian_basis, "row": row,
            "living": living, "confirmed_on": row.identity_confirmed_on,
        }  # fmt: skip
        if living is not None:
            held |= {n: getattr(living, n) for n in ("kind", "relation", "since", "source", "address_id")}
            home = living.home
            held |= {"unit": home.unit if home else "", "room": home.room if home else ""}
        return held

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        """Who lives where now, by the code of the address."""
        living = Residence.objects.visible_to(actor).filter(until__isnull=True, occupant__merged_into__isnull=True)
        rows = living.filter(occupant__erased_on__isnull=True).select_related("occupant", "home", "address")
        for row in rows.order_by("address__code", "pk").iterator(chunk_size=1_000):
            values = {name: value for name, value in self._stored(row.occupant, row).items() if value != ""}
            yield {**values, "address_code": row.address.code}

    def build(self, changes: Sequence[Change]) -> Writes:
        self._find_homes(changes)
        self._now = clock.now()
        people, homes = Fresh(Occupant, _PERSON_COLUMNS), Fresh(Home, _HOME_COLUMNS)
        residences = Fresh(Residence, _RESIDENCE_COLUMNS)
        writes = Writes(fresh=[people, homes, residences])
        for change in changes:
            if change.current is None:
                key = new_id()
                people.rows.append(self._person(key, change.record.key, change.values))
                residences.rows.append(self._residence(key, change.values, homes))
            else:
                self._alter(change, writes, residences, homes)
        return writes

    def _find_homes(self, changes: Sequence[Change]) -> None:
        """Homes of the addresses of this batch, each address asked once."""
        wanted = {c.values["address_id"] for c in changes if c.values.get("room")} - self._seeked
        self._seeked |= wanted
        keys = list(wanted)
        for start in range(0, len(keys), 400):
            rows = Home.objects.filter(address__in=keys[start : start + 400], active=True)
            for address, unit, room, key in rows.values_list("address_id", "unit", "room", "pk"):
                self._homes[address, unit, room] = key

    def _home(self, values: Mapping[str, Any], spot: Spot, homes: Fresh) -> UUID | None:
        if not values.get("room"):
            return None
        unit, room = values.get("unit", "")[:8], values["room"][:12]
        key = (spot.address_id, unit, room)
        if key not in self._homes:
            code = home_code(spot.address, unit, room)
            made = self._homes[key] = new_id()
            homes.rows.append((made, code, spot.address_id, unit, room, spot.agency_path, spot.grid_code))
        return self._homes[key]

    def _person(self, key: UUID, index: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """A new person as :data:`_PERSON_COLUMNS`."""
        place, told, on = str(key), values.get("source", "import"), values.get("confirmed_on")
        number, phone = values.get("id_number", ""), values.get("phone", "")
        sealed = sealed_number(place, number, index if number else "")
        return (
            key, *sealed_name(place, values["name"]), values.get("id_kind", "none"), *sealed, values.get("sex", ""),
            values.get("born_on"), *sealed_phone(place, phone), values.get("guardian_basis", ""), told, on,
            told if phone else "", on if phone else None, self._now,
        )  # fmt: skip

    def _residence(
        self, occupant: UUID, values: Mapping[str, Any], homes: Fresh, *, since: date | None = None
    ) -> tuple[Any, ...]:
        """Somebody lives somewhere, as :data:`_RESIDENCE_COLUMNS`; ``since`` overrules what the row says."""
        spot = self._where.of(values["address_id"])
        return (
            new_id(), occupant, spot.address_id, self._home(values, spot, homes), spot.division_id, values["kind"],
            values.get("relation", "other"), since or values.get("since") or self._today, spot.agency_path,
            spot.grid_code, values.get("source", "import"), values.get("confirmed_on"),
        )  # fmt: skip

    def _alter(self, change: Change, writes: Writes, residences: Fresh, homes: Fresh) -> None:
        """New values of a known person; another address is a move: one residence ends, one begins."""
        assert change.current is not None
        row: Occupant = change.current["row"]
        living: Residence | None = change.current["living"]
        fields = self._altered(row, change)
        if fields:
            writes.change.append((row, {**fields, "version": row.version + 1}))
        moved = bool({"address_id", "unit", "room"} & set(change.changed))
        if living is None or moved:
            values = {**{n: change.current.get(n) for n in ("kind", "relation")}, **change.values}
            since = None
            if living is not None:
                since = max(change.changed.get("since") or self._today, living.since)
                ended = {"until": since, "ended_why": "replaced", "version": living.version + 1}
                writes.change.append((living, ended))
            residences.rows.append(self._residence(row.pk, values, homes, since=since))
            return
        own = {name: change.changed[name] for name in _LIVING if name in change.changed}
        if own:
            writes.change.append((living, {**own, "version": living.version + 1}))

    def _altered(self, row: Occupant, change: Change) -> dict[str, Any]:
        """The columns of the person's own row; each group that changes says from where and when it was confirmed."""
        changed, copy = change.changed, Occupant(pk=row.pk)
        told, on = change.values.get("source", "import"), change.values.get("confirmed_on")
        plain = ("id_kind", "sex", "born_on", "guardian_basis")
        fields = {name: changed[name] for name in plain if name in changed}
        if "name" in changed:
            copy.set_name(changed["name"])
            fields |= {"name_sealed": copy.name_sealed, "name_index": copy.name_index}
        if fields or "confirmed_on" in changed:
            fields |= {"identity_source": told, "identity_confirmed_on": on}
        if "phone" in changed:
            copy.set_phone(changed["phone"])
            fields |= {"phone_sealed": copy.phone_sealed, "phone_index": copy.phone_index}
            fields |= {"contact_source": told, "contact_confirmed_on": on}
        return fields
