"""Registers at their pages: premises, devices, grades of the bureau, volunteers masked until a purpose is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from linli.kernel import clock
from linli.org.people.acts import open_account
from linli.places.devices.models import Device
from linli.places.grading.models import Grading, Scheme
from linli.places.premises.models import Premises
from linli.trail.reads.models import Read
from linli.volunteers.members.models import Member
from tests.reading import whole as told
from tests.town import SETUP, Town

Enter = Callable[[str], Client]
GRADES = {
    "form-TOTAL_FORMS": "3",
    "form-INITIAL_FORMS": "0",
    "form-0-code": "keep",
    "form-0-zh": "一般",
    "form-0-tone": "ok",
    "form-0-review_every_days": "180",
    "form-1-code": "mend",
    "form-1-zh": "整治",
    "form-1-tone": "danger",
    "form-1-review_every_days": "7",
    "form-1-measures": "每周复查",
    "form-2-tone": "ok",
    "form-2-review_every_days": "90",
}


@pytest.fixture
def enter(town: Town) -> Enter:
    held: dict[str, Client] = {}

    def signed_in(name: str) -> Client:
        if name not in held:
            held[name] = Client()
            held[name].force_login(open_account(SETUP, username=name, person=town.people[name]))
        return held[name]

    return signed_in


def shop(town: Town, client: Client, **more: Any) -> Any:
    lon, lat = town.spot(0)
    facts = {"code": "SH-1", "name": "便民超市", "kind": "shop", "agency": "R1", "lon": lon, "lat": lat, **more}
    return client.post("/premises/new", facts)


def test_premises_are_registered_found_changed_and_closed(town: Town, enter: Enter) -> None:
    officer = enter("community_officer")
    wrong = shop(town, officer, code="店 一", operator="万家公司")
    assert wrong.status_code == 422
    assert 'id="id_code-bad"' in told(wrong) and "万家公司" in told(wrong), "said at the field, nothing lost"
    assert shop(town, officer, hazard_note="煤气").status_code == 302
    page = told(officer.get("/premises/SH-1"))
    assert "便民超市" in page and "煤气" in page and "G1" in page
    assert "便民超市" in told(officer.get("/premises?kind=shop&grid=G1&q=超市"))
    assert "便民超市" not in told(officer.get("/premises?kind=school"))
    assert "便民超市" not in told(enter("other_officer").get("/premises"))
    assert enter("other_officer").get("/premises/SH-1").status_code == 404
    change = {"name": "便民商场", "kind": "market", "version": 1}
    assert officer.post("/premises/SH-1/change", change).status_code == 302
    stale = officer.post("/premises/SH-1/change", {**change, "name": "旧名"})
    assert stale.status_code == 422 and "他人刚改过" in told(stale) and "旧名" in told(stale)
    assert officer.post("/premises/SH-1/close", {"on": clock.today().isoformat()}).status_code == 302
    assert "/premises/SH-1" not in told(officer.get("/premises"))
    assert "便民商场" in told(officer.get("/premises?closed=1"))
    assert Premises.objects.get().closed_on == clock.today()
    assert enter("grid_worker").get("/premises").status_code == 403


def test_the_bureau_names_grades_and_an_officer_decides(town: Town, enter: Enter) -> None:
    administrator, officer = enter("administrator"), enter("community_officer")
    blank = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-tone": "ok", "form-0-review_every_days": "90"}
    empty = administrator.post("/grading/new", {"code": "s", "zh": "三分级", **blank})
    assert empty.status_code == 422 and "至少要有一个等级" in told(empty)
    scheme = {"code": "s", "zh": "三分级三提升", "kinds": ["shop"], **GRADES}
    assert officer.post("/grading/new", scheme).status_code == 403
    assert administrator.post("/grading/new", scheme).status_code == 302
    assert [grade.zh for grade in Scheme.objects.get().grades.all()] == ["一般", "整治"]
    shop(town, officer)
    mend = Scheme.objects.get().grades.get(code="mend")
    bare = officer.post("/premises/SH-1/grade", {"grade": mend.pk, "reasons": ""})
    assert bare.status_code == 422 and 'id="id_reasons-bad"' in told(bare)
    assert officer.post("/premises/SH-1/grade", {"grade": mend.pk, "reasons": "通道被占"}).status_code == 302
    given = Grading.objects.get()
    assert (given.measures, given.graded_by_name) == ("每周复查", town.people["community_officer"].name)
    page = told(officer.get("/premises/SH-1"))
    assert "整治" in page and "通道被占" in page
    assert "便民超市" in told(officer.get("/grades?grade=s.mend"))
    kept = {**scheme, "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"}
    left_out = administrator.post("/grading/s", kept)
    assert left_out.status_code == 422 and "还有1处在用" in told(left_out)
    assert officer.post(f"/premises/SH-1/grade/{given.pk}/release").status_code == 302
    given.refresh_from_db()
    assert given.ended_why == "released"
    assert "解除" in told(officer.get("/premises/SH-1"))
    assert officer.post(f"/premises/SH-1/grade/{given.pk}/release").status_code == 409
    assert enter("station_chief").get("/grading").status_code == 200


def test_devices_are_registered_broken_and_mended(town: Town, enter: Enter) -> None:
    officer, (lon, lat) = enter("community_officer"), town.spot(0)
    facts = {
        "code": "C-1",
        "name": "村口",
        "kind": "society",
        "agency": "R1",
        "owner_kind": "firm",
        "lon": lon,
        "lat": lat,
    }
    wrong = officer.post("/devices/new", {**facts, "direction_deg": 400})
    assert wrong.status_code == 422 and 'id="id_direction_deg-bad"' in told(wrong)
    assert (
        officer.post("/devices/new", {**facts, "direction_deg": 90, "angle_deg": 60, "range_m": 50}).status_code == 302
    )
    assert "计入覆盖" in told(officer.get("/devices/C-1"))
    assert officer.post("/devices/C-1/moves/report_broken").status_code == 302
    assert "1 台故障待修" in told(officer.get("/devices"))
    assert "不计入" in told(officer.get("/devices/C-1"))
    assert officer.post("/devices/C-1/moves/report_broken").status_code == 409
    change = {"name": "村口东", "kind": "society", "owner_kind": "firm", "lon": lon, "lat": lat, "version": 2}
    assert officer.post("/devices/C-1/change", change).status_code == 302
    assert Device.objects.get().name == "村口东"
    assert enter("other_officer").get("/devices/C-1").status_code == 404
    assert enter("auditor").post("/devices/C-1/moves/repair").status_code == 403


def test_a_volunteers_name_needs_a_purpose(town: Town, enter: Enter) -> None:
    officer = enter("community_officer")
    facts = {
        "code": "V-1",
        "kind": "courier",
        "name": "演骑手",
        "phone": "13900000001",
        "agency": "R1",
        "grid_code": "G1",
        "consented_on": "2026-01-05",
        "free": "周一至周五 18:00-21:00",
    }
    wrong = officer.post("/volunteers/new", {**facts, "free": "随时"})
    assert wrong.status_code == 422 and 'id="id_free-bad"' in told(wrong)
    assert officer.post("/volunteers/new", facts).status_code == 302
    for path in ("/volunteers", "/volunteers/V-1"):
        page = told(officer.get(path))
        assert "13900000001" not in page and "演骑手" not in page and "演**" in page, path
    assert "V-1" in told(officer.get("/volunteers?q=13900000001"))
    assert officer.post("/volunteers/V-1", {"purpose": ""}).status_code == 422
    assert not Read.objects.exists()
    assert "13900000001" in told(officer.post("/volunteers/V-1", {"purpose": "请今晚帮忙巡逻"}))
    look = Read.objects.get()
    assert (look.subject_type, look.purpose, look.subject_id) == (
        "volunteers.member",
        "请今晚帮忙巡逻",
        str(Member.objects.get().pk),
    )
    assert "周一至周五 18:00-21:00" in told(officer.get("/volunteers/V-1/change"))
    change = {"kind": "guard", "free": "", "grid_code": "G1", "version": 1}
    assert officer.post("/volunteers/V-1/change", change).status_code == 302
    assert Member.objects.get().phone == "13900000001"
    assert officer.post("/volunteers/V-1/moves/pause").status_code == 302
    assert enter("other_officer").get("/volunteers/V-1").status_code == 404
    assert officer.post("/volunteers/V-1/withdraw").status_code == 302
    assert Member.objects.get().name == ""
    assert "/volunteers/V-1" not in told(officer.get("/volunteers"))
