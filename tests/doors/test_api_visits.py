"""Visits at the API: a week from what is due, one entry with everything, signing, inspections, figures of work (W1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest

from linli.command import main
from linli.kernel import clock
from linli.places.premises.acts import register_premises
from linli.visits.inspections.models import Inspection
from linli.visits.plans.acts import gather
from linli.visits.plans.acts.campaigns import WORKER
from linli.visits.plans.models import Due
from linli.visits.records.models import Visit
from tests.doors.conftest import Door
from tests.doors.test_api_field import Phone
from tests.town import SETUP, Town

MONDAY = date(2026, 11, 23)
Doors = Callable[[str], Door]


@pytest.fixture
def monday(fixed_clock: Callable[[datetime], Any]) -> Any:
    with fixed_clock(datetime(2026, 11, 23, 8, 0, tzinfo=clock.SHANGHAI)):
        yield


def places(town: Town, count: int = 3) -> None:
    for n in range(count):
        lon, lat = town.spot(0, 0.2 + 0.2 * n)
        register_premises(
            SETUP, code=f"P{n}", name=f"厂{n}", kind="factory", agency_path=town.rooms[0].path, lon=lon, lat=lat
        )
    gather(WORKER)
    Due.objects.update(due_on=MONDAY + timedelta(days=2))


def test_a_week_and_its_records(town: Town, door: Doors, monday: None) -> None:
    places(town)
    officer, chief, stranger = (door(n) for n in ("community_officer", "station_chief", "other_officer"))
    assert officer.get("/visits/due")[1]["count"] == 3
    assert officer.get("/visits/week")[1]["stops"] == []
    status, week = officer.post("/visits/week", {"a_day": 2})
    assert (status, week["by_road"], len(week["stops"])) == (201, True, 3)
    first, second, third = week["stops"]
    assert first["why"]["zh"].startswith("企业场所：")
    told = {
        "stop": first["id"],
        "people_met": 4,
        "helped": 1,
        "topics": ["fire"],
        "said": {"met": "厂长"},
        "opens": {"dispute": "工资拖欠争执"},
    }
    status, made = officer.post("/visits", told)
    assert (status, made["premises"], made["state"]["code"]) == (201, first["due"]["premises"], "official")
    number = made["opened"][0]
    assert officer.get(f"/matters/{number}")[1]["kind"] == "dispute"
    assert officer.post("/visits", {**told, "stop": second["id"], "people_met": 0})[0] == 422
    assert officer.post(f"/visits/stops/{third['id']}", {"leave_out": True})[1]["state"] == "left_out"
    assert stranger.post(f"/visits/stops/{third['id']}", {"leave_out": True})[0] == 404
    assert stranger.get(f"/visits/{made['id']}")[0] == 404
    listed = chief.get("/visits", door=made["door"])[1]["items"]
    assert [(row["id"], row["said"]) for row in listed] == [(made["id"], None)]
    assert chief.get(f"/visits/{made['id']}")[1]["said"] == {"met": "厂长"}


def test_a_helpers_record_is_signed_and_doors_come_on_the_list(town: Town, door: Doors, monday: None) -> None:
    officer, helper = door("community_officer"), door("auxiliary")
    status, waiting = helper.post("/visits", {"place": "溪东村1号", "people_met": 2})
    assert (status, waiting["state"]["code"]) == (201, "waiting")
    assert helper.post(f"/visits/{waiting['id']}/sign")[0] == 403
    assert officer.post(f"/visits/{waiting['id']}/send-back", {"why": "哪一户？"})[0] == 200
    fixed = {"version": 2, "why": "补写", "values": {"people_met": 3}}
    assert helper.post(f"/visits/{waiting['id']}/corrections", fixed)[1]["state"]["code"] == "waiting"
    assert helper.post(f"/visits/{waiting['id']}/corrections", fixed)[0] == 409
    assert officer.post(f"/visits/{waiting['id']}/sign")[1]["state"]["code"] == "official"
    assert officer.get(f"/visits/{waiting['id']}")[1]["versions"][0]["before"]["people_met"] == 2
    lon, lat = town.spot(0)
    alone = {"reason": "lives_alone", "place": "溪东村3号", "lon": lon, "lat": lat}
    assert officer.post("/visits/due", alone)[0] == 422
    assert officer.post("/visits/due", {**alone, "consented_on": "2026-11-01"})[0] == 201
    assert helper.post("/visits/due", {**alone, "consented_on": "2026-11-01"})[0] == 403
    assert {one["code"] for one in officer.get("/visits/reasons")[1]["reasons"]} >= {"new_tenant", "victim", "campaign"}


W1 = {
    "person_visits": 750,
    "homes_reached": 11,
    "people_helped": 4,
    "disputes": 5,
    "hazards": 0,
    "tips": 0,
    "inspections": 6,
    "put_right": 0,
    "unlicensed": 5,
    "seizures": 1,
    "seized_yuan": 200_000,
}


def test_w1_is_counted_for_an_officer_a_place_and_a_grid(
    town: Town, door: Doors, monday: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The practice's own example: 750 person-visits, 4 helped, disputes, 3 net bars, 2 game rooms, 200,000 yuan."""
    officer, chief, other = (door(name) for name in ("community_officer", "station_chief", "other_officer"))
    lon, lat = town.spot(0)
    here = {"lon": lon, "lat": lat}
    for n in range(5):
        told = {"place": f"溪东村{n}号", **here, "people_met": 148, "opens": {"dispute": f"第{n}起：争地界"}}
        assert officer.post("/visits", {**told, "helped": 1 if n < 4 else 0})[0] == 201
    officer.post("/visits", {"place": "溪东村0号", **here, "people_met": 4})
    officer.post("/visits", {"place": "溪东村9号", **here, "outcome": "nobody"})
    for n, trade in enumerate(["internet_cafe"] * 3 + ["game_room"] * 2):
        looked = {"place": f"无证场所{n}", **here, "trade": trade, "outcome": "unlicensed"}
        assert officer.post("/visits/inspections", looked)[0] == 201
    fakes = {
        "place": "摊点",
        **here,
        "trade": "stall",
        "outcome": "seized",
        "seized_what": "假烟",
        "seized_yuan": 200_000,
    }
    status, made = officer.post("/visits/inspections", fakes)
    assert (status, officer.get(f"/visits/inspections/{made['id']}")[1]["seized_yuan"]) == (201, 200_000)
    span = {"begins": "2026-09-01", "ends": "2026-12-01"}
    whose = {"officer": "community_officer"}
    status, mine = officer.get("/visits/work", **whose, **span)
    counted = {one["code"]: one["n"] for one in mine["figures"]}
    assert (status, counted) == (200, W1)
    assert [(one["code"], one["n"]) for one in mine["trades"]] == [("internet_cafe", 3), ("game_room", 2)]
    for asked in ({"place": "R1"}, {"place": "S1"}, {"grid": "G1"}):
        found = chief.get("/visits/work", **asked, **span)[1]["figures"]
        assert {one["code"]: one["n"] for one in found} == counted, asked
    assert chief.get("/visits/work", **whose, **span)[1]["figures"] == mine["figures"]
    assert other.get("/visits/work", **whose, **span)[0] == 404
    assert officer.get("/visits/work", officer="other_officer", **span)[0] == 404
    assert officer.get("/visits/work", place="R2", **span)[0] == 404
    assert officer.get("/visits/work", **span)[0] == 422
    _printed(tmp_path, capsys, counted)


def _printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], counted: dict[str, int]) -> None:
    answers = []
    for kind in ("docx", "pdf", "xlsx"):
        out = tmp_path / f"work.{kind}"
        asked_for = ["report", "work", "--officer", "community_officer", "--from", "2026-09-01", "--to", "2026-12-01"]
        assert main.main([*asked_for, "--format", kind, "--out", str(out), "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert {one["code"]: one["n"] for one in answers[0]["figures"]} == counted
    cells = [cell.text for row in docx.Document(str(tmp_path / "work.docx")).tables[0].rows for cell in row.cells]
    assert cells[4:7] == ["走访", "750", "人次"]
    assert cells[cells.index("　其中网吧") + 1] == "3"
    assert (tmp_path / "work.pdf").read_bytes().startswith(b"%PDF-")


def test_campaigns_and_rechecks(town: Town, door: Doors, monday: None) -> None:
    places(town)
    officer, chief, helper = (door(name) for name in ("community_officer", "station_chief", "auxiliary"))
    asked = {
        "code": "fire-26",
        "name": "冬季消防走访",
        "agency": "S1",
        "begins_on": "2026-11-23",
        "ends_on": "2026-12-31",
        "doors": "premises",
        "premises_kinds": ["factory"],
    }
    assert officer.post("/visits/campaigns", asked)[0] == 403
    assert chief.post("/visits/campaigns", asked)[0] == 201
    assert [row["code"] for row in officer.get("/visits/campaigns")[1]["items"]] == ["fire-26"]
    assert officer.get("/visits/campaigns/fire-26")[1]["places"] == []
    assert chief.post("/visits/campaigns/fire-26/end")[1]["ended_at"] is not None
    looked = {
        "premises": "P0",
        "outcome": "put_right",
        "put_right_by": (MONDAY + timedelta(days=3)).isoformat(),
        "checklist": "inner_security",
        "findings": {"devices": "fail"},
    }
    status, made = helper.post("/visits/inspections", looked)
    assert (status, made["state"]["code"], made["findings"]["devices"]["result"]) == (201, "waiting", "fail")
    assert officer.post(f"/visits/inspections/{made['id']}/sign")[1]["state"]["code"] == "to_put_right"
    status, again = officer.post(f"/visits/inspections/{made['id']}/recheck", {"passed": True})
    assert (status, again["rechecks"]) == (201, made["id"])
    assert officer.get("/visits/inspections", state="put_right")[1]["items"][0]["id"] == made["id"]
    assert officer.post(f"/visits/inspections/{made['id']}/send-back", {"why": "x"})[0] == 409


def test_a_phone_records_without_a_network(town: Town, door: Doors, monday: None) -> None:
    """The forms, the doors of the week and the operations come from the declarations alone."""
    places(town)
    officer = door("community_officer")
    first, second, _ = officer.post("/visits/week", {"a_day": 3})[1]["stops"]
    phone = Phone(officer, town.people["community_officer"])
    forms = {one["act"]: one for one in officer.get("/field/forms")[1]["forms"]}
    assert {"visit.record", "visit.record_stop", "inspection.record:inner_security", "inspection.recheck"} <= set(forms)
    asked = {one["name"] for one in forms["visit.record_stop"]["inputs"]}
    assert {"outcome", "hazard", "dispute", "voice"} <= asked
    pack = officer.get("/field/pack", device=phone.device)[1]["items"]
    held = {one["id"]: one["data"] for one in pack if one["type"] == "visits.stop"}
    assert held[first["id"]]["rank"] == 1
    gone = phone.op("visit.record_stop", first["id"], values={"outcome": "nobody"})
    found = phone.op("visit.record_stop", first["id"], values={"outcome": "met", "people_met": 2, "words": "谈用电"})
    free = phone.op(
        "visit.record",
        values={
            "reason": "plain_talk",
            "outcome": "met",
            "people_met": 3,
            "premises": {"text": "村口小卖部"},
            "hazard": "路灯不亮",
        },
    )
    looked = phone.op(
        "inspection.record:inner_security",
        values={"premises": {"id": str(Due.objects.get(pk=second["due"]["id"]).premises_id)}, "item_devices": "fail",
                "outcome": "put_right", "put_right_by": "2026-11-30"},
    )  # fmt: skip
    answers = phone.send(gone, found, free, looked)
    assert [one["answer"] for one in (*answers, *phone.send(gone))] == ["applied"] * 5, answers
    assert Visit.objects.filter(premises__code=first["due"]["premises"]).count() == 2
    kept = Visit.objects.get(pk=free["record"])
    assert (kept.place, kept.people_met, kept.opened.get().matter.kind) == ("村口小卖部", 3, "hazard")
    made = Inspection.objects.get(pk=looked["record"])
    assert made.findings.get().code == "devices"
    again = phone.op("inspection.recheck", str(made.pk), values={"passed": True})
    assert phone.send(again)[0]["answer"] == "applied"
    made.refresh_from_db()
    assert made.state == "put_right"
