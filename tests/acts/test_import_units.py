"""Importing units with what they carry and who rides in them: P1, P12."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linli.operations.units.models import Unit, UnitCrew
from linli.org.people.acts import change_person
from linli.works.tables.acts import IMPORTERS, Outcome, run_import
from tests.town import SETUP, Town, build_town

HEAD = "呼号,单位代码,出行方式,技能,装备,车组人员工号,撤编日期\n"


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def load(folder: Path, rows: str, **options: Any) -> Outcome:
    path = folder / "u.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return run_import(SETUP, kind="units", path=path, **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    assert outcome.rows == outcome.created + outcome.updated + outcome.unchanged + outcome.rejected
    return (outcome.rows, outcome.created, outcome.updated, outcome.unchanged, outcome.rejected)


def faults(outcome: Outcome) -> dict[int, tuple[str, str]]:
    lines = Path(outcome.report).read_text(encoding="utf-8").splitlines()[1:]
    return {fault["row"]: (fault["column"], fault["code"]) for fault in map(json.loads, lines)}


def crew(call_sign: str) -> list[str]:
    rides = UnitCrew.objects.filter(unit__call_sign=call_sign, until__isnull=True)
    return sorted(rides.values_list("person__staff_no", flat=True))


def test_a_unit_with_its_crew(town: Town, tmp_path: Path) -> None:
    change_person(SETUP, person=town.people["auxiliary"], skills=["first_aid"])
    row = "新301,R2,摩托,驾驶,对讲机；灭火器,auxiliary、grid_worker,\n"
    assert counts(load(tmp_path, row)) == (1, 1, 0, 0, 0)
    unit = Unit.objects.get(call_sign="新301")
    assert (unit.agency, unit.kind, unit.availability) == (town.rooms[1], "motorcycle", "unavailable")
    assert unit.skills == ["driver", "first_aid"], "what it can, and what its people can"
    assert unit.equipment == ["extinguisher", "radio"]
    assert crew("新301") == ["auxiliary", "grid_worker"]
    assert counts(load(tmp_path, row)) == (1, 0, 0, 1, 0), "again changes nothing"


def test_the_later_row_wins_and_a_blank_overwrites_nothing(town: Town, tmp_path: Path) -> None:
    first = "新301,R1,汽车,,对讲机,auxiliary,\n"
    assert counts(load(tmp_path, first + "新301,R2,,,,grid_worker,\n")) == (2, 1, 1, 0, 0)
    unit = Unit.objects.get(call_sign="新301")
    assert (unit.agency.code, unit.kind, unit.equipment) == ("R2", "car", ["radio"])
    assert crew("新301") == ["grid_worker"]
    version = unit.version
    assert counts(load(tmp_path, "新301,R2,徒步,,,,\n")) == (1, 0, 1, 0, 0)
    unit.refresh_from_db()
    assert (unit.kind, unit.equipment, unit.version) == ("foot", ["radio"], version + 1)
    assert crew("新301") == ["grid_worker"]


def test_people_change_cars_in_one_file(town: Town, tmp_path: Path) -> None:
    before = (crew("警101"), crew("警201"))
    assert before == (["community_officer"], ["other_officer"])
    rows = "警101,R1,,,,other_officer,\n警201,R2,,,,community_officer,\n"
    assert counts(load(tmp_path, rows)) == (2, 0, 2, 0, 0)
    assert (crew("警101"), crew("警201")) == before[::-1]
    assert UnitCrew.objects.filter(until__isnull=False).count() == 2, "who rode before stays known"


def test_wrong_rows_are_named_and_the_rest_is_kept(town: Town, tmp_path: Path) -> None:
    rows = (
        "新301,R9,汽车,,,,\n"
        "新302,R1,火箭,,,,\n"
        "新303,R1,汽车,飞行,,,\n"
        "新304,R1,汽车,,大炮,,\n"
        "新305,R1,汽车,,,nobody,\n"
        "新306,R1,汽车,,,community_officer,\n"
        "新307,R1,汽车,,,auxiliary,\n"
        "新308,R1,汽车,,,auxiliary,\n"
        ",R1,汽车,,,,\n"
    )
    outcome = load(tmp_path, rows)
    found = faults(outcome)
    assert counts(outcome)[1:] == (1, 0, 0, 8)
    assert found[2] == ("agency", "agency.unknown")
    assert found[3][0] == "kind"
    assert found[4] == ("skills", "unit.unknown_skills")
    assert found[5] == ("equipment", "unit.unknown_equipment")
    assert found[6] == ("crew", "person.unknown")
    assert found[7] == ("crew", "unit.in_another")
    assert found[8] == ("crew", "unit.in_another")
    assert found[10][0] == "call_sign"
    assert crew("新308") == ["auxiliary"]
    assert crew("警101") == ["community_officer"]


def test_strict_is_all_or_nothing(town: Town, tmp_path: Path) -> None:
    before = Unit.objects.count()
    outcome = load(tmp_path, "新301,R1,汽车,,,,\n新302,R9,汽车,,,,\n", strict=True)
    assert outcome.kept_out
    assert Unit.objects.count() == before
    assert counts(load(tmp_path, "新301,R1,汽车,,,,\n", dry_run=True)) == (1, 1, 0, 0, 0)
    assert Unit.objects.count() == before


def test_a_unit_on_an_order_is_not_retired(town: Town, tmp_path: Path) -> None:
    unit = town.units[0]
    Unit.objects.filter(pk=unit.pk).update(order_id=unit.pk)
    assert faults(load(tmp_path, "警101,R1,,,,,2026-11-01\n")) == {2: ("retired_on", "unit.on_order")}
    Unit.objects.filter(pk=unit.pk).update(order_id=None)
    assert counts(load(tmp_path, "警101,R1,,,,,2026-11-01\n")) == (1, 0, 1, 0, 0)
    assert not Unit.objects.in_service().filter(pk=unit.pk).exists()


def test_the_columns_say_what_they_take() -> None:
    columns = {column.name: column.as_json() for column in IMPORTERS["units"].columns}
    assert columns["call_sign"]["key"]
    assert {"call_sign", "agency", "kind", "skills", "equipment", "crew"} <= set(columns)
    assert "car" in columns["kind"]["choices"]
