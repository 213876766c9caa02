"""Importing premises and devices: found again by code, the grid's room answers when no agency is named (D10, Q8)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linli.kernel.geo import Box
from linli.places.addresses.models import Address
from linli.places.devices.models import Device
from linli.places.map.queries import features_of, layer_named
from linli.places.map.rules import LayerQuery
from linli.places.premises.models import Premises
from linli.works.tables.acts import IMPORTERS, Outcome, run_import
from tests.town import SETUP, SOUTH, WEST, Town, build_town

PREMISES = "编号,名称,类别,经度,纬度,地址,单位代码,地址编码,经营单位,人数,危险源,停业日期\n"
DEVICES = "编号,名称,类别,经度,纬度,安装位置,单位代码,权属,权属单位,朝向,视角,可视距离,状态\n"
LON, LAT = WEST + 0.005, SOUTH + 0.005


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def load(kind: str, folder: Path, rows: str, **options: Any) -> Outcome:
    path = folder / f"{kind}.csv"
    path.write_text((PREMISES if kind == "premises" else DEVICES) + rows, encoding="utf-8")
    return run_import(SETUP, kind=kind, path=path, **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    assert outcome.rows == outcome.created + outcome.updated + outcome.unchanged + outcome.rejected
    return (outcome.rows, outcome.created, outcome.updated, outcome.unchanged, outcome.rejected)


def faults(outcome: Outcome) -> dict[int, tuple[str, str]]:
    lines = Path(outcome.report).read_text(encoding="utf-8").splitlines()[1:]
    return {fault["row"]: (fault["column"], fault["code"]) for fault in map(json.loads, lines)}


def test_premises(town: Town, tmp_path: Path) -> None:
    rows = f"P1,便民超市,商铺,{LON},{LAT},中街1号,,,万家公司,6,,\nP2,第一小学,学校,,,,R2,,,,,\n"
    assert counts(load("premises", tmp_path, rows)) == (2, 2, 0, 0, 0)
    shop = Premises.objects.get(code="P1")
    assert (shop.kind, shop.grid_code, shop.agency_path) == ("shop", "G1", town.rooms[0].path)
    assert (shop.operator, shop.usual_people) == ("万家公司", 6)
    assert Premises.objects.get(code="P2").agency_path == town.rooms[1].path
    assert counts(load("premises", tmp_path, rows)) == (2, 0, 0, 2, 0), "again changes nothing"
    later = f"P1,便民超市,商铺,{LON + 0.02},{LAT},,,,,,煤气,\nP1,便民商场,,,,,,,,,,\n"
    assert counts(load("premises", tmp_path, later)) == (2, 0, 2, 0, 0)
    shop.refresh_from_db()
    assert (shop.name, shop.grid_code, shop.operator, shop.hazard_note) == ("便民商场", "G2", "万家公司", "煤气")
    assert shop.agency_path == town.rooms[0].path, "another grid does not hand it to another room by itself"
    assert counts(load("premises", tmp_path, "P1,,,,,,,,,,,2026-11-01\n")) == (1, 0, 1, 0, 0)
    assert not Premises.objects.in_use().filter(code="P1").exists()


def test_an_address_code_gives_the_place(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"code,text,lon,lat\nA1,中街1号,{LON},{LAT}\n", encoding="utf-8")
    run_import(SETUP, kind="addresses", path=path)
    assert counts(load("premises", tmp_path, "P1,超市,商铺,,,,,A1,,,,\n")) == (1, 1, 0, 0, 0)
    shop = Premises.objects.get()
    assert (shop.address, shop.address_text, shop.grid_code) == (Address.objects.get(code="A1"), "中街1号", "G1")
    assert counts(load("premises", tmp_path, "P1,超市,商铺,,,,,A1,,,,\n")) == (1, 0, 0, 1, 0)


def test_wrong_rows_are_named_and_the_rest_is_kept(town: Town, tmp_path: Path) -> None:
    rows = (
        f"P1,超市,住宅,{LON},{LAT},,,,,,,\n"
        f"P2,超市,商铺,{LON},{LAT},,R9,,,,,\n"
        "P3,超市,商铺,,,,,,,,,\n"
        f"P4,超市,商铺,{LON},,,R1,,,,,\n"
        "P5,超市,商铺,,,,,A9,,,,\n"
        f"P6,,商铺,{LON},{LAT},,,,,,,\n"
        f"P7,超市,商铺,{LON},{LAT},,,,,,,\n"
    )
    outcome = load("premises", tmp_path, rows)
    assert counts(outcome) == (7, 1, 0, 0, 6)
    found = faults(outcome)
    assert found[2][0] == "kind" and found[7][0] == "name"
    assert found[3] == ("agency", "agency.unknown")
    assert found[4] == ("agency", "register.no_agency")
    assert found[5] == ("lon", "premises.place")
    assert found[6] == ("address_code", "address.unknown")
    assert load("premises", tmp_path, rows.replace("P7", "P8"), strict=True).kept_out
    assert Premises.objects.count() == 1


def test_devices_and_what_they_cover(town: Town, tmp_path: Path) -> None:
    rows = (
        f"C1,村口球机,一类视频,{LON},{LAT},村口,,公安,,0,360,80,\n"
        f"C2,超市门口,社会自建视频,{LON},{LAT},,,企业单位,万家超市,90,60,40,\n"
        f"C3,路口,智能前端,{LON},{LAT},,,,,,,,故障\n"
    )
    assert counts(load("devices", tmp_path, rows)) == (3, 3, 0, 0, 0)
    assert counts(load("devices", tmp_path, rows)) == (3, 0, 0, 3, 0)
    broken = Device.objects.get(code="C3")
    assert (broken.state, broken.owner_kind, broken.agency_path) == ("broken", "police", town.rooms[0].path)
    assert broken.broken_since is not None
    officer = town.actor("community_officer")
    here = LayerQuery(bbox=Box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01))
    assert len(list(features_of(officer, layer_named("devices"), here))) == 3
    assert len(list(features_of(officer, layer_named("device_cover"), here))) == 2
    society = LayerQuery(where={"kind": ("society",)})
    (cover,) = features_of(officer, layer_named("device_cover"), society)
    assert cover.properties["code"] == "C2"
    beside = LayerQuery(bbox=Box(LON + 0.0003, LAT - 0.0001, LON + 0.01, LAT + 0.0001))
    assert not list(features_of(officer, layer_named("devices"), beside))
    assert len(list(features_of(officer, layer_named("device_cover"), beside))) == 2, (
        "it sees into the box from outside"
    )
    assert not list(features_of(town.actor("other_officer"), layer_named("devices"), here))
    assert counts(load("devices", tmp_path, "C3,,,,,,,,,,,,在线\n")) == (1, 0, 1, 0, 0)
    broken.refresh_from_db()
    assert broken.state == "working"
    assert not Device.objects.filter(broken_since__isnull=False).exists()
    wrong = load("devices", tmp_path, f"C4,门,一类视频,{LON},{LAT},,,,,400,,,\nC5,门,一类视频,,,,R1,,,,,,\n")
    assert counts(wrong) == (2, 0, 0, 0, 2)
    found = faults(wrong)
    assert found[2] == ("direction_deg", "device.direction")
    assert found[3] == ("lat", "cell.missing")


def test_premises_stand_on_the_map_of_who_may_see_them(town: Town, tmp_path: Path) -> None:
    load("premises", tmp_path, f"P1,超市,商铺,{LON},{LAT},,,,,,,\nP2,小学,学校,{LON},{LAT},,,,,,,2026-01-01\n")
    layer = layer_named("premises")
    (shown,) = features_of(town.actor("station_chief"), layer, LayerQuery())
    assert shown.properties["name"] == "超市"
    assert not list(features_of(town.actor("station_chief"), layer, LayerQuery(where={"kind": ("school",)})))
    assert not list(features_of(town.actor("other_officer"), layer, LayerQuery()))


@pytest.mark.parametrize("kind", ["premises", "devices", "volunteers"])
def test_the_contracts_names(kind: str) -> None:
    assert [column.name for column in IMPORTERS[kind].columns if column.key] == ["code"]
