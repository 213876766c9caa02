"""Grids over HTTP: what is in force, what a drawing would do, saving it once; a drawn area as a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.test import Client
from python_calamine import CalamineWorkbook
from shapely.geometry import LineString, box

from linli.kernel import clock
from linli.places.grid.models import Grid
from tests.doors.conftest import Door
from tests.town import SOUTH, STEP, WEST, Town

Enter = Callable[[str], Door]
LATER = (clock.today() + timedelta(days=3)).isoformat()


def drawn(shape: Any) -> dict[str, Any]:
    found: dict[str, Any] = shapely.geometry.mapping(shape)
    return found


def listed(door: Door, **query: Any) -> dict[str, dict[str, Any]]:
    status, answer = door.get("/grids", **query)
    assert status == 200
    return {row["code"]: row for row in answer["items"]}


def test_a_grid_is_divided_once_and_joined_again(town: Town, door: Enter) -> None:
    admin = door("administrator")
    before = listed(admin)["G1"]
    assert (before["version"], before["answered_by"]["code"], before["next_from"]) == (1, "R1", None)
    line = drawn(LineString([(WEST + STEP / 3, SOUTH - 0.001), (WEST + STEP / 3, SOUTH + STEP + 0.001)]))
    _, preview = admin.post(f"/grids/{before['id']}/parts", {"line": line})
    assert [part["code"] for part in preview["parts"]] == ["G1", "G1-2"]
    parts = [{"code": part["code"], "name": part["name"]} for part in preview["parts"]]
    body = {"line": line, "version": 1, "valid_from": LATER, "parts": parts}
    status, made = admin.post(f"/grids/{before['id']}/split", body, key="split-1")
    assert status == 201
    assert admin.post(f"/grids/{before['id']}/split", body, key="split-1")[1] == made, "sent twice, done once"
    status, refused = admin.post(f"/grids/{before['id']}/split", body)
    assert (status, refused["code"]) == (409, "grid.moved_on")
    assert listed(admin)["G1"]["next_from"] == LATER
    after = listed(admin, on=LATER)
    assert set(after) == {"G1", "G1-2", "G2", "G3"}
    two = [after["G1"], after["G1-2"]]
    _, whole = admin.post("/grids/whole", {"grids": [row["id"] for row in two]})
    assert shapely.geometry.shape(whole["geometry"]).equals(shapely.geometry.shape(before["geometry"]))
    later = (clock.today() + timedelta(days=9)).isoformat()
    merge = {"grids": [row["id"] for row in two], "versions": [row["version"] for row in two], "valid_from": later}
    status, joined = admin.post("/grids/merge", {**merge, "code": "G1", "name": "第1警格"})
    assert (status, joined["version"]) == (201, 3)
    _, past = admin.get("/grids/history", code="G1")
    assert [row["valid_from"] for row in past["items"]] == [later, LATER, "2020-01-01"]


def test_a_drawing_is_checked_before_it_is_saved(town: Town, door: Enter) -> None:
    admin = door("administrator")
    above = box(WEST + 0.0001, SOUTH + STEP - 0.003, WEST + STEP, SOUTH + 2 * STEP)
    sent = {"kind": "police", "shape": drawn(above), "valid_from": LATER}
    _, found = admin.post("/grids/check", sent)
    assert [(one["code"], one["area_m2"] > 1000) for one in found["overlaps"]] == [("G1", True)]
    _, fitted = admin.post("/grids/check", {**sent, "fit": True})
    assert (fitted["overlaps"], fitted["gaps"]) == ([], [])
    new = {"code": "N1", "name": "新格", "valid_from": LATER}
    status, refused = admin.post("/grids", {**new, "shape": drawn(above)})
    assert (status, refused["code"], refused["facts"]["other"]) == (409, "grid.overlaps", "G1")
    assert above.contains(shapely.Point(refused["facts"]["lon"], refused["facts"]["lat"]))
    status, made = admin.post("/grids", {**new, "shape": fitted["shape"]})
    assert status == 201
    moved = drawn(shapely.affinity.translate(shapely.geometry.shape(fitted["shape"]), 0, 0.001))
    later = (clock.today() + timedelta(days=5)).isoformat()
    redrawing = {"shape": moved, "valid_from": later, "version": 1}
    status, redrawn = admin.post(f"/grids/{made['id']}/redraw", redrawing)
    assert (status, redrawn["version"]) == (201, 2)
    closing = {"valid_to": (clock.today() + timedelta(days=8)).isoformat(), "version": 2}
    assert admin.post(f"/grids/{redrawn['id']}/close", closing)[0] == 200
    assert not Grid.objects.filter(code="N1", active=True).exists()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/grids/check", {"shape": {"type": "Polygon", "coordinates": []}, "valid_from": LATER}, 422),
        ("/grids", {"code": "N", "name": "N", "valid_from": LATER, "shape": {"type": "Point"}}, 422),
        ("/grids/whole", {"grids": ["018f0000-0000-7000-8000-000000000000"]}, 404),
        ("/grids/018f0000-0000-7000-8000-000000000000/parts", {"line": {}}, 404),
    ],
)
def test_what_is_wrong_is_said(town: Town, door: Enter, path: str, body: dict[str, Any], status: int) -> None:
    assert door("administrator").post(path, body)[0] == status
    officer = door("community_officer")
    assert officer.get("/grids/history", code="NOWHERE")[0] == 404
    assert not any(officer.get("/grids")[1]["may"].values())


def test_a_post_without_the_right_saves_nothing(town: Town, door: Enter) -> None:
    grid = listed(door("dispatcher"))["G1"]
    body = {"shape": grid["geometry"], "valid_from": LATER, "version": 1}
    assert door("dispatcher").post(f"/grids/{grid['id']}/redraw", body)[0] == 403
    assert Grid.objects.filter(active=True).count() == 3


def test_a_drawn_area_is_a_file(town: Town, door: Enter) -> None:
    desk = door("dispatcher")
    lon, lat = town.spot()
    door("110").post("/incidents", {"category": "1040", "lon": lon, "lat": lat})
    sent = {"geometry": drawn(box(WEST, SOUTH, WEST + STEP * 0.9, SOUTH + STEP)), "layers": ["grids", "matters"]}

    def file(**more: Any) -> Any:
        return Client().post(
            "/api/v1/map/area/export",
            data={**sent, **more},
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {desk.token}",
            HTTP_IDEMPOTENCY_KEY="file",
        )

    collection = file(format="geojson").json()
    assert [one["properties"]["layer"] for one in collection["features"]] == ["grids", "matters"]
    answer = file(format="xlsx")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["网格", "事项"]
    heads, *rows = book.get_sheet_by_name("事项").to_python()
    assert {"编号", "种类", "经度", "纬度"} <= set(heads)
    assert len(rows) == 1
