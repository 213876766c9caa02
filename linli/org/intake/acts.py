"""Importing agencies and rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.agencies.rules import may_stand_under, path_of
from linli.org.intake.rules import Item, read_equipment
from linli.org.rooms.models import Equipment, OpeningHours, Responsibility, Service
from linli.org.rooms.rules import read_hours
from linli.places.grid.models import Grid
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_KINDS = {word: key for key, words in Agency.KINDS.items() for word in (key, *words)}
_ROOM_KINDS = {word: key for word, key in _KINDS.items() if key in Agency.ROOM_KINDS}
_ZONES = {word: key for key, words in Agency.ZONES.items() for word in (key, *words)} | {
    "农村": "village",
    "城郊": "suburb",
}
_CODE = re.compile(r"^[0-9A-Za-z-]{1,24}$")
_PLAIN = ("code", "name", "kind", "zone", "lon", "lat", "phone", "partner_service", "opened_on", "closed_on")

_COMMON = (
    Column(
        "code",
        Type.CODE,
        "单位代码",
        "code",
        required=True,
        key=True,
        aliases=("代码", "编号", "机构代码"),
        max_length=24,
    ),
    Column("name", Type.TEXT, "单位名称", "name", required=True, aliases=("名称",), max_length=80),
)
_PLACE = (
    Column("zone", Type.TEXT, "区域", "zone", choices=_ZONES),
    Column("lon", Type.LON, "经度", "longitude", aliases=("lng", "x")),
    Column("lat", Type.LAT, "纬度", "latitude", aliases=("y",)),
    Column("phone", Type.CODE, "电话", "phone", aliases=("联系电话",), max_length=32),
    Column("opened_on", Type.DATE, "设立日期", "opened on"),
)


@importer
class AgencyImporter(Importer):
    """The tree: bureau, stations, rooms and partners. Parents may stand later in the file."""

    kind = "agencies"
    words = Words("单位", "agencies")
    columns: ClassVar[tuple[Column, ...]] = (
        *_COMMON,
        Column("kind", Type.TEXT, "类别", "kind", required=True, choices=_KINDS),
        Column("parent", Type.CODE, "上级代码", "parent", aliases=("parent_code", "上级单位代码"), max_length=24),
        *_PLACE,
        Column("partner_service", Type.CODE, "联动服务", "partner service", max_length=20),
        Column("closed_on", Type.DATE, "撤销日期", "closed on"),
    )

    def __init__(self) -> None:
        self._agencies: dict[str, Agency] = {}
        self._ids: dict[str, Any] = {}

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Parents first; a row whose parent is missing, or may not have it, is rejected with all below it."""
        self._agencies = {row.code: row for row in Agency.objects.select_related("parent")}
        waiting, ready, placed = records, [], dict.fromkeys(self._agencies)
        kinds = {code: row.kind for code, row in self._agencies.items()}
        paths = {code: row.path for code, row in self._agencies.items()}
        while waiting:
            now = [r for r in waiting if not self._parent(r) or self._parent(r) in placed]
            if not now:
                break
            waiting = [r for r in waiting if r not in now]
            for record in now:
                if self._stands(record, kinds, faults):
                    placed[record.key] = None
                    kinds[record.key] = record.values.get("kind", kinds.get(record.key, ""))
                    parent = self._parent(record)
                    paths.setdefault(record.key, path_of(record.key, paths[parent] if parent else None))
                    ready.append(record)
        for record in waiting:
            zh, en = f"没有上级单位{self._parent(record)}", f"there is no parent {self._parent(record)}"
            faults.reject(record, "parent", "agency.no_parent", zh=zh, en=en, value=self._parent(record))
        self._ids = {r.key: self._agencies[r.key].pk if r.key in self._agencies else new_id() for r in ready}
        self._ids |= {code: row.pk for code, row in self._agencies.items()}
        for record in ready:
            record.values["path"] = paths[record.key]
        return ready

    def _parent(self, record: Record) -> str:
        stored = self._agencies.get(record.key)
        return record.values.get("parent") or (stored.parent.code if stored and stored.parent else "")

    def _stands(self, record: Record, kinds: dict[str, str], faults: Faults) -> bool:
        parent, stored = self._parent(record), self._agencies.get(record.key)
        kind = record.values.get("kind") or (stored.kind if stored else "")
        if not _CODE.match(record.key):
            zh, en = "代码只能用字母、数字和短横线，最多24位", "a code is letters, digits and hyphens, 24 at most"
            faults.reject(record, "code", "agency.code_form", zh=zh, en=en, value=record.key)
        elif stored and parent != (stored.parent.code if stored.parent else ""):
            zh, en = "不能通过导入改变上级单位", "an import does not move an agency to another parent"
            faults.reject(record, "parent", "agency.moved", zh=zh, en=en, value=parent)
        elif kind and not may_stand_under(kind, kinds.get(parent) if parent else None):
            zh = f"{Agency.KINDS[kind][0]}不能设在{parent or '最上级'}之下"
            en = f"a {Agency.KINDS[kind][1]} cannot stand under {parent or 'nothing'}"
            faults.reject(record, "parent", "agency.wrong_parent", zh=zh, en=en, value=parent)
        else:
            return True
        return False

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        rows = (self._agencies[key] for key in keys if key in self._agencies)
        return {row.code: agency_values(row) for row in rows}

    def build(self, changes: Sequence[Change]) -> Writes:
        writes = Writes()
        for change in changes:
            fields = {name: value for name, value in change.changed.items() if name in (*_PLAIN, "path")}
            if change.current is None:
                parent = self._parent(change.record)
                row = Agency(id=self._ids[change.record.key], parent_id=self._ids[parent] if parent else None, **fields)
                row.opened_on = row.opened_on or clock.today()
                writes.create.append(row)
            else:
                old: Agency = change.current["row"]
                writes.change.append((old, {**fields, "version": old.version + 1}))
        return writes


@importer
class RoomImporter(AgencyImporter):
    """One row opens a room: agency, hours, services, equipment and grids together (P12)."""

    kind = "rooms"
    words = Words("警务室", "rooms")
    columns: ClassVar[tuple[Column, ...]] = (
        *_COMMON,
        Column("kind", Type.TEXT, "类别", "kind", required=True, choices=_ROOM_KINDS),
        Column(
            "parent",
            Type.CODE,
            "所属单位代码",
            "parent",
            required=True,
            aliases=("派出所代码", "上级代码"),
            max_length=24,
        ),
        *_PLACE,
        Column("hours", Type.TEXT, "开放时间", "opening hours", max_length=200),
        Column("services", Type.LIST, "服务清单", "services"),
        Column("equipment", Type.LIST, "装备", "equipment"),
        Column("grids", Type.LIST, "警格", "grids", aliases=("负责警格", "警格编号")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._grids: dict[str, Grid] = {}
        self._wanted: dict[str, tuple[Item, ...]] = {}

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Check hours, equipment and grids; two rooms of one file cannot claim one grid."""
        rows = Grid.objects.filter(kind="police", active=True)
        self._grids = {row.code: row for row in rows}
        claimed: dict[str, str] = {}
        good = [record for record in records if self._furnished(record, claimed, faults)]
        return super().prepare(good, faults)

    def _furnished(self, record: Record, claimed: dict[str, str], faults: Faults) -> bool:
        values = record.values
        try:
            if "hours" in values:
                values["hours"] = tuple(sorted(read_hours(values["hours"])))
        except Refusal as refusal:
            faults.reject(record, "hours", refusal.code, zh=refusal.words.zh, en=refusal.words.en)
            return False
        try:
            if "equipment" in values:
                values["equipment"] = read_equipment(values["equipment"], Equipment.KINDS, record.key)
                self._wanted[record.key] = values["equipment"]
        except ValueError as word:
            zh, en = f"没有“{word}”这类装备", f"there is no equipment of kind {word}"
            faults.reject(record, "equipment", "equipment.unknown_kind", zh=zh, en=en, value=str(word))
            return False
        if "services" in values:
            values["services"] = tuple(sorted(values["services"]))
        return self._claims(record, claimed, faults)

    def _claims(self, record: Record, claimed: dict[str, str], faults: Faults) -> bool:
        grids = tuple(sorted(record.values.get("grids", ())))
        for code in grids:
            if code not in self._grids:
                zh, en = f"没有在用的警格{code}", f"there is no police grid {code} in force"
            elif claimed.get(code, record.key) != record.key:
                zh, en = f"警格{code}已由{claimed[code]}负责", f"the grid {code} is claimed by {claimed[code]} above"
            else:
                continue
            faults.reject(record, "grids", "grid.unknown", zh=zh, en=en, value=code)
            return False
        claimed |= dict.fromkeys(grids, record.key)
        if grids:
            record.values["grids"] = grids
        return True

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = {key: dict(values) for key, values in super().current(keys).items()}
        ids = {values["row"].pk: key for key, values in found.items()}
        lists: dict[str, dict[str, list[Any]]] = {
            key: {"hours": [], "services": [], "equipment": [], "grids": []} for key in found
        }
        for span in OpeningHours.objects.filter(agency__in=ids):
            lists[ids[span.agency_id]]["hours"].append((span.weekday, span.from_minute, span.until_minute))
        for service in Service.objects.filter(agency__in=ids):
            lists[ids[service.agency_id]]["services"].append(service.name)
        for thing in Equipment.objects.filter(agency__in=ids):
            lists[ids[thing.agency_id]]["equipment"].append(Item(thing.kind, thing.serial))
        held = Responsibility.objects.filter(agency__in=ids, until__isnull=True).select_related("grid")
        for responsibility in held:
            lists[ids[responsibility.agency_id]]["grids"].append(responsibility.grid.code)
        for key, values in lists.items():
            found[key] |= {name: tuple(sorted(items)) for name, items in values.items()}
            wanted = self._wanted.get(key, ())
            if set(wanted) <= set(found[key]["equipment"]):
                found[key]["equipment"] = wanted  # an import adds equipment; what else the room has stays its own
        return found

    def build(self, changes: Sequence[Change]) -> Writes:
        writes = super().build(changes)
        for change in changes:
            self._furnish(change, self._ids[change.record.key], writes)
        return writes

    def _furnish(self, change: Change, room: Any, writes: Writes) -> None:
        given = change.changed if change.current else {"hours": tuple(read_hours("每天 24小时")), **change.changed}
        if "hours" in given:
            writes.drop += list(OpeningHours.objects.filter(agency=room))
            writes.create += [
                OpeningHours(agency_id=room, weekday=day, from_minute=start, until_minute=end)
                for day, start, end in given["hours"]
            ]
        if "services" in given:
            writes.drop += list(Service.objects.filter(agency=room))
            writes.create += [Service(agency_id=room, code=word[:40], name=word[:80]) for word in given["services"]]
        stored = set(Equipment.objects.filter(agency=room).values_list("kind", "serial"))
        for kind, serial in given.get("equipment", ()):
            if (kind, serial) not in stored:
                writes.create.append(Equipment(agency_id=room, kind=kind, serial=serial))
        self._answer_for(given.get("grids", ()), room, writes)

    def _answer_for(self, codes: Sequence[str], room: Any, writes: Writes) -> None:
        """The room answers for these grids from today; whoever answered before is ended today."""
        for code in codes:
            grid, day = self._grids[code], clock.today()
            held = list(Responsibility.objects.filter(grid=grid, until__isnull=True))
            writes.change += [
                (row, {"until": day, "version": row.version + 1}) for row in held if row.agency_id != room
            ]
            if not any(row.agency_id == room for row in held):
                writes.create.append(Responsibility(grid=grid, agency_id=room, since=day))


def agency_values(row: Agency) -> dict[str, Any]:
    """A stored agency in the importer's names."""
    values = {name: getattr(row, name) for name in (*_PLAIN, "path")}
    return {**values, "parent": row.parent.code if row.parent else None, "row": row}
