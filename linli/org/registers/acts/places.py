"""Importing premises and devices. A row names its agency, or it falls to the room that answers for its grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.rooms.models import Responsibility
from linli.places.addresses.models import Address
from linli.places.devices import rules as devices
from linli.places.devices.acts import check_device
from linli.places.devices.models import DEVICE_LIFE, Device
from linli.places.grid.queries import grid_at
from linli.places.premises import rules as premises
from linli.places.premises.acts import check_premises
from linli.places.premises.models import Premises
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.matching import Match
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_AT_ONCE = 400


def _choices(table: Mapping[str, Words]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in (code, words.zh, words.en)}


def _code(zh: str, en: str) -> Column:
    return Column("code", Type.CODE, zh, en, required=True, key=True, aliases=("编号", "代码", "编码"), max_length=40)


_NAME = Column("name", Type.TEXT, "名称", "name", required=True, max_length=120)
_WHERE = (
    Column("lon", Type.LON, "经度", "longitude", aliases=("lng", "x")),
    Column("lat", Type.LAT, "纬度", "latitude", aliases=("y",)),
    Column("address_text", Type.TEXT, "地址", "address", aliases=("address", "位置", "安装位置"), max_length=160),
    Column(
        "agency",
        Type.CODE,
        "负责单位代码",
        "agency that answers for it",
        aliases=("agency_code", "单位代码", "警务室代码"),
        max_length=24,
    ),
)


class _RegisterImporter(Importer):
    """What premises and devices share: finding the agency, the grid, and the rows that are there."""

    staged = True
    matches = (
        Match("name", Words("名称", "name"), ("name",)),
        Match("name_address", Words("名称和地址", "name and address"), ("name", "address_text")),
    )
    model: ClassVar[type[Model]]
    plain: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._by_grid: dict[str, str] = {}
        self._stored: dict[str, Any] = {}

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Give every row its grid and agency, and ask the register's own rule about the row as it will stand."""
        self._paths = dict(Agency.objects.at_work().values_list("code", "path"))
        self._codes = {path: code for code, path in self._paths.items()}
        held = Responsibility.objects.on(clock.today()).order_by("since")
        self._by_grid = dict(held.values_list("grid__code", "agency__path"))
        keys = [record.key for record in records]
        for start in range(0, len(keys), _AT_ONCE):
            rows = self.model._default_manager.filter(code__in=keys[start : start + _AT_ONCE])
            self._stored |= {str(getattr(row, "code")): row for row in rows}  # noqa: B009  (Model has no typed code)
        self.look_up(records)
        return [r for r in records if self._placed(r, faults) and self._possible(r, faults)]

    def look_up(self, records: list[Record]) -> None:
        """What a kind needs beside its own rows, asked once."""

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise a Refusal that names the field when the whole row cannot be."""
        raise NotImplementedError

    def _placed(self, record: Record, faults: Faults) -> bool:
        values, stored = record.values, self._stored.get(record.key)
        agency = values.pop("agency", None)
        if agency is not None and agency not in self._paths:
            zh, en = f"没有单位{agency}", f"there is no agency {agency}"
            faults.reject(record, "agency", "agency.unknown", zh=zh, en=en, value=agency)
            return False
        lon, lat = (values.get(name, getattr(stored, name, None)) for name in ("lon", "lat"))
        if "lon" in values or "lat" in values:
            grid = grid_at(lon, lat) if lon is not None and lat is not None else None
            values["grid_code"] = grid.code if grid else ""
        grid_code = values.get("grid_code", getattr(stored, "grid_code", ""))
        if agency is not None:
            values["agency_path"] = self._paths[agency]
        elif stored is None and grid_code in self._by_grid:
            values["agency_path"] = self._by_grid[grid_code]
        elif stored is None:
            zh, en = "请填负责单位，或所在警格已有警务室负责的经纬度", "name the agency, or a place in a grid of a room"
            faults.reject(record, "agency", "register.no_agency", zh=zh, en=en)
            return False
        return True

    def _possible(self, record: Record, faults: Faults) -> bool:
        stored = self._stored.get(record.key)
        whole = {name: record.values.get(name, getattr(stored, name, None)) for name in self.plain}
        if any(whole.get(column.name) is None for column in self.columns if column.required and not column.key):
            return True  # a required cell that is missing is named by the machine
        try:
            self.check(whole)
        except Refusal as refusal:
            field = str(refusal.facts.get("field", ""))
            faults.reject(record, field, refusal.code, zh=refusal.words.zh, en=refusal.words.en)
            return False
        return True

    def find(self, match: Match, wanted: Sequence[tuple[Any, ...]]) -> Mapping[tuple[Any, ...], Sequence[str]]:
        """By the whole name, or by name and address."""
        found: dict[tuple[Any, ...], list[str]] = {}
        rows = self.model._default_manager.filter(name__in={one[0] for one in wanted})
        for told in rows.values_list("code", *match.columns):
            found.setdefault(tuple(told[1:]), []).append(told[0])
        return found

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        """Every row under the agency that answers for it."""
        codes = dict(Agency.objects.values_list("path", "code"))
        rows: Any = self.model._default_manager
        for row in rows.visible_to(actor).order_by("code").iterator(chunk_size=2_000):
            values = {column.name: getattr(row, column.name, None) for column in self.columns}
            yield {**values, "agency": codes.get(row.agency_path)}

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        names = ("code", *self.plain, "grid_code", "agency_path")
        rows = ((key, self._stored[key]) for key in keys if key in self._stored)
        return {key: {name: getattr(row, name) for name in names} | {"row": row} for key, row in rows}

    def build(self, changes: Sequence[Change]) -> Writes:
        writes = Writes()
        for change in changes:
            if change.current is None:
                writes.create.append(self.model(id=new_id(), **change.values))
            else:
                row = change.current["row"]
                writes.change.append((row, {**change.changed, "version": row.version + 1}))
        return writes


@importer
class PremisesImporter(_RegisterImporter):
    """Firms, shops, schools, sites, rentals by the local register's number."""

    kind = "premises"
    words = Words("场所", "premises")
    model = Premises
    plain = (
        "name", "kind", "operator", "address_text", "address_id", "lon", "lat", "usual_people", "hazard_note",
        "closed_on",
    )  # fmt: skip
    columns: ClassVar[tuple[Column, ...]] = (
        _code("场所编号", "code"),
        _NAME,
        Column(
            "kind", Type.TEXT, "类别", "kind", required=True, choices=_choices(premises.KINDS), aliases=("场所类别",)
        ),
        *_WHERE,
        Column("address_code", Type.CODE, "地址编码", "address code", max_length=40),
        Column("operator", Type.TEXT, "经营单位", "operator", aliases=("单位名称", "经营者"), max_length=120),
        Column(
            "usual_people", Type.INTEGER, "常有人数", "people usually there", aliases=("人数",), least=0, most=200_000
        ),
        Column("hazard_note", Type.TEXT, "危险提示", "what is dangerous", aliases=("危险源",), max_length=200),
        Column("closed_on", Type.DATE, "停业日期", "closed on"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._addresses: dict[str, Address] = {}

    def look_up(self, records: list[Record]) -> None:
        wanted = sorted({record.values["address_code"] for record in records if "address_code" in record.values})
        for start in range(0, len(wanted), _AT_ONCE):
            rows = Address.objects.filter(code__in=wanted[start : start + _AT_ONCE])
            self._addresses |= {row.code: row for row in rows}

    def _placed(self, record: Record, faults: Faults) -> bool:
        """An address by its code gives the point and the text that the row leaves blank."""
        code = record.values.pop("address_code", None)
        if code is not None:
            address = self._addresses.get(code)
            if address is None:
                zh, en = f"没有地址编码{code}", f"there is no address with the code {code}"
                faults.reject(record, "address_code", "address.unknown", zh=zh, en=en, value=code)
                return False
            stored = self._stored.get(record.key)
            record.values["address_id"] = address.pk
            if stored is None or stored.lon is None:
                record.values.setdefault("lon", address.lon)
                record.values.setdefault("lat", address.lat)
            if stored is None or not stored.address_text:
                record.values.setdefault("address_text", address.text)
        return super()._placed(record, faults)

    def check(self, values: Mapping[str, Any]) -> None:
        check_premises(name=values["name"], kind=values["kind"], lon=values["lon"], lat=values["lat"])


@importer
class DeviceImporter(_RegisterImporter):
    """Front-end devices by their code (D10). Never with a stream."""

    kind = "devices"
    words = Words("前端设备", "devices")
    model = Device
    plain = (
        "name", "kind", "owner_kind", "owner", "state", "lon", "lat", "direction_deg", "angle_deg", "range_m",
        "address_text",
    )  # fmt: skip
    columns: ClassVar[tuple[Column, ...]] = (
        _code("设备编码", "code"),
        _NAME,
        Column(
            "kind", Type.TEXT, "类别", "kind", required=True, choices=_choices(devices.KINDS), aliases=("设备类别",)
        ),
        Column("lon", Type.LON, "经度", "longitude", required=True, aliases=("lng", "x")),
        Column("lat", Type.LAT, "纬度", "latitude", required=True, aliases=("y",)),
        *_WHERE[2:],
        Column("owner_kind", Type.TEXT, "权属", "owner kind", choices=_choices(devices.OWNERS), aliases=("建设性质",)),
        Column("owner", Type.TEXT, "权属单位", "owner", aliases=("建设单位",), max_length=120),
        Column("direction_deg", Type.NUMBER, "朝向（度）", "direction (degrees)", aliases=("朝向", "方位角")),
        Column("angle_deg", Type.NUMBER, "视角（度）", "angle of view (degrees)", aliases=("视角", "视场角")),
        Column("range_m", Type.NUMBER, "可视距离（米）", "range (metres)", aliases=("可视距离",)),
        Column(
            "state",
            Type.TEXT,
            "状态",
            "state",
            choices=_choices({state.name: state.words for state in DEVICE_LIFE.states}),
        ),
    )

    def check(self, values: Mapping[str, Any]) -> None:
        check_device({**values, "owner_kind": values["owner_kind"] or "police"})

    def build(self, changes: Sequence[Change]) -> Writes:
        """A state that a table says is taken over; since when it is broken is known from now on."""
        for change in changes:
            state = change.changed.get("state")
            if state is not None:
                change.changed["broken_since"] = clock.now() if state == "broken" else None
        return super().build(changes)
