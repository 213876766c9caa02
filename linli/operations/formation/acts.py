"""Importing units: a row is a call sign, its agency, its means and its crew by staff number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.operations.units.models import Unit, UnitCrew
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.people.rules import SKILLS
from linli.org.rooms.rules import EQUIPMENT
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_AT_ONCE = 400
_PLAIN = ("kind", "skills", "equipment", "retired_on")


def _coded(table: Mapping[str, Words]) -> dict[str, str]:
    return {word.casefold(): code for code, words in table.items() for word in (code, words.zh, words.en)}


_SKILLS, _EQUIPMENT = _coded(SKILLS), _coded(EQUIPMENT)


@importer
class UnitImporter(Importer):
    """Units by call sign. A new one is not available until somebody signs it on; a crew replaces the one before it."""

    kind = "units"
    words = Words("警组", "units")
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "call_sign",
            Type.TEXT,
            "呼号",
            "call sign",
            required=True,
            key=True,
            aliases=("警组", "车组呼号", "unit"),
            max_length=24,
        ),
        Column(
            "agency",
            Type.CODE,
            "单位代码",
            "agency",
            required=True,
            aliases=("agency_code", "单位", "警务室代码"),
            max_length=24,
        ),
        Column(
            "kind",
            Type.TEXT,
            "出行方式",
            "kind",
            aliases=("类别", "车型"),
            choices={word: code for code, words in Unit.KINDS.items() for word in (code, words.zh, words.en)},
        ),
        Column("skills", Type.LIST, "技能", "skills"),
        Column("equipment", Type.LIST, "装备", "equipment"),
        Column("crew", Type.LIST, "车组人员工号", "crew (staff numbers)", aliases=("人员", "工号", "crew_staff_no")),
        Column("retired_on", Type.DATE, "撤编日期", "retired on"),
    )

    def __init__(self) -> None:
        self._agencies: dict[str, Agency] = {}
        self._units: dict[str, Unit] = {}
        self._people: dict[str, Person] = {}
        self._riding: dict[str, tuple[str, ...]] = {}
        """Who rides where now: staff numbers by call sign."""

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Check agencies, skills, equipment and crews; nobody ends up in two units."""
        self._agencies = {row.code: row for row in Agency.objects.at_work()}
        self._units = {row.call_sign: row for row in Unit.objects.select_related("agency")}
        wanted = {staff_no for record in records for staff_no in record.values.get("crew", ())}
        rows = [row for part in _pieces(sorted(wanted)) for row in Person.objects.filter(staff_no__in=part)]
        self._people = {row.staff_no: row for row in rows if row.left_on is None}
        riding: dict[str, list[str]] = {}
        for ride in UnitCrew.objects.filter(until__isnull=True).select_related("unit", "person"):
            riding.setdefault(ride.unit.call_sign, []).append(ride.person.staff_no)
        self._riding = {call_sign: tuple(sorted(staff)) for call_sign, staff in riding.items()}
        known = [r for r in records if self._known(r, faults) and self._crewed(r, faults)]
        good = self._each_in_one(known, faults)
        for record in good:
            self._with_skills_of_crew(record)
        return good

    def _known(self, record: Record, faults: Faults) -> bool:
        """Agency, skills and equipment exist; a unit on an order is not retired."""
        values, stored = record.values, self._units.get(record.key)
        agency = values.get("agency")
        if agency and agency not in self._agencies:
            zh, en = f"没有单位{agency}", f"there is no agency {agency}"
            faults.reject(record, "agency", "agency.unknown", zh=zh, en=en, value=agency)
            return False
        if values.get("retired_on") and stored is not None and stored.order_id is not None:
            zh, en = "正在执行派警单，不能撤编", "it is on an order and cannot be retired"
            faults.reject(record, "retired_on", "unit.on_order", zh=zh, en=en)
            return False
        for name, table in (("skills", _SKILLS), ("equipment", _EQUIPMENT)):
            for word in values.get(name, ()):
                if word.casefold() not in table:
                    zh, en = f"没有“{word}”", f"there is no {word}"
                    faults.reject(record, name, f"unit.unknown_{name}", zh=zh, en=en, value=word)
                    return False
            if name in values:
                values[name] = tuple(sorted({table[word.casefold()] for word in values[name]}))
        return True

    def _crewed(self, record: Record, faults: Faults) -> bool:
        for staff_no in record.values.get("crew", ()):
            if staff_no not in self._people:
                zh, en = f"没有工号{staff_no}的在岗人员", f"nobody at work has the staff number {staff_no}"
                faults.reject(record, "crew", "person.unknown", zh=zh, en=en, value=staff_no)
                return False
        if "crew" in record.values:
            record.values["crew"] = tuple(sorted(set(record.values["crew"])))
        return True

    def _each_in_one(self, records: list[Record], faults: Faults) -> list[Record]:
        """Leave out rows whose people would ride in two units when all rows are in: the later row keeps them."""
        after = dict(self._riding)
        after |= {record.key: record.values["crew"] for record in records if "crew" in record.values}
        good = []
        for record in records:
            taken = next(
                (
                    (staff_no, other)
                    for staff_no in record.values.get("crew", ())
                    for other, staff in after.items()
                    if other != record.key and staff_no in staff
                ),
                None,
            )
            if taken is None:
                good.append(record)
                continue
            staff_no, other = taken
            zh, en = f"工号{staff_no}已在{other}车组", f"{staff_no} already rides in {other}"
            faults.reject(record, "crew", "unit.in_another", zh=zh, en=en, value=staff_no)
            after[record.key] = self._riding.get(record.key, ())
        return good

    def _with_skills_of_crew(self, record: Record) -> None:
        """A unit can what its people can: the same as when it is crewed by hand."""
        values, stored = record.values, self._units.get(record.key)
        if "crew" not in values and "skills" not in values:
            return
        own = set(values.get("skills", stored.skills if stored else ()))
        crew = values.get("crew", ())
        values["skills"] = tuple(sorted(own | {skill for staff_no in crew for skill in self._people[staff_no].skills}))

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = {}
        for key in keys:
            row = self._units.get(key)
            if row is not None:
                found[key] = {
                    "call_sign": key,
                    "agency": row.agency.code,
                    "kind": row.kind,
                    "skills": tuple(sorted(row.skills)),
                    "equipment": tuple(sorted(row.equipment)),
                    "crew": self._riding.get(key, ()),
                    "retired_on": row.retired_on,
                    "row": row,
                }
        return found

    def build(self, changes: Sequence[Change]) -> Writes:
        writes, now = Writes(), clock.now()
        units: dict[str, Unit] = {}
        for change in changes:
            fields = {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in change.changed.items()
                if name in _PLAIN
            }
            if "agency" in change.changed:
                fields["agency"] = self._agencies[change.changed["agency"]]
            if change.current is None:
                row = Unit(id=new_id(), call_sign=change.record.key, touched_at=now, **fields)
                writes.create.append(row)
            else:
                row = change.current["row"]
                writes.change.append((row, {**fields, "touched_at": now, "version": row.version + 1}))
            units[change.record.key] = row
        self._seat([change for change in changes if "crew" in change.changed], units, writes)
        return writes

    def _seat(self, changes: Sequence[Change], units: Mapping[str, Unit], writes: Writes) -> None:
        """End the rides that a crew replaces, of the unit and of its people elsewhere, and begin the new ones."""
        now = clock.now()
        wanted = {change.record.key: set(change.changed["crew"]) for change in changes}
        staff = sorted({staff_no for crew in wanted.values() for staff_no in crew})
        held = {
            ride.pk: ride
            for part, name in ((sorted(wanted), "unit__call_sign__in"), (staff, "person__staff_no__in"))
            for keys in _pieces(part)
            for ride in UnitCrew.objects.filter(until__isnull=True, **{name: keys}).select_related("unit", "person")
        }
        stays = set()
        for ride in held.values():
            if ride.person.staff_no in wanted.get(ride.unit.call_sign, ()):
                stays.add((ride.unit.call_sign, ride.person.staff_no))
            else:
                writes.change.append((ride, {"until": now}))
        writes.create += [
            UnitCrew(unit=units[call_sign], person=self._people[staff_no], since=now)
            for call_sign, crew in wanted.items()
            for staff_no in sorted(crew)
            if (call_sign, staff_no) not in stays
        ]


def _pieces(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
