"""Importing volunteers by their register number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from linli.kernel.crypto import blind_index
from linli.kernel.errors import Refusal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.parties.rules import plain_phone
from linli.org.agencies.models import Agency
from linli.volunteers.members.acts import check_member, read_free
from linli.volunteers.members.models import PHONE, FreeTime, Member
from linli.volunteers.members.rules import KINDS
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.matching import Match
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_AT_ONCE = 400
_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_PLAIN = ("kind", "grid_code", "consented_on", "at_night")


@importer
class VolunteerImporter(Importer):
    """Volunteers with kind, room, consent and free time. One who has withdrawn does not come back by a table."""

    kind = "volunteers"
    words = Words("志愿者", "volunteers")
    staged = True
    personal = True
    matches = (Match("phone", Words("电话", "telephone"), ("phone",)),)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "code",
            Type.CODE,
            "编号",
            "number",
            required=True,
            key=True,
            aliases=("志愿者编号", "登记号"),
            max_length=40,
        ),
        Column("name", Type.TEXT, "姓名", "name", required=True, max_length=60),
        Column(
            "phone", Type.CODE, "电话", "phone", required=True, aliases=("手机", "手机号", "联系电话"), max_length=32
        ),
        Column(
            "kind",
            Type.TEXT,
            "类别",
            "kind",
            required=True,
            choices={word: code for code, words in KINDS.items() for word in (code, words.zh, words.en)},
        ),
        Column(
            "agency",
            Type.CODE,
            "联系单位代码",
            "agency that keeps in touch",
            required=True,
            aliases=("agency_code", "单位代码", "警务室代码"),
            max_length=24,
        ),
        Column("grid_code", Type.CODE, "警格编号", "grid", aliases=("grid", "警格"), max_length=24),
        Column("consented_on", Type.DATE, "同意日期", "consented on", required=True, aliases=("同意登记日期",)),
        Column("free", Type.TEXT, "可用时间", "free time", aliases=("空闲时间",), max_length=200),
        Column("at_night", Type.BOOL, "夜间可联系", "may be called at night", aliases=("夜间",)),
    )

    def __init__(self) -> None:
        self._agencies: dict[str, Agency] = {}
        self._members: dict[str, Member] = {}
        self._free: dict[str, tuple[tuple[int, int, int], ...]] = {}

    def tidy(self, values: dict[str, Any]) -> dict[str, Any]:
        if "phone" in values:
            values["phone"] = plain_phone(values["phone"])
        return values

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Check rooms, grids, consent and times, with what is stored where the row is blank."""
        self._agencies = {row.code: row for row in Agency.objects.at_work()}
        keys = [record.key for record in records]
        for start in range(0, len(keys), _AT_ONCE):
            rows = Member.objects.filter(code__in=keys[start : start + _AT_ONCE])
            self._members |= {row.code: row for row in rows.select_related("agency").prefetch_related("free_times")}
        for code, row in self._members.items():
            spans = ((one.weekday, one.from_minute, one.until_minute) for one in row.free_times.all())
            self._free[code] = tuple(sorted(spans))
        return [record for record in records if self._good(record, faults)]

    def _good(self, record: Record, faults: Faults) -> bool:
        values, stored = record.values, self._members.get(record.key)
        agency = values.get("agency")
        if agency and agency not in self._agencies:
            zh, en = f"没有单位{agency}", f"there is no agency {agency}"
            faults.reject(record, "agency", "agency.unknown", zh=zh, en=en, value=agency)
            return False
        if stored is not None and stored.state == "withdrawn":
            zh, en = "本人已退出，不能再导入", "this volunteer has withdrawn"
            faults.reject(record, "code", "volunteer.withdrawn", zh=zh, en=en, value=record.key)
            return False
        if stored is not None and stored.person_id and agency and agency != stored.agency.code:
            zh, en = "有码卡的志愿者不能用表格换单位，请先退出再登记", "who has a code card does not move by a table"
            faults.reject(record, "agency", "volunteer.has_card", zh=zh, en=en, value=agency)
            return False
        if stored is None and any(values.get(column.name) is None for column in self.columns if column.required):
            return True  # a required cell that is missing is named by the machine
        try:
            if "free" in values:
                values["free"] = tuple(sorted(read_free(values["free"])))
            check_member(
                kind=values.get("kind") or (stored.kind if stored else ""),
                name=values.get("name") or "·",
                phone=values.get("phone") or "0000000",
                consented_on=values.get("consented_on") or (stored.consented_on if stored else None),
                grid_code=values.get("grid_code", ""),
            )
        except Refusal as refusal:
            field = str(refusal.facts.get("field", ""))
            faults.reject(record, field, refusal.code, zh=refusal.words.zh, en=refusal.words.en)
            return False
        return True

    def find(self, match: Match, wanted: Sequence[tuple[Any, ...]]) -> Mapping[tuple[Any, ...], Sequence[str]]:
        """By the whole telephone number; those who withdrew are not found any more."""
        by_index = {blind_index(phone, context=PHONE): (phone,) for (phone,) in wanted}
        found: dict[tuple[Any, ...], list[str]] = {}
        for index, code in Member.objects.filter(phone_index__in=by_index).values_list("phone_index", "code"):
            found.setdefault(by_index[index], []).append(code)
        return found

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        """Volunteers who have not withdrawn."""
        rows = Member.objects.visible_to(actor).exclude(state="withdrawn").select_related("agency")
        for row in rows.prefetch_related("free_times").order_by("code").iterator(chunk_size=500):
            plain = {name: getattr(row, name) for name in _PLAIN}
            free = "；".join(
                f"{_DAYS[one.weekday]} {one.from_minute // 60:02d}:{one.from_minute % 60:02d}-"
                f"{one.until_minute // 60:02d}:{one.until_minute % 60:02d}"
                for one in row.free_times.all()
            )
            yield {
                **plain,
                "code": row.code,
                "agency": row.agency.code,
                "name": row.name,
                "phone": row.phone,
                "free": free,
            }

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for key in keys:
            row = self._members.get(key)
            if row is not None:
                plain = {name: getattr(row, name) for name in _PLAIN}
                sealed = {"name": row.name, "phone": row.phone, "free": self._free.get(key, ())}
                found[key] = {"code": key, "agency": row.agency.code, **plain, **sealed, "row": row}
        return found

    def build(self, changes: Sequence[Change]) -> Writes:
        writes, times = Writes(), []
        for change in changes:
            fields = {name: change.changed[name] for name in _PLAIN if name in change.changed}
            if "agency" in change.changed:
                fields["agency"] = self._agencies[change.changed["agency"]]
            old: Member | None = change.current["row"] if change.current else None
            row = old or Member(id=new_id(), code=change.record.key, **fields)
            fields |= _sealed(row, change.changed)
            if old is None:
                for name, value in fields.items():
                    setattr(row, name, value)
                writes.create.append(row)
            else:
                writes.change.append((old, {**fields, "version": old.version + 1}))
                if "free" in change.changed:
                    writes.drop += list(FreeTime.objects.filter(member=old))
            times += [
                FreeTime(member=row, weekday=day, from_minute=start, until_minute=end)
                for day, start, end in change.changed.get("free", ())
            ]
        writes.create += times
        return writes


def _sealed(row: Member, changed: Mapping[str, Any]) -> dict[str, Any]:
    """Name and number as they are stored, made on a copy: the row keeps its old values until it is written."""
    copy, fields = Member(id=row.pk), dict[str, Any]()
    if "name" in changed:
        copy.set_name(changed["name"])
        fields |= {"name_sealed": copy.name_sealed, "name_index": copy.name_index}
    if "phone" in changed:
        copy.set_phone(changed["phone"])
        fields |= {"phone_sealed": copy.phone_sealed, "phone_index": copy.phone_index}
    return fields
