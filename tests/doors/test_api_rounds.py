"""Cards, care, hours and drawing away at the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from linli.kernel import clock
from linli.visits.cards.acts import design_card
from tests.acts.test_cards import houses
from tests.doors.conftest import Door
from tests.town import Town

Enter = Callable[[str], Door]


def test_cards(town: Town, door: Enter) -> None:
    houses(town, 0, 2)
    officer = door("community_officer")
    chief = town.actor("station_chief")
    design_card(chief, agency=town.station, name="简洁", layout="plain", call_for="纠纷")
    status, found = officer.get("/cards/designs")
    assert (status, [one["name"] for one in found["items"]]) == (200, ["简洁"])
    sent = {"grid": "G1", "design": found["items"][0]["id"]}
    status, batch = officer.post("/cards/batches", sent, key="once")
    assert (status, batch["doors"]) == (201, 2)
    assert officer.post("/cards/batches", sent, key="once")[1] == batch
    status, left = officer.get(f"/cards/batches/{batch['id']}", left=True)
    assert [one["address"] for one in left["items"]] == ["学府路1号", "学府路2号"]
    first = left["items"][0]["id"]
    assert officer.post(f"/cards/doors/{first}", {"outcome": "handed"})[1]["outcome"]["zh"] == "当面交给"
    assert officer.post(f"/cards/doors/{first}", {"outcome": "burnt"})[0] == 422
    assert door("other_officer").post(f"/cards/doors/{first}", {"outcome": "left"})[0] == 404
    assert officer.get("/cards")[1]["items"][0]["done"] == 1
    assert officer.get("/cards", stale=True)[1]["items"] == []


def test_care_answers_hold_nothing_that_is_kept(town: Town, door: Enter) -> None:
    officer, chief = door("community_officer"), door("station_chief")
    sent = {
        "agency": "R1",
        "called": "桂花",
        "reason": "disabled",
        "ground": "consent",
        "consent_by": "本人",
        "consent_on": clock.today().isoformat(),
        "consent_way": "spoken",
        "name": "孔大伯",
        "phone": "13933334444",
        "address": "青石弄8号",
        "situation": "轮椅",
    }
    status, made = officer.post("/care", sent)
    assert (status, sorted(made)) == (201, ["id", "review_on", "state"])
    here = f"/care/{made['id']}"
    status, masked = officer.get(here)
    assert (masked["name"], masked["phone"], masked["address"]) == ("孔**", "139****4444", None)
    assert officer.get(here, purpose="gossip")[0] == 422
    assert officer.get(here, purpose="visit")[1]["address"] == "青石弄8号"
    assert (chief.get(here)[0], chief.get("/care")[1]) == (404, {"items": []})
    assert chief.post(f"{here}/visits", {"kind": "home"})[0] == 404
    assert sorted(officer.post(f"{here}/visits", {"kind": "call", "note": "问好"})[1]) == ["at", "id", "kind"]
    due = (clock.today() + timedelta(days=2)).isoformat()
    promised = officer.post(f"{here}/promises", {"what": "修坡道", "due_on": due})[1]
    settled = officer.post(f"/care/promises/{promised['id']}", {"move": "keep", "outcome": "修好了"})[1]
    assert settled["state"] == "kept"
    assert officer.get(here)[1]["promises"][0]["what"] == "修坡道"


def test_hours_and_drawing_away(town: Town, door: Enter) -> None:
    officer, chief, leader = door("community_officer"), door("station_chief"), door("bureau_leader")
    assert officer.post("/duty/sign-on", {"agency": "R1"})[0] == 201
    assert officer.post("/duty/sign-on", {"agency": "R1"})[1]["code"] == "duty.running"
    assert officer.post("/duty/sign-on", {"agency": "R2"})[0] == 403
    assert officer.post("/duty/sign-off", {})[1]["off_at"]
    assert officer.post("/duty/sign-off", {})[0] == 409
    today = clock.today()
    last = today - timedelta(days=today.weekday() + 3)
    told = officer.post(f"/hours/days/{last}", {"minutes": 480, "reason": "全天在村里"})
    assert told[0] == 200
    assert officer.post(f"/hours/days/{last}", {"minutes": 480})[0] == 422, "a reason is needed"
    assert officer.post(f"/hours/weeks/{today}/confirm", {})[0] == 422, "this week is not over"
    assert officer.post(f"/hours/weeks/{last}/confirm", {})[0] == 200
    week = officer.get("/hours", week=str(last))[1]
    assert (week["minutes"], week["told_in_sums"]) == (480, True)
    assert officer.get("/hours", week="0001-01-03")[0] == 422
    begins = today - timedelta(days=28)
    sums = chief.get("/hours/rooms", begins=str(begins), ends=str(today))[1]
    assert [one["minutes"] for one in sums["items"]] == [480, 0, 0]
    assert officer.get("/hours/rooms", begins=str(begins), ends=str(today))[1]["items"] == []
    at = clock.now()
    asked = {"person": "community_officer", "asked_for": "S1", "reason": "case"}
    asked |= {"begins_at": at.isoformat(), "ends_at": (at + timedelta(days=4)).isoformat()}
    status, row = chief.post("/drawings", asked)
    assert (status, row["beyond_limit"]) == (201, True)
    assert chief.post("/drawings", asked)[0] == 409
    other = door("station_desk")
    assert other.post(f"/drawings/{row['id']}/approve", {})[0] == 403
    assert leader.post(f"/drawings/{row['id']}/approve", {})[1]["state"]["code"] == "approved"
    assert chief.post(f"/drawings/{row['id']}/cancel", {})[1]["state"]["code"] == "cancelled"
    assert officer.get("/drawings")[1]["items"][0]["id"] == row["id"]
