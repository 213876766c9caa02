"""Importing agencies, rooms and people: P12, F4."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.rooms.queries import responsible_for
from linli.places.grid.models import Grid
from linli.works.tables.acts import Outcome, run_import
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db

AGENCIES = """单位代码,单位名称,类别,上级代码,区域,经度,纬度,电话,联动服务
S01,城关派出所,派出所,B01,城区,119.81,29.41,0579-110,
B01,临溪县公安局,公安局,,,,,,
R01,柳林警务站,警务站,C01,农村,119.83,29.41,,
C01,白集中心警务室,中心警务室,S01,农村,119.82,29.41,,
P01,县急救中心,联动单位,B01,,,,120,120
"""


def load(kind: str, path: Path, text: str, **options: Any) -> Outcome:
    path.write_text(text, encoding="utf-8")
    return run_import(SETUP, kind=kind, path=path, **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    assert outcome.rows == outcome.created + outcome.updated + outcome.unchanged + outcome.rejected
    return (outcome.rows, outcome.created, outcome.updated, outcome.unchanged, outcome.rejected)


def codes(outcome: Outcome) -> dict[int, tuple[str, str]]:
    lines = Path(outcome.report).read_text(encoding="utf-8").splitlines()[1:]
    return {fault["row"]: (fault["column"], fault["code"]) for fault in map(json.loads, lines)}


def test_a_tree_in_any_order(tmp_path: Path) -> None:
    assert counts(load("agencies", tmp_path / "a.csv", AGENCIES)) == (5, 5, 0, 0, 0)
    room = Agency.objects.get(code="R01")
    assert (room.path, room.zone, room.kind) == ("/B01/S01/C01/R01/", "village", "village_room")
    assert counts(load("agencies", tmp_path / "a.csv", AGENCIES)) == (5, 0, 0, 5, 0)
    assert counts(load("agencies", tmp_path / "a.csv", AGENCIES.replace("0579-110", "0579-111"))) == (5, 0, 1, 4, 0)
    assert Agency.objects.get(code="S01").phone == "0579-111"


def test_what_may_not_stand_there_falls_with_all_below_it(tmp_path: Path) -> None:
    text = AGENCIES.replace("S01,城关派出所,派出所,B01", "S01,城关派出所,派出所,P01")
    outcome = load("agencies", tmp_path / "a.csv", text)
    assert counts(outcome) == (5, 2, 0, 0, 3)
    assert codes(outcome) == {
        2: ("parent", "agency.wrong_parent"),
        4: ("parent", "agency.no_parent"),
        5: ("parent", "agency.no_parent"),
    }


def test_an_import_moves_nobody_to_another_parent(tmp_path: Path) -> None:
    load("agencies", tmp_path / "a.csv", AGENCIES)
    outcome = load("agencies", tmp_path / "a.csv", "代码,名称,类别,上级代码\nR01,柳林警务站,警务站,S01\n")
    assert codes(outcome) == {2: ("parent", "agency.moved")}


def rooms_workbook(path: Path, **changes: str) -> Path:
    row = {
        "代码": "R09",
        "名称": "新柳警务站",
        "类别": "警务站",
        "派出所代码": "S1",
        "区域": "农村",
        "电话": "0000-999",
        "开放时间": "周一至周五 08:30-17:30；周六 09:00-12:00",
        "服务清单": "户口咨询、居住证明",
        "装备": "处警车:车9；对讲机×2；执法记录仪:仪9",
        "警格编号": "G1",
        **changes,
    }
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "警务室开设表")
    for at, (head, cell) in enumerate(row.items()):
        sheet.write(2, at, head)
        sheet.write(3, at, cell)
    book.close()
    return path


@pytest.fixture
def town() -> Town:
    return build_town(rooms=1)


def test_one_row_opens_a_room_with_all_it_has(town: Town, tmp_path: Path) -> None:
    path = rooms_workbook(tmp_path / "r.xlsx")
    assert counts(run_import(SETUP, kind="rooms", path=path)) == (1, 1, 0, 0, 0)
    room = Agency.objects.get(code="R09")
    assert (room.path, room.phone) == ("/B/S1/R09/", "0000-999")
    assert (room.hours.count(), room.services.count(), room.equipment.count()) == (6, 2, 4)
    assert set(room.equipment.filter(kind="radio").values_list("serial", flat=True)) == {"R09-01", "R09-02"}
    held = responsible_for(Grid.objects.get(code="G1").pk, date(2099, 1, 1))
    assert held is not None and held.agency == room
    assert counts(run_import(SETUP, kind="rooms", path=path)) == (1, 0, 0, 1, 0)


def test_a_room_that_changes_keeps_what_the_row_leaves_blank(town: Town, tmp_path: Path) -> None:
    run_import(SETUP, kind="rooms", path=rooms_workbook(tmp_path / "r.xlsx"))
    path = rooms_workbook(tmp_path / "r.xlsx", 服务清单="", 装备="无人机:机1", 开放时间="每天 24小时")
    assert counts(run_import(SETUP, kind="rooms", path=path)) == (1, 0, 1, 0, 0)
    room = Agency.objects.get(code="R09")
    assert (room.hours.count(), room.services.count(), room.equipment.count()) == (7, 2, 5)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"装备": "火箭"}, "equipment", "equipment.unknown_kind"),
        ({"开放时间": "从不"}, "hours", "hours.unreadable"),
        ({"警格编号": "G77"}, "grids", "grid.unknown"),
        ({"派出所代码": "S77"}, "parent", "agency.no_parent"),
        ({"类别": "派出所"}, "kind", "cell.not_a_choice"),
        ({"代码": "R 9/1!"}, "code", "agency.code_form"),
    ],
)
def test_a_room_that_is_wrong_leaves_nothing(
    town: Town, tmp_path: Path, change: dict[str, str], column: str, code: str
) -> None:
    before = Agency.objects.count()
    outcome = run_import(SETUP, kind="rooms", path=rooms_workbook(tmp_path / "r.xlsx", **change))
    assert codes(outcome) == {4: (column, code)} and counts(outcome)[4] == 1
    assert Agency.objects.count() == before


PEOPLE = """工号,姓名,手机,技能,单位代码,岗位,任职日期
P1,演甲,13900000001,first_aid;negotiator,R1,社区民警,2025-01-01
P2,演乙,13900000002,,R1,辅警,2025-01-01
"""


def test_people_with_posts(town: Town, tmp_path: Path) -> None:
    assert counts(load("people", tmp_path / "p.csv", PEOPLE)) == (2, 2, 0, 0, 0)
    person = Person.objects.get(staff_no="P1")
    assert (person.phone, person.skills) == ("13900000001", ["first_aid", "negotiator"])
    assert person.posts.get().agency.code == "R1"
    assert counts(load("people", tmp_path / "p.csv", PEOPLE)) == (2, 0, 0, 2, 0)
    changed = PEOPLE.replace("13900000002", "13900000003")
    assert counts(load("people", tmp_path / "p.csv", changed)) == (2, 0, 1, 1, 0)
    assert Person.objects.get(staff_no="P2").phone == "13900000003"


def test_nobody_is_in_two_places_at_once(town: Town, tmp_path: Path) -> None:
    text = PEOPLE + "P1,演甲,,,S1,派出所值班员,2025-06-01\nP2,演乙,,,S1,辅警,2024-01-01\n"
    outcome = load("people", tmp_path / "p.csv", text)
    assert counts(outcome) == (4, 2, 0, 0, 2)
    assert codes(outcome) == {4: ("agency", "post.two_places"), 5: ("agency", "post.two_places")}
    again = load("people", tmp_path / "q.csv", "工号,姓名,单位代码,岗位,任职日期\nP1,演甲,S1,辅警,2025-06-01\n")
    assert codes(again) == {2: ("agency", "post.two_places")}
    assert Post.objects.filter(person__staff_no="P1").count() == 1


def test_a_second_place_after_the_first_or_beside_it(town: Town, tmp_path: Path) -> None:
    text = (
        "工号,姓名,单位代码,岗位,任职日期,免职日期,主职\nP1,演甲,R1,社区民警,2025-01-01,2025-06-01,\n"
        "P1,演甲,S1,派出所值班员,2025-06-01,,\nP1,演甲,B,系统管理员,2025-06-01,,否\n"
    )
    assert counts(load("people", tmp_path / "p.csv", text)) == (3, 3, 0, 0, 0)
    assert Person.objects.filter(staff_no="P1").count() == 1 and Post.objects.filter(person__staff_no="P1").count() == 3
    assert counts(load("people", tmp_path / "p.csv", text)) == (3, 0, 0, 3, 0)


def test_posts_that_cannot_be(town: Town, tmp_path: Path) -> None:
    text = (
        "工号,姓名,单位代码,岗位,任职日期,免职日期\nP1,甲,R1,,2025-01-01,\nP2,乙,X9,辅警,2025-01-01,\n"
        "P3,丙,R1,辅警,2025-01-01,2024-01-01\nP4,丁,R1,厨师,2025-01-01,\nP5,,R1,辅警,2025-01-01,\n"
    )
    outcome = load("people", tmp_path / "p.csv", text)
    assert {row: column for row, (column, _) in codes(outcome).items()} == {
        2: "post",
        3: "agency",
        4: "until",
        5: "post",
        6: "name",
    }
    assert outcome.rejected == 5 and not Person.objects.filter(staff_no__startswith="P").filter(name="甲").exists()
