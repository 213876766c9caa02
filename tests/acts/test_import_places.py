"""Importing divisions, grids and addresses; what every import does alike."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.db import connection

from linli.kernel import clock, geo
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.kernel.geo import Datum
from linli.kernel.scope import Actor, system
from linli.places.addresses.models import Address, AddressGram, AddressName
from linli.places.addresses.queries import candidates
from linli.places.divisions.acts import open_division, succeed_division
from linli.places.divisions.models import Division
from linli.places.divisions.queries import successor
from linli.places.grid.acts import close_grid, open_grid, redraw_grid
from linli.places.grid.models import Grid
from linli.places.grid.queries import grid_at, nearest_grid
from linli.trail.entries.models import Entry
from linli.works.tables.acts import Outcome, run_import
from linli.works.tables.acts import steps as tables

pytestmark = pytest.mark.django_db
SETUP = system("setup")
DAY = date(2026, 1, 1)


def load(kind: str, path: Path, text: str, **options: Any) -> Outcome:
    path.write_text(text, encoding="utf-8")
    return run_import(SETUP, kind=kind, path=path, **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    assert outcome.rows == outcome.created + outcome.updated + outcome.unchanged + outcome.rejected
    return (outcome.rows, outcome.created, outcome.updated, outcome.unchanged, outcome.rejected)


def faults(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(outcome.report).read_text(encoding="utf-8").splitlines()[1:]]


DIVISIONS = "code,name\n330726,临溪县\n330726001,城东街道\n330726001002,西关社区\n33,某省\n"


def test_divisions_find_their_parents_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    assert counts(load("divisions", file, DIVISIONS)) == (4, 4, 0, 0, 0)
    village = Division.objects.get(code="330726001002")
    assert (village.level, village.parent.code) == ("village", "330726001000")  # type: ignore[union-attr]
    assert Division.objects.get(code="330726000000").parent.code == "330000000000"  # type: ignore[union-attr]
    assert counts(load("divisions", file, DIVISIONS)) == (4, 0, 0, 4, 0)


def test_a_village_that_becomes_a_community_keeps_its_line(tmp_path: Path) -> None:
    text = (
        "区划代码,名称,启用日期,停用日期,继任代码\n330726001201,柳林村,2000-01-01,2025-07-01,330726001003\n"
        "330726001003,柳林社区,2025-07-01,,\n330726001004,甲,2025-07-01,2025-01-01,\n330726001005,乙,,,330726001999\n"
    )
    outcome = load("divisions", tmp_path / "d.csv", text)
    assert counts(outcome) == (4, 2, 0, 0, 2)
    assert {(f["row"], f["column"]) for f in faults(outcome)} == {(4, "valid_to"), (5, "succeeded_by")}
    assert successor(Division.objects.get(name="柳林村")).name == "柳林社区"
    assert [d.name for d in Division.objects.valid_on(date(2025, 7, 1))] == ["柳林社区"]
    assert [d.name for d in Division.objects.valid_on(date(2025, 6, 30))] == ["柳林村"]


def test_a_village_becomes_a_community_by_an_act() -> None:
    county = open_division(SETUP, code="330726", name="临溪县")
    old = open_division(SETUP, code="330726001201", name="柳林村")
    new = open_division(SETUP, code="330726001003", name="柳林社区", valid_from=date(2026, 1, 1))
    assert old.parent == county and old.level == "village"
    ended = succeed_division(SETUP, old=old, new=new, on=date(2026, 1, 1))
    assert successor(ended) == new and ended.valid_to == date(2026, 1, 1)
    with pytest.raises(Conflict):
        succeed_division(SETUP, old=old, new=county, on=date(2027, 1, 1))
    with pytest.raises(Conflict):
        open_division(SETUP, code="330726", name="x")
    with pytest.raises(Invalid):
        open_division(SETUP, code="33072", name="x")
    with pytest.raises(Invalid):
        succeed_division(SETUP, old=new, new=new, on=date(2027, 1, 1))


def test_later_rows_win_and_blanks_overwrite_nothing(tmp_path: Path) -> None:
    text = "code,name,valid_from\n33,旧名,2001-01-01\n33,新名,\n330000000000,新名,\n"
    assert counts(load("divisions", tmp_path / "d.csv", text)) == (3, 1, 1, 1, 0)
    row = Division.objects.get()
    assert (row.name, row.valid_from) == ("新名", date(2001, 1, 1))
    assert counts(load("divisions", tmp_path / "d.csv", text)) == (3, 0, 0, 3, 0)
    assert counts(load("divisions", tmp_path / "d.csv", "code,name\n33,再改\n")) == (1, 0, 1, 0, 0)


WRONG = "code,name,level\n33,某省,省级\n3307a,乙,\n34,,\n35,丙,大区\n"


def test_wrong_rows_are_named_by_row_and_column_and_the_rest_is_kept(tmp_path: Path) -> None:
    outcome = load("divisions", tmp_path / "d.csv", WRONG)
    assert counts(outcome) == (4, 1, 0, 0, 3)
    found = {(fault["row"], fault["column"]): fault for fault in faults(outcome)}
    assert set(found) == {(3, "code"), (4, "name"), (5, "level")}
    assert all(fault["zh"] and fault["en"] for fault in found.values())
    assert Path(outcome.report).stat().st_mode & 0o077 == 0
    mended = Path(outcome.report).with_suffix(".csv")
    assert counts(run_import(SETUP, kind="divisions", path=mended)) == (4, 0, 0, 1, 3)


def test_strict_is_all_or_nothing(tmp_path: Path) -> None:
    outcome = load("divisions", tmp_path / "d.csv", WRONG, strict=True)
    assert outcome.kept_out and counts(outcome) == (4, 0, 0, 0, 4)
    assert not Division.objects.exists()


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    assert counts(load("divisions", tmp_path / "d.csv", WRONG, dry_run=True)) == (4, 1, 0, 0, 3)
    assert not Division.objects.exists() and not Entry.objects.exists()


def test_one_entry_with_a_digest(tmp_path: Path) -> None:
    load("divisions", tmp_path / "d.csv", DIVISIONS)
    entry = Entry.objects.get()
    assert entry.act == "import.divisions"
    facts = entry.facts or {}
    assert (facts["created"], facts["updated"]) == (4, 0)
    assert len(facts["rows_sha256"]) == len(facts["file_sha256"]) == 64
    load("divisions", tmp_path / "d.csv", DIVISIONS)
    assert Entry.objects.count() == 1  # nothing was written, so nothing was done


def test_who_may_not_import_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(DIVISIONS, encoding="utf-8")
    with pytest.raises(NotAllowed):
        run_import(Actor(id=SETUP.id, name="x"), kind="divisions", path=tmp_path / "d.csv")
    assert not Division.objects.exists()


class Cut(Exception):
    """The power goes."""


@pytest.mark.parametrize("strict", [True, False])
def test_a_fault_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, strict: bool) -> None:
    """Strict takes back what it wrote, also changes of old rows; otherwise importing again finishes the work."""
    file = tmp_path / "d.csv"
    load("divisions", file, "code,name\n33,旧名\n")
    text = "code,name\n33,新名\n" + "".join(f"3307{n:02d},县{n}\n" for n in range(1, 60))
    applied: list[str] = []
    real = tables.apply

    def cut(writes: Any, inserts: Any) -> None:
        if len(applied) == 2:
            applied.append("cut")
            raise Cut
        applied.append("step")
        real(writes, inserts)

    monkeypatch.setattr(tables, "apply", cut)
    monkeypatch.setattr(tables, "_MOST", 20)
    monkeypatch.setattr(tables, "_LEAST", {"sqlite": 20, "postgresql": 20})
    with pytest.raises(Cut):
        load("divisions", file, text, strict=strict)
    names = set(Division.objects.values_list("name", flat=True))
    acts = [(entry.facts or {})["taken_back"] for entry in Entry.objects.order_by("at", "id")]
    if strict:
        assert names == {"旧名"} and acts == [False, False, True]
    else:
        assert "新名" in names and len(names) == 40 and acts == [False, False]
    outcome = load("divisions", file, text)
    assert outcome.created + outcome.updated == (60 if strict else 20) and Division.objects.count() == 60


def test_steps_are_short_and_others_get_in_between(tmp_path: Path) -> None:
    seen: list[float] = []

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(clock.now().timestamp())
        return execute(sql, params, many, context)

    text = "code,name\n" + "".join(f"33{n:04d}{m:03d},乡{n}-{m}\n" for n in range(101, 111) for m in range(1, 200))
    with connection.execute_wrapper(timed):
        outcome = load("divisions", tmp_path / "d.csv", text)
    assert outcome.created == 1_990
    assert len(seen) > 20


SQUARE = [[119.80, 29.40], [119.82, 29.40], [119.82, 29.42], [119.80, 29.42], [119.80, 29.40]]


def feature(code: str, ring: list[list[float]], **properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"警格{code}", **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False)


def moved(ring: list[list[float]], by: float) -> list[list[float]]:
    return [[lon + by, lat] for lon, lat in ring]


def test_grids_that_overlap_or_cross_themselves_are_rejected_by_name(tmp_path: Path) -> None:
    bow = [[119.90, 29.40], [119.92, 29.42], [119.92, 29.40], [119.90, 29.42], [119.90, 29.40]]
    text = collection(
        feature("G1", SQUARE),
        feature("G2", moved(SQUARE, 0.02)),
        feature("G3", moved(SQUARE, 0.01)),
        feature("G4", bow),
        feature("N1", SQUARE, kind="网格"),
    )
    outcome = load("grids", tmp_path / "g.geojson", text)
    assert counts(outcome) == (5, 3, 0, 0, 2)
    found = {fault["row"]: fault for fault in faults(outcome)}
    assert "警格G" in found[3]["zh"] and "平方米" in found[3]["zh"] and found[4]["code"] == "grid.shape"
    assert counts(load("grids", tmp_path / "g.geojson", text)) == (5, 0, 0, 3, 2)


def test_grids_in_gcj02_land_where_they_are(tmp_path: Path) -> None:
    shifted = [list(geo.from_wgs84(lon, lat, Datum.GCJ02)) for lon, lat in SQUARE]
    map_path = tmp_path / "m.toml"
    map_path.write_text('[options]\ndatum = "GCJ-02"\n', encoding="utf-8")
    load("grids", tmp_path / "g.geojson", collection(feature("G1", shifted)), map_path=map_path)
    assert Grid.objects.get().shape.equals_exact(shapely.Polygon(SQUARE), 1e-9)


def test_a_redrawn_grid_keeps_its_past(tmp_path: Path) -> None:
    load("grids", tmp_path / "g.geojson", collection(feature("G1", SQUARE, valid_from="2024-01-01")))
    wider = [[119.80, 29.40], [119.84, 29.40], [119.84, 29.42], [119.80, 29.42], [119.80, 29.40]]
    outcome = load("grids", tmp_path / "g.geojson", collection(feature("G1", wider, valid_from="2026-01-01")))
    assert counts(outcome) == (1, 0, 1, 0, 0)
    assert grid_at(119.83, 29.41, at=date(2025, 12, 31)) is None
    assert grid_at(119.83, 29.41, at=date(2026, 1, 1)).version == 2  # type: ignore[union-attr]


def test_grid_acts() -> None:
    one = open_grid(SETUP, code="G1", name="一", kind="police", shape=shapely.Polygon(SQUARE), valid_from=DAY)
    with pytest.raises(Conflict) as refused:
        open_grid(
            SETUP, code="G2", name="二", kind="police", shape=shapely.Polygon(moved(SQUARE, 0.01)), valid_from=DAY
        )
    assert refused.value.code == "grid.overlaps" and refused.value.facts["other_name"] == "一"
    with pytest.raises(Invalid):
        open_grid(SETUP, code="G3", name="三", kind="police", shape={"type": "Polygon"}, valid_from=DAY)
    open_grid(SETUP, code="N1", name="网", kind="social", shape=shapely.Polygon(SQUARE), valid_from=DAY)
    two = redraw_grid(
        SETUP, grid_id=one.pk, shape=shapely.Polygon(moved(SQUARE, 0.001)), valid_from=DAY + timedelta(days=1)
    )
    with pytest.raises(Conflict):
        redraw_grid(SETUP, grid_id=one.pk, shape=shapely.Polygon(SQUARE), valid_from=DAY + timedelta(days=1))
    closed = close_grid(SETUP, grid_id=two.pk, valid_to=DAY + timedelta(days=9))
    assert not closed.active and grid_at(119.81, 29.41, at=DAY + timedelta(days=9)) is None
    assert grid_at(119.81, 29.41, at=DAY + timedelta(days=8)).code == "G1"  # type: ignore[union-attr]
    assert grid_at(119.81, 29.41, at=DAY) == one


def test_outside_every_grid_the_nearest_is_known() -> None:
    open_grid(SETUP, code="G1", name="一", kind="police", shape=shapely.Polygon(SQUARE), valid_from=DAY)
    near = nearest_grid(119.81, 29.43, at=DAY)
    assert near is not None and near.distance_m == pytest.approx(1_112, rel=0.01)
    assert nearest_grid(110.0, 20.0, at=DAY) is None
    assert grid_at(float("nan"), 29.4, at=DAY) is None and nearest_grid(500.0, 29.4, at=DAY) is None


ADDRESSES = """地址编码,地址,类别,乡镇街道,村社区,道路,地标名称,组,门牌号,经度,纬度,别名
A1,临溪县城东街道南大街10号,,城东街道,,南大街,,,10号,119.8010,29.4010,
A2,临溪县城东街道南大街12号,,城东街道,,南大街,芳兰小吃,,12号,119.8012,29.4010,
A3,临溪县城东街道南大街18号,,城东街道,,南大街,,,18号,119.8018,29.4010,
A4,临溪县城东街道南大街12号附2号,,城东街道,,南大街,,,12号附2号,119.80121,29.4011,
A5,临溪县柳林镇柳林村3组7号,,柳林镇,柳林村,,,3组,7号,119.8300,29.4100,
A6,临溪县城东街道县人民医院,地标,城东街道,,,县人民医院,,,119.8100,29.4050,老医院;县医院
A7,临溪县城东街道翠苑小区3号楼,,城东街道,,翠苑小区,,,3号楼,119.8150,29.4060,
A8,临溪县柳林镇南大街12号,,柳林镇,,南大街,,,12号,119.8400,29.4200,
,临溪县城东街道人民路5号,,,,,,,,119.8050,29.4020,
"""


@pytest.fixture
def addresses(tmp_path: Path) -> Path:
    file = tmp_path / "a.csv"
    assert counts(load("addresses", file, ADDRESSES)) == (9, 9, 0, 0, 0)
    return file


@pytest.mark.parametrize(
    ("heard", "first", "by"),
    [
        ("南大街10号", "临溪县城东街道南大街10号", "number"),
        ("在城东街道南大街 12 号附近", "临溪县城东街道南大街12号", "number"),
        ("柳林镇南大街12号", "临溪县柳林镇南大街12号", "number"),
        ("南大街12-2", "临溪县城东街道南大街12号附2号", "number"),
        ("男大街10号", "临溪县城东街道南大街10号", "sound"),
        ("ndj18", "临溪县城东街道南大街18号", "initials"),
        ("nanda jie 18", "临溪县城东街道南大街18号", "sound"),
        ("柳林村3组7号", "临溪县柳林镇柳林村3组7号", "number"),
        ("柳林村三组", "临溪县柳林镇柳林村3组7号", "exact"),
        ("人民医院对面", "临溪县城东街道县人民医院", "holds"),
        ("老医院门口有人打架", "临溪县城东街道县人民医院（老医院）", "alias"),
        ("芳兰小吃", "临溪县城东街道南大街12号（芳兰小吃）", "alias"),
        ("翠苑小区3栋2单元501", "临溪县城东街道翠苑小区3号楼", "number"),
        ("人民路5号", "临溪县城东街道人民路5号", "number"),
        ("翠苑", "城东街道翠苑小区", "exact"),
    ],
)
def test_a_half_heard_address_becomes_a_place(addresses: Path, heard: str, first: str, by: str) -> None:
    found = candidates(heard)
    assert found[0].text == first
    assert by in {why.code for why in found[0].why}
    assert all(0.0 <= c.score <= 1.0 for c in found) and len(found) <= 8


def test_a_missing_number_is_reckoned_and_says_so(addresses: Path) -> None:
    found = candidates("城东街道南大街14号")[0]
    assert found.address_id is None and found.lon == pytest.approx(119.8014) and found.lat == pytest.approx(29.4010)
    assert any("插值" in why.words.zh for why in found.why)
    exact = candidates("城东街道南大街12号")[0]
    assert exact.score > found.score


def test_while_a_number_is_typed_those_that_begin_so_are_shown(addresses: Path) -> None:
    typed = {c.text: {why.code for why in c.why} for c in candidates("城东街道南大街1")}
    assert "number_begins" in typed["临溪县城东街道南大街10号"] and "number_begins" in typed["临溪县城东街道南大街18号"]
    said = {c.text for c in candidates("城东街道南大街1号")}
    assert "临溪县城东街道南大街18号" not in said


def test_the_nearer_of_two_alike_comes_first(addresses: Path) -> None:
    here = candidates("南大街12号", near=geo.Point(119.84, 29.42))
    assert here[0].text == "临溪县柳林镇南大街12号"
    assert candidates("") == candidates("？！") == [] and candidates("月球基地") == []


def test_addresses_again_and_changed(addresses: Path) -> None:
    assert counts(load("addresses", addresses, ADDRESSES)) == (9, 0, 0, 9, 0)
    changed = ADDRESSES.replace("老医院;县医院", "县医院;一院").replace("119.8018", "119.8019")
    assert counts(load("addresses", addresses, changed)) == (9, 0, 2, 7, 0)
    assert Address.objects.get(code="A3").lon == 119.8019
    assert candidates("一院")[0].text.startswith("临溪县城东街道县人民医院")
    assert not AddressName.objects.filter(text="老医院").exists()


def test_addresses_taken_back_leave_no_grams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tables.apply

    def cut(writes: Any, inserts: Any) -> None:
        real(writes, inserts)
        if not writes.drop:
            monkeypatch.setattr(tables, "apply", real)
            raise Cut

    monkeypatch.setattr(tables, "_FIRST", 4)
    monkeypatch.setattr(tables, "_LEAST", {})
    monkeypatch.setattr(tables, "apply", lambda w, i: (real(w, i), monkeypatch.setattr(tables, "apply", cut)))
    with pytest.raises(Cut):
        load("addresses", tmp_path / "a.csv", ADDRESSES, strict=True)
    assert not Address.objects.exists() and not AddressName.objects.exists() and not AddressGram.objects.exists()
