"""A load from file to register and back: unseen until published, undone whole, gone on with after a kill."""

from __future__ import annotations

import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.db import transaction

from linli.kernel.errors import Invalid, NotAllowed
from linli.kernel.scope import Actor, system
from linli.matters.ledger.models import Matter
from linli.org.people.models import Person
from linli.org.posts.queries import person_actor
from linli.places.addresses.models import Address, AddressName
from linli.places.premises.acts import change_premises
from linli.places.premises.models import Premises
from linli.trail.entries.models import Entry
from linli.volunteers.members.models import Member
from linli.works.jobs.models import Job
from linli.works.tables.acts import Outcome, loads, run_import, steps
from linli.works.tables.acts.declaring import IMPORTERS, may_load
from linli.works.tables.acts.exporting import ask_export, rows_of
from linli.works.tables.acts.undoing import Back
from linli.works.tables.exporting import write_lines, write_workbook
from linli.works.tables.models import Load, own_rows_of
from linli.works.tables.queries import copy_of
from tests.town import Town, build_town

pytestmark = pytest.mark.django_db
SETUP = system("setup")
ROOT = Path(__file__).resolve().parents[2]
STATION_BOOK = ROOT.parent / "shared" / "data" / "reports" / "cn_police_station_import_SYNTHETIC_example.xlsx"
STATION_MAP = ROOT / "docs" / "how-to" / "import" / "station-disputes.toml"
HEAD = ("code", "name", "kind", "agency", "operator", "usual_people", "lon", "lat", "address_text")


@pytest.fixture
def town() -> Town:
    return build_town(rooms=1)


def shops(town: Town, count: int, **change: Any) -> list[tuple[Any, ...]]:
    """Rows of invented shops."""
    room = town.rooms[0].code
    made = [(f"F{n:04d}", f"小店{n}", "shop", room, f"甲{n}", n % 9, 119.8, 28.6, f"长安街{n}号") for n in range(count)]
    return [tuple(change.get(name, value) for name, value in zip(HEAD, row, strict=True)) for row in made]


def book(path: Path, rows: list[tuple[Any, ...]], head: tuple[str, ...] = HEAD) -> Path:
    """A workbook with a second sheet, a picture of formats, notes and a hundred thousand blank formatted rows."""
    made = xlsxwriter.Workbook(str(path), {"constant_memory": False})
    page, other = made.add_worksheet("场所"), made.add_worksheet("说明")
    other.write_formula(0, 0, "=1+1")
    other.write_string(3, 3, "不要动")
    money = made.add_format({"num_format": "0.00", "border": 1})
    page.write_row(0, 0, head)
    for at, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            page.write(at, place, value, money if isinstance(value, float) else None)
    page.write_comment(1, 1, "老批注")
    for at in range(len(rows) + 1, len(rows) + 3_000):
        page.write_blank(at, 0, None, money)
    page.autofilter(0, 0, len(rows), len(head) - 1)
    made.close()
    return path


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    return outcome.rows, outcome.created, outcome.updated, outcome.unchanged, outcome.rejected


def run(path: Path, **facts: Any) -> Outcome:
    return run_import(SETUP, kind="premises", path=path, **facts)


def undo(outcome: Outcome) -> Load:
    """Take a finished import back, as the job does."""
    load = Load.objects.get(pk=outcome.load)
    loads.undo_load(SETUP, load=load)
    work()
    load.refresh_from_db()
    return load


def work() -> None:
    """Do what waits in the lane of loads, outside transactions as far as the test allows."""
    for job in Job.objects.filter(lane=loads.LANE, state=Job.WAITING):
        loads.carry_on(job.payload)
        Job.objects.filter(pk=job.pk).update(state=Job.DONE)


def test_the_same_workbook_comes_back_with_its_wrong_cells_noted(town: Town, tmp_path: Path) -> None:
    rows = shops(town, 40)
    rows[3] = (*rows[3][:2], "=cmd|' /C calc'!A0", *rows[3][3:6], "东经", *rows[3][7:])
    rows[7] = (rows[7][0], rows[7][1], "shop", "没有", *rows[7][4:])
    path = book(tmp_path / "s.xlsx", rows)
    outcome = run(path)
    assert counts(outcome) == (40, 38, 0, 0, 2)
    copy = Path(outcome.report).with_suffix(".xlsx")
    read = python_calamine.CalamineWorkbook.from_path(str(copy))
    assert read.sheet_names == ["场所", "说明", "导入问题"]
    given = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in ("场所", "说明"):
        assert read.get_sheet_by_name(name).to_python() == given.get_sheet_by_name(name).to_python()
    problems = read.get_sheet_by_name("导入问题").to_python()[1:]
    assert [(row[0], row[1]) for row in problems] == [("5", "kind"), ("5", "lon"), ("9", "agency")]
    with zipfile.ZipFile(copy) as new, zipfile.ZipFile(path) as old:
        notes = next(new.read(n).decode() for n in new.namelist() if "comments" in n or "notes.xml" in n)
        assert 'ref="C5"' in notes and 'ref="G5"' in notes and 'ref="D9"' in notes and "老批注" in notes
        assert new.read("xl/worksheets/sheet2.xml") == old.read("xl/worksheets/sheet2.xml")
        sheet = new.read("xl/worksheets/sheet1.xml").decode()
        assert "<autoFilter" in sheet and sheet.count("<row ") == old.read("xl/worksheets/sheet1.xml").count(b"<row ")
        styles = new.read("xl/styles.xml").decode()
        assert "FFFFC7CE" in styles and not new.testzip()
    rows[3] = shops(town, 40)[3]
    rows[7] = shops(town, 40)[7]
    assert counts(run(book(tmp_path / "s.xlsx", rows))) == (40, 2, 0, 38, 0)


def test_staged_rows_are_seen_by_nobody_until_all_are_there(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = steps.apply

    def look(writes: Any, inserts: Any) -> None:
        real(writes, inserts)
        if writes.create:
            with own_rows_of(None):
                seen.append(Premises.objects.count())

    monkeypatch.setattr(steps, "apply", look)
    monkeypatch.setattr(steps, "_MOST", 20)
    monkeypatch.setattr(steps, "_LEAST", {"sqlite": 20, "postgresql": 20})
    old = run(book(tmp_path / "o.xlsx", shops(town, 3, name="旧名")))
    seen.clear()
    outcome = run(book(tmp_path / "s.xlsx", shops(town, 90)))
    assert counts(outcome) == (90, 87, 3, 0, 0)
    assert len(seen) > 3 and set(seen) == {Premises.objects.filter(load=old.load).count()}
    assert Premises.objects.count() == 90


def test_a_killed_import_is_gone_on_with_or_given_up(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "s.xlsx", shops(town, 90))
    real, done = steps.apply, list[int]()

    class Killed(BaseException):
        pass

    def cut(writes: Any, inserts: Any) -> None:
        if len(done) == 2:
            raise Killed
        done.append(len(writes.create))
        real(writes, inserts)

    monkeypatch.setattr(steps, "_MOST", 20)
    monkeypatch.setattr(steps, "_LEAST", {"sqlite": 20, "postgresql": 20})
    monkeypatch.setattr(steps, "apply", cut)
    with pytest.raises(Killed):
        run(path)
    assert not Premises.objects.exists() and Load.objects.get().state == "publishing"
    monkeypatch.setattr(steps, "apply", real)
    again = run(path)
    assert again.created == 50 and Premises.objects.count() == 90
    assert Load.objects.get().state == "published" and Load.objects.get().done == 90
    assert undo(again).state == "undone" and not Premises.objects.exists()
    done.clear()
    monkeypatch.setattr(steps, "apply", cut)
    with pytest.raises(Killed):
        run(path)
    monkeypatch.setattr(steps, "apply", real)
    other = run(book(tmp_path / "t.xlsx", shops(town, 5)))
    assert counts(other) == (5, 5, 0, 0, 0) and Premises.objects.count() == 5
    assert sorted(Load.objects.values_list("state", flat=True)) == ["dropped", "published", "undone"]


def test_an_undo_gives_back_what_was_and_names_what_was_touched_since(town: Town, tmp_path: Path) -> None:
    run(book(tmp_path / "a.xlsx", shops(town, 10)))
    second = run(book(tmp_path / "b.xlsx", shops(town, 14, operator="新东家")))
    assert counts(second) == (14, 4, 10, 0, 0)
    touched = Premises.objects.get(code="F0002")
    change_premises(SETUP, premises=touched, values={"operator": "第三家"}, version=touched.version)
    made = Premises.objects.get(code="F0012")
    change_premises(SETUP, premises=made, values={"usual_people": 7}, version=made.version)
    load = undo(second)
    assert [(one["key"], one["why"]) for one in load.kept] == [("F0002", "changed_since"), ("F0012", "changed_since")]
    assert set(Premises.objects.values_list("code", flat=True)) == {f"F{n:04d}" for n in range(10)} | {"F0012"}
    assert (
        Premises.objects.get(code="F0001").operator == "甲1" and Premises.objects.get(code="F0002").operator == "第三家"
    )
    assert Premises.objects.get(code="F0001").version == 3 and load.hidden is False
    with pytest.raises(Exception, match=r"."):
        loads.undo_load(SETUP, load=load)


@pytest.mark.parametrize("seed", range(4))
def test_any_import_undone_leaves_what_was_before(town: Town, tmp_path: Path, seed: int) -> None:
    """Random shops, some there before, some repeated, some wrong: after the undo the register is what it was."""
    rng = random.Random(seed)
    run(book(tmp_path / "a.xlsx", rng.sample(shops(town, 30), 12)))
    before = sorted(Premises.objects.values_list("code", "name", "operator", "usual_people", "lon"))
    rows = [
        (*row[:1], rng.choice(("", "改名", row[1])), *row[2:5], rng.choice((1, 2, "多")), *row[6:])
        for row in shops(town, 30)
    ]
    outcome = run(book(tmp_path / "b.xlsx", rng.choices(rows, k=60)))
    assert sum(counts(outcome)[1:]) == outcome.rows
    if outcome.load:
        assert undo(outcome).kept == []
    assert sorted(Premises.objects.values_list("code", "name", "operator", "usual_people", "lon")) == before


def test_none_one_and_many_are_said_apart(town: Town, tmp_path: Path) -> None:
    rows = [*shops(town, 3), ("X1", "小店1", "shop", town.rooms[0].code, "", 1, 119.8, 28.6, "别处")]
    run(book(tmp_path / "a.xlsx", rows))
    head = ("名称", "经营单位", "类别")
    file = book(
        tmp_path / "b.xlsx",
        [("小店0", "新", "shop"), ("小店1", "新", "shop"), ("无此店", "新", "shop"), ("小店0 ", "又", "")],
        head,
    )
    by_name = tmp_path / "m.toml"
    by_name.write_text('[match]\nby = "name"\nmissing = "reject"\n', "utf-8")
    outcome = run(file, map_path=by_name)
    report = [json.loads(line) for line in Path(outcome.report).read_text("utf-8").splitlines()]
    assert counts(outcome) == (4, 0, 2, 0, 2) and report[0]["matched"] == {"none": 1, "one": 1, "many": 1}
    assert [(one["row"], one["code"]) for one in report[1:]] == [(3, "match.many"), (4, "match.none")]
    assert Premises.objects.get(code="F0000").operator == "又" and Premises.objects.get(code="F0001").operator == "甲1"
    by_name.write_text('[match]\nby = "telephone"\n', "utf-8")
    with pytest.raises(Invalid, match="known: key, name"):
        run(file, map_path=by_name)
    by_name.write_text(
        '[options]\nkeep = ["operator"]\n[fixed]\noperator = "填上"\n[match]\nfound = "update"\n', "utf-8"
    )
    kept = run(
        book(tmp_path / "c.xlsx", [("F0000", "小店0改", "shop"), ("X1", "小店1", "shop")], HEAD[:3]), map_path=by_name
    )
    assert counts(kept) == (2, 0, 2, 0, 0) and Premises.objects.get(code="F0000").operator == "又"
    assert Premises.objects.get(code="X1").operator == "填上"
    by_name.write_text('[match]\nfound = "skip"\n', "utf-8")
    assert counts(run(book(tmp_path / "d.xlsx", shops(town, 4, operator="z")), map_path=by_name)) == (4, 1, 0, 3, 0)


def test_a_register_goes_out_and_comes_in_unchanged(town: Town, tmp_path: Path) -> None:
    run(
        book(
            tmp_path / "a.xlsx",
            [*shops(town, 5), ("E1", "@风险", "shop", town.rooms[0].code, "-乙", 1, 119.8, 28.6, "+8")],
        )
    )
    addresses = tmp_path / "addresses.csv"
    addresses.write_text(
        "text,code,lon,lat,aliases\n某县城东街道长安街12-3号,A1,119.8,28.6,老楼\n某县城东街道李家村3组5号,A2,119.8,28.6,\n"
        "某县幸福小区3幢2单元,A3,119.81,28.61,\n某县城东街道县医院,A4,119.81,28.61,医院;一院\n",
        "utf-8",
    )
    assert run_import(SETUP, kind="addresses", path=addresses).created == 4
    people = tmp_path / "volunteers.csv"
    people.write_text(
        "编号,姓名,类别,电话,联系单位代码,同意日期,可用时间\n"
        f"V1,张三,退休教师,13800000001,{town.rooms[0].code},2026-01-01,周六 09:00-12:00\n",
        "utf-8",
    )
    made = run_import(SETUP, kind="volunteers", path=people)
    for kind in ("premises", "addresses", "people", *(("volunteers",) if made.created else ())):
        ask_export(SETUP, kind=kind, purpose="演练")
        for path, write in ((tmp_path / f"{kind}.xlsx", write_workbook), (tmp_path / f"{kind}.csv", write_lines)):
            count = write(path, IMPORTERS[kind], rows_of(SETUP, kind))
            outcome = run_import(SETUP, kind=kind, path=path)
            assert counts(outcome) == (count, 0, 0, count, 0), (kind, Path(outcome.report).read_text("utf-8"))
    assert made.created == 1 and "'@风险" in (tmp_path / "premises.csv").read_text("utf-8-sig")
    with pytest.raises(Invalid, match="personal"):
        ask_export(SETUP, kind="volunteers")
    assert undo(made).state == "undone" and not Member.objects.exists()


def test_the_desk_checks_publishes_and_takes_back(town: Town, tmp_path: Path) -> None:
    body = book(tmp_path / "s.xlsx", [*shops(town, 20), ("F9", "", "什么", "", "", 1, 1.0, 1.0, "")]).read_bytes()
    with pytest.raises(NotAllowed):
        loads.begin_load(Actor(id=SETUP.id, name="谁"), kind="premises", file_name="s.xlsx", body=body)
    with pytest.raises(Invalid):
        loads.begin_load(SETUP, kind="premises", file_name="s.exe", body=body)
    load = loads.begin_load(SETUP, kind="premises", file_name="C:\\s.xlsx", body=body)
    loads.check_load(SETUP, load=load, map_text="")
    work()
    load.refresh_from_db()
    assert (load.state, load.rows, load.created, load.rejected) == ("checked", 21, 20, 1)
    assert copy_of(load) and not Premises.objects.exists() and not Entry.objects.filter(act="import.premises").exists()
    with pytest.raises(Invalid):
        loads.publish_load(SETUP, load=load, strict=True)
    run(book(tmp_path / "t.xlsx", shops(town, 1)))
    loads.publish_load(SETUP, load=load)
    work()
    load.refresh_from_db()
    assert (load.state, load.created, load.unchanged) == ("checked", 19, 1) and load.error, "what is stored has changed"
    loads.publish_load(SETUP, load=load)
    work()
    load.refresh_from_db()
    assert (load.state, load.done, load.hidden) == ("published", 19, False) and Premises.objects.count() == 20
    loads.undo_load(SETUP, load=load)
    work()
    load.refresh_from_db()
    assert load.state == "undone" and Premises.objects.count() == 1
    bad = loads.begin_load(SETUP, kind="premises", file_name="x.xlsx", body=b"PK\x03\x04 not a zip")
    loads.check_load(SETUP, load=bad, map_text="")
    work()
    bad.refresh_from_db()
    assert bad.state == "refused" and bad.error


def test_addresses_with_their_names_go_whole_unless_others_use_them(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "text,code,lon,lat\n某县长安街1号,A1,119.8,28.6\n某县长安街2号,A2,119.8,28.6\n某县新街2号,A3,119.8,28.6\n",
        "utf-8",
    )
    outcome = run_import(SETUP, kind="addresses", path=path)
    run(
        book(
            tmp_path / "s.xlsx",
            [("F1", "店", "shop", town.rooms[0].code, "A2")],
            ("code", "name", "kind", "agency", "address_code"),
        )
    )
    load = undo(outcome)
    assert [(one["key"], one["why"]) for one in load.kept] == [("A2", "used_since")]
    assert list(Address.objects.values_list("code", flat=True)) == ["A2"] and Address.objects.get().load is None
    assert list(AddressName.objects.values_list("text", flat=True)) == ["某县长安街"]


def test_bombs_and_macros_are_refused(tmp_path: Path) -> None:
    bomb = book(tmp_path / "b.xlsx", [])
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(Invalid, match="macros"):
        run(bomb)
    far = tmp_path / "f.xlsx"
    made = xlsxwriter.Workbook(str(far))
    page = made.add_worksheet()
    page.write(0, 0, "code")
    page.write(1_048_575, 16_383, "x")
    made.close()
    with pytest.raises(Invalid, match="unpacks"):
        run(far)


@pytest.mark.skipif(
    not STATION_BOOK.exists() and os.environ.get("CI") != "true", reason="../shared/data is absent: a foreign workbook"
)
def test_a_foreign_workbook_is_read_by_configuration_alone(town: Town) -> None:
    outcome = run_import(SETUP, kind="incidents", path=STATION_BOOK, map_path=STATION_MAP)
    assert counts(outcome) == (20, 20, 0, 0, 0)
    assert Matter.objects.filter(external_source="station-book").count() == 20
    assert counts(run_import(SETUP, kind="incidents", path=STATION_BOOK, map_path=STATION_MAP)) == (20, 0, 0, 20, 0)
    assert undo(outcome).kept == [] and not Matter.objects.exists()


def test_who_may(town: Town) -> None:
    administrator = Person.objects.filter(posts__code="administrator").first()
    assert administrator is None or may_load(person_actor(administrator, door="page"), "premises")
    assert transaction.get_connection().vendor in ("sqlite", "postgresql") and Back(Load()).kept == []
