"""Importing past incidents, and the category tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from linli.kernel import clock
from linli.kernel.scope import system
from linli.kernel.words import Words
from linli.matters.intake.rules import MILESTONES, call_signs, ended_at
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Fact, Matter, NumberSeries, Stamp
from linli.matters.ledger.rules import public_number
from linli.matters.routing.models import Category
from linli.matters.routing.queries import bureau, chosen_categories
from linli.matters.routing.rules import OTHER
from linli.matters.search.acts import index_rows
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.org.rooms.queries import Held, held_on
from linli.places.grid.queries import GridHistory
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

SOURCE = "import"
_NUMBERS_AT_ONCE = 500
_COUNTED = ("beat", "foreign_category", "result")
_DETAILS = ("narrative", "beat", "foreign_category", "foreign_final_category", "result", "units")
_TIMES = ("received_at", *(f"{milestone}_at" for milestone in MILESTONES))
_PLAIN = ("priority", "address", "lon", "lat")


@importer
class IncidentImporter(Importer):
    """Past calls by their own number. Times stay as they were given, missing ones stay missing, none is made up."""

    kind = "incidents"
    words = Words("警情", "incidents")
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "number",
            Type.CODE,
            "警情编号",
            "number",
            required=True,
            key=True,
            aliases=("case_number", "编号"),
            max_length=64,
        ),
        Column("source", Type.CODE, "来源", "source", max_length=40),
        Column("received_at", Type.DATETIME, "报警时间", "received at", required=True, aliases=("接警时间",)),
        Column("ordered_at", Type.DATETIME, "派警时间", "ordered at", aliases=("dispatched_at",)),
        Column("arrived_at", Type.DATETIME, "到场时间", "arrived at", aliases=("到达时间",)),
        Column("done_at", Type.DATETIME, "处置完毕时间", "done at"),
        Column("closed_at", Type.DATETIME, "结案时间", "closed at"),
        Column("category", Type.TEXT, "类别", "category", aliases=("call_type", "警情类别"), max_length=120),
        Column("final_category", Type.TEXT, "最终类别", "final category", max_length=120),
        Column("priority", Type.INTEGER, "等级", "priority"),
        Column("beat", Type.TEXT, "巡区", "beat", aliases=("beat_grid",), max_length=120),
        Column("units", Type.LIST, "出警单位", "units", aliases=("call_signs",)),
        Column("address", Type.TEXT, "地址", "address", aliases=("address_block", "报警地址"), max_length=200),
        Column("narrative", Type.TEXT, "报警内容", "narrative", aliases=("内容",)),
        Column("result", Type.TEXT, "处置结果", "result", aliases=("clearance_code", "outcome"), max_length=200),
        Column("agency", Type.CODE, "处置单位代码", "handled by", aliases=("handled_by",)),
        Column("station", Type.CODE, "派出所代码", "station"),
        Column("lon", Type.LON, "经度", "longitude", aliases=("lng", "x")),
        Column("lat", Type.LAT, "纬度", "latitude", aliases=("y",)),
    )

    def __init__(self) -> None:
        self._codes = {word.casefold(): row.code for row in chosen_categories() for word in (row.code, row.zh, row.en)}
        self._agencies = {row.code: row for row in Agency.objects.all()}
        self._root = bureau()
        self._actor = system("import")
        self._running: list[int] = []
        self._grids = GridHistory()
        self._held: dict[tuple[UUID, date], Held | None] = {}

    def key(self, values: Mapping[str, Any]) -> str:
        return f"{values.get('source') or SOURCE}|{values['number']}"

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Put foreign words in our terms, keeping them; refuse unknown agencies and priorities."""
        for record in records:
            values = record.values
            for name in ("category", "final_category"):
                if name in values:
                    self._translate(values, name)
            if "units" in values:
                values["units"] = tuple(call_signs(values["units"]))
        return [record for record in records if self._known(record, faults)]

    def _translate(self, values: dict[str, Any], name: str) -> None:
        """Our code when the word is a code or name of ours, else “cannot be placed”, and the word itself is kept."""
        word = values[name]
        code = self._codes.get(word.casefold())
        values[name] = code or OTHER
        if code is None:
            values[f"foreign_{name}"] = word

    def _known(self, record: Record, faults: Faults) -> bool:
        values = record.values
        if values.get("priority") not in (None, 1, 2, 3, 4):
            zh, en = "等级应为1至4", "a priority is 1 to 4"
            faults.reject(record, "priority", "call.priority", zh=zh, en=en, value=str(values["priority"]))
            return False
        for name in ("agency", "station"):
            code = values.get(name)
            if code and code not in self._agencies:
                zh, en = f"没有单位{code}", f"there is no agency {code}"
                faults.reject(record, name, "agency.unknown", zh=zh, en=en, value=code)
                return False
        return True

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        numbers = [key.partition("|")[2] for key in keys]
        rows = Matter.objects.filter(external_number__in=numbers, kind="incident").select_related(
            "handled_by", "station"
        )
        matters = {f"{row.external_source}|{row.external_number}": row for row in rows}
        matters = {key: row for key, row in matters.items() if key in set(keys)}
        stamps: dict[Any, dict[str, Stamp]] = defaultdict(dict)
        for stamp in Stamp.objects.filter(matter__in=list(matters.values()), order_id__isnull=True):
            stamps[stamp.matter_id].setdefault(stamp.milestone, stamp)
        return {key: _as_values(row, stamps[row.pk]) for key, row in matters.items()}

    def build(self, changes: Sequence[Change]) -> Writes:
        """Matters with their stamps and facts."""
        matters: list[Matter] = []
        stamps: list[Stamp] = []
        facts: list[Fact] = []
        writes = Writes()
        for change in changes:
            if change.current is None:
                matter = self._matter(change.values, self._number(change.values["received_at"]))
                matters.append(matter)
                stamps += _stamps(matter, change.values)
                facts += _facts(matter, change.values)
            else:
                self._alter(change, change.current, writes)
        writes.create = [*matters, *stamps, *facts, *index_rows(matters), *writes.create]
        return writes

    def _number(self, at: datetime) -> str:
        """A public number, out of a block that is taken at once: a step of the import stays one transaction."""
        if not self._running:
            self._running = _running_numbers(_NUMBERS_AT_ONCE)[::-1]
        return public_number(KINDS["incident"].prefix, at, self._running.pop())

    def _matter(self, values: Mapping[str, Any], number: str) -> Matter:
        category = values.get("category", "")
        matter = Matter(
            number=number,
            external_source=values.get("source") or SOURCE,
            external_number=values["number"],
            kind="incident",
            state="closed",
            title=(values.get("foreign_category") or values.get("address") or "")[:160],
            details=_details(values),
            category_initial=category,
            category=values.get("final_category") or category,
            priority_initial=values.get("priority"),
            opened_by=self._actor.id,
            source=SOURCE,
            received_at=values["received_at"],
            opened_at=clock.now(),
            closed_at=ended_at(values),
            **{name: values[name] for name in _PLAIN if name in values},
        )
        self._place(matter, values)
        return matter

    def _place(self, matter: Matter, values: Mapping[str, Any]) -> None:
        handled = self._agencies.get(values.get("agency", ""))
        station = self._agencies.get(values.get("station", "")) or (station_of(handled) if handled else None)
        matter.handled_by, matter.agency, matter.station = handled, handled or station or self._root, station
        if matter.lon is None or matter.lat is None:
            return
        matter.placed_by = "sent"
        day = clock.shanghai(matter.received_at).date()
        matter.grid = self._grids.at(matter.lon, matter.lat, day)
        if handled is None and station is None and matter.grid is not None:
            held = self._held_on(matter.grid.pk, day)
            if held is not None:
                matter.agency, matter.station = held.responsibility.agency, held.station

    def _held_on(self, grid: UUID, day: date) -> Held | None:
        if (grid, day) not in self._held:
            self._held[grid, day] = held_on(grid, day)
        return self._held[grid, day]

    def _alter(self, change: Change, current: Mapping[str, Any], writes: Writes) -> None:
        matter: Matter = current["row"]
        changed, values = change.changed, {**_known_of(current), **change.values}
        fields: dict[str, Any] = {name: changed[name] for name in _PLAIN if name in changed}
        if "category" in changed:
            fields["category_initial"] = changed["category"]
            if matter.category == matter.category_initial:
                fields["category"] = changed["category"]
        if "final_category" in changed:
            fields["category"] = changed["final_category"]
        if "received_at" in changed:
            fields["received_at"] = changed["received_at"]
        if {"agency", "station"} & set(changed):
            self._place(matter, values)
            fields |= {name: getattr(matter, name) for name in ("handled_by", "agency", "station")}
        fields |= {"details": {**matter.details, **_details(values)}, "closed_at": ended_at(values)}
        writes.change.append((matter, {**fields, "version": matter.version + 1}))
        _alter_beside(matter, changed, current, writes)


def _known_of(current: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in current.items() if value not in (None, "") and name not in ("row", "stamps")}


def _alter_beside(matter: Matter, changed: Mapping[str, Any], current: Mapping[str, Any], writes: Writes) -> None:
    """Stamps and facts that the row corrects are altered, those that it adds are made."""
    for name in _TIMES:
        if name in changed:
            stamp = current["stamps"].get(name.removesuffix("_at"))
            if stamp is None:
                writes.create += _stamps(matter, {name: changed[name]})
            else:
                writes.change.append((stamp, {"server_at": changed[name], "device_at": changed[name]}))
    counted = [name for name in _COUNTED if name in changed]
    stored = {fact.name: fact for fact in Fact.objects.filter(matter=matter, name__in=counted)} if counted else {}
    for name in counted:
        if name in stored:
            writes.change.append((stored[name], {"text": changed[name][:200]}))
        else:
            writes.create += _facts(matter, {name: changed[name]})


def _details(values: Mapping[str, Any]) -> dict[str, Any]:
    details = {name: values[name] for name in _DETAILS if values.get(name)}
    return details | ({"units": list(details["units"])} if "units" in details else {})


def _stamps(matter: Matter, values: Mapping[str, Any]) -> list[Stamp]:
    return [
        Stamp(
            matter=matter,
            milestone=name.removesuffix("_at"),
            source=SOURCE,
            device_at=values[name],
            server_at=values[name],
        )
        for name in _TIMES
        if values.get(name)
    ]


def _facts(matter: Matter, values: Mapping[str, Any]) -> list[Fact]:
    return [Fact(matter=matter, name=name, text=values[name][:200]) for name in _COUNTED if values.get(name)]


def _as_values(row: Matter, stamps: Mapping[str, Stamp]) -> dict[str, Any]:
    details = row.details
    values: dict[str, Any] = {name: details.get(name) for name in _DETAILS}
    values |= {name: getattr(row, name) for name in _PLAIN}
    values |= {name: stamps[name[:-3]].server_at if name[:-3] in stamps else None for name in _TIMES}
    values |= {"number": row.external_number, "source": row.external_source, "row": row, "stamps": stamps}
    values |= {"received_at": row.received_at, "category": row.category_initial}
    values["final_category"] = row.category
    values["agency"] = row.handled_by.code if row.handled_by else None
    values["station"] = row.station.code if row.station else None
    values["units"] = tuple(details.get("units", ()))
    return values


def _running_numbers(count: int) -> list[int]:
    """The next running numbers: one trip to the sequence, or one step of the counter. Numbers not used are gaps."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('matters_number') FROM generate_series(1, %s)", [count])
            return [int(row[0]) for row in cursor.fetchall()]
    with transaction.atomic():
        NumberSeries.objects.get_or_create(id=1)
        NumberSeries.objects.filter(id=1).update(last=F("last") + count)
        last = NumberSeries.objects.values_list("last", flat=True).get(id=1)
    return list(range(last - count + 1, last + 1))


@importer
class CategoryImporter(Importer):
    """The category tree by code; a parent may stand later in the file."""

    kind = "categories"
    words = Words("警情类别", "categories")
    act = "import.category_rows"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("code", Type.CODE, "类别代码", "code", required=True, key=True, max_length=12),
        Column("parent", Type.CODE, "上级代码", "parent", max_length=12),
        Column("zh", Type.TEXT, "中文名称", "Chinese name", required=True, max_length=60),
        Column("en", Type.TEXT, "英文名称", "English name", required=True, max_length=80),
        Column("priority", Type.INTEGER, "等级", "priority"),
        Column("taken_by", Type.TEXT, "由谁处置", "taken by", choices={taker: taker for taker in Category.TAKERS}),
        Column("automatic", Type.BOOL, "自动派警", "automatic"),
        Column("skills", Type.LIST, "所需技能", "skills"),
        Column("equipment", Type.LIST, "所需装备", "equipment"),
        Column("ask_along", Type.LIST, "联动服务", "ask along"),
        Column("words", Type.LIST, "常用说法", "words"),
    )

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Refuse priorities out of range and parents that exist nowhere."""
        known = {record.key for record in records} | set(Category.objects.values_list("code", flat=True))
        good = []
        for record in records:
            parent, priority = record.values.get("parent"), record.values.get("priority", 3)
            if parent and parent not in known:
                zh, en = f"没有上级类别{parent}", f"there is no category {parent}"
                faults.reject(record, "parent", "category.no_parent", zh=zh, en=en, value=parent)
            elif not 1 <= priority <= 4:
                faults.reject(record, "priority", "call.priority", zh="等级应为1至4", en="a priority is 1 to 4")
            else:
                good.append(record)
        return good

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        names = [column.name for column in self.columns]
        return {
            row.code: {**{name: getattr(row, name) for name in names}, "row": row}
            for row in Category.objects.filter(code__in=keys)
        }

    def build(self, changes: Sequence[Change]) -> Writes:
        writes = Writes()
        for change in changes:
            fields = {name: list(v) if isinstance(v, tuple) else v for name, v in change.changed.items()}
            if change.current is None:
                writes.create.append(Category(**fields))
            else:
                writes.change.append((change.current["row"], {**fields, "updated_at": clock.now()}))
        return writes
