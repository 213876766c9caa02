"""An officer in danger: heard by whoever stands above, with a place, once, until the desk knows that it is over."""

from __future__ import annotations

from collections.abc import Callable

from linli.kernel import clock
from linli.operations.units.acts import Fix, take_positions
from linli.trail.entries.models import Entry
from tests.doors.conftest import Door
from tests.town import Town

Enter = Callable[[str], Door]


def test_an_officer_in_danger_is_heard_answered_and_ended_by_the_desk(town: Town, door: Enter) -> None:
    officer, desk = door("community_officer"), door("dispatcher")
    lon, lat = town.spot(0)
    status, cry = officer.post("/distress", {"lon": lon, "lat": lat, "accuracy_m": 12})
    assert (status, cry["state"], cry["position_from"], cry["unit"]["call_sign"]) == (201, "calling", "phone", "警101")
    again = officer.post("/distress", {"lon": lon + 0.001, "lat": lat})[1]
    assert (again["id"], again["lon"]) == (cry["id"], lon + 0.001), "the newer place, never a second cry"
    _, heard = desk.get("/distress")
    assert [(one["id"], one["may_answer"]) for one in heard["items"]] == [(cry["id"], True)]
    assert desk.get("/matters")[1]["items"] == [], "it is no matter and has no priority"
    assert door("station_chief").get("/distress")[1]["items"] and not door("other_officer").get("/distress")[1]["items"]
    assert officer.post(f"/distress/{cry['id']}/moves/answer", {})[0] == 403
    status, coming = desk.post(f"/distress/{cry['id']}/moves/answer", {})
    assert (status, coming["state"], bool(coming["answered_at"])) == (200, "help_coming", True)
    assert door("station_chief").post(f"/distress/{cry['id']}/moves/answer", {})[0] == 409
    mine = officer.get("/me")[1]["distress"][0]
    assert mine["mine"] and mine["answered_by"] == town.people["dispatcher"].name
    status, safe = officer.post(f"/distress/{cry['id']}/moves/safe", {})
    assert status == 200 and safe["safe_at"] and safe["state"] == "help_coming", "the phone may be in other hands"
    assert desk.post(f"/distress/{cry['id']}/moves/end", {"ending": "x"})[0] == 422
    assert desk.post(f"/distress/{cry['id']}/moves/safe", {})[0] == 403
    assert desk.post(f"/distress/{cry['id']}/moves/end", {"ending": "safe"})[1]["state"] == "over"
    assert officer.post(f"/distress/{cry['id']}/moves/safe", {})[0] == 409
    assert desk.get("/distress")[1]["items"] == [] and officer.get("/me")[1]["distress"] == []
    acts = Entry.objects.filter(subject_type="operations.distress").order_by("at").values_list("act", flat=True)
    assert [*acts] == ["distress.raise", "distress.raise", "distress.answer", "distress.say_safe", "distress.end"]


def test_without_a_place_of_the_phone_it_is_where_the_unit_was_last(town: Town, door: Enter) -> None:
    lon, lat = town.spot(0, dx=0.2)
    take_positions([Fix(town.units[0], lon, lat, clock.now(), 5.0)])
    _, cry = door("community_officer").post("/distress", {"lon": 999, "lat": 1})
    assert (cry["position_from"], cry["lon"], cry["lat"]) == ("unit", lon, lat), "a wrong place does not silence a cry"
    status, no_place = door("grid_worker").post("/distress", {})
    assert (status, no_place["lon"], no_place["unit"]) == (201, None, None)
    assert [one["id"] for one in door("dispatcher").get("/distress")[1]["items"]] == [cry["id"], no_place["id"]]
    assert door("partner_officer").get("/distress")[1]["items"] == []
