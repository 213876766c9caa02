"""Registers by the API: paged lists with the same rights as the pages, volunteers masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linli.places.grading.acts import GradeFacts, declare_scheme
from linli.trail.reads.models import Read
from tests.doors.conftest import Door
from tests.town import SETUP, Town

Enter = Callable[[str], Door]


def place(town: Town, code: str, **more: Any) -> dict[str, Any]:
    lon, lat = town.spot(0)
    return {"code": code, "name": f"店{code}", "kind": "shop", "agency": "R1", "lon": lon, "lat": lat, **more}


def test_premises_and_their_grades(town: Town, door: Enter) -> None:
    officer = door("community_officer")
    for code in ("A1", "A2", "A3"):
        status, made = officer.post("/premises", place(town, code))
        assert (status, made["grid"], made["kind"]["zh"]) == (201, "G1", "商铺")
    _, first = officer.get("/premises", limit=2)
    assert [row["code"] for row in first["items"]] == ["A1", "A2"]
    _, rest = officer.get("/premises", limit=2, after=first["next"])
    assert ([row["code"] for row in rest["items"]], rest["next"]) == (["A3"], None)
    assert door("other_officer").get("/premises")[1]["items"] == []
    assert door("other_officer").get("/premises/A1")[0] == 404
    assert door("other_officer").post("/premises", place(town, "A4"))[1]["code"] == "right.missing"
    assert officer.post("/premises", place(town, "A1"))[1]["code"] == "premises.code_taken"
    assert officer.post("/premises", place(town, "A5", kind="home"))[0] == 422
    assert officer.get("/premises", limit=9999)[0] == 422
    declare_scheme(
        SETUP, code="s", zh="三分级", grades=[GradeFacts("mend", "整治", tone="danger", review_every_days=7)]
    )
    status, given = officer.post("/premises/A1/gradings", {"scheme": "s", "grade": "mend", "reasons": "通道被占"})
    assert (status, given["grade"]["tone"], given["premises"]) == (201, "danger", "A1")
    assert officer.post("/premises/A1/gradings", {"scheme": "s", "grade": "no", "reasons": "x"})[0] == 404
    _, listed = door("station_chief").get("/gradings", due_by="2099-01-01")
    assert [row["premises"] for row in listed["items"]] == ["A1"]
    assert listed["schemes"][0]["grades"][0]["code"] == "mend"
    assert door("station_chief").get("/gradings", due_by="2020-01-01")[1]["items"] == []
    assert len(officer.get("/premises/A1")[1]["gradings"]) == 1


def test_devices(town: Town, door: Enter) -> None:
    officer, (lon, lat) = door("community_officer"), town.spot(0)
    camera = {"code": "C1", "name": "村口", "kind": "class_1", "agency": "R1", "lon": lon, "lat": lat}
    status, made = officer.post("/devices", {**camera, "angle_deg": 360, "range_m": 60})
    assert (status, made["covers"], made["state"]["code"]) == (201, True, "working")
    status, moved = officer.post("/devices/C1/moves/report_broken")
    assert (status, moved["covers"], moved["state"]["zh"]) == (200, False, "故障")
    assert officer.post("/devices/C1/moves/report_broken")[0] == 409
    assert officer.post("/devices/C1/moves/explode")[0] == 422
    assert [row["code"] for row in officer.get("/devices", state="broken")[1]["items"]] == ["C1"]
    assert door("other_officer").post("/devices/C1/moves/repair")[0] == 404


def test_volunteers_are_masked_and_a_look_is_kept(town: Town, door: Enter) -> None:
    officer = door("community_officer")
    facts = {"code": "V1", "kind": "courier", "name": "演骑手", "phone": "13900000001", "agency": "R1"}
    assert officer.post("/volunteers", facts)[0] == 422, "nobody is on record without consent"
    status, made = officer.post("/volunteers", {**facts, "consented_on": "2026-01-05", "free": "每天 24小时"})
    assert (status, made["name"], made["phone"]) == (201, "演**", "139****0001")
    assert [row["code"] for row in officer.get("/volunteers", q="13900000001")[1]["items"]] == ["V1"]
    assert officer.get("/volunteers/V1/contact")[0] == 422
    assert not Read.objects.exists()
    _, whole = officer.get("/volunteers/V1/contact", purpose="今晚巡逻")
    assert whole == {"code": "V1", "name": "演骑手", "phone": "13900000001"}
    assert Read.objects.get().purpose == "今晚巡逻"
    assert door("other_officer").get("/volunteers")[1]["items"] == []
    assert door("other_officer").get("/volunteers/V1/contact", purpose="x")[0] == 404
