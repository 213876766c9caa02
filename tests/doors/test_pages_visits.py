"""Visits at their pages: the week, the record in half a minute, signing, corrections, inspections, campaigns, W1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from linli.kernel import clock
from linli.matters.ledger.models import Matter
from linli.org.people.acts import open_account
from linli.places.premises.acts import register_premises
from linli.visits.inspections.models import Inspection
from linli.visits.plans.acts import gather
from linli.visits.plans.acts.campaigns import WORKER, spread
from linli.visits.plans.models import Campaign, Due, Stop
from linli.visits.records.models import Visit
from linli.visits.records.rules import door_key
from tests.reading import whole as told
from tests.town import SETUP, Town

Enter = Callable[[str], Client]
MONDAY = date(2026, 11, 23)


@pytest.fixture
def enter(town: Town, fixed_clock: Callable[[datetime], Any]) -> Any:
    held: dict[str, Client] = {}

    def signed_in(name: str) -> Client:
        if name not in held:
            held[name] = Client()
            held[name].force_login(open_account(SETUP, username=name, person=town.people[name]))
        return held[name]

    with fixed_clock(datetime(2026, 11, 23, 8, 0, tzinfo=clock.SHANGHAI)):
        lon, lat = town.spot(0)
        for n in range(3):
            register_premises(
                SETUP, code=f"P{n}", name=f"厂{n}", kind="factory", agency_path=town.rooms[0].path,
                lon=lon + n * 0.001, lat=lat,
            )  # fmt: skip
        gather(WORKER)
        Due.objects.update(due_on=MONDAY + timedelta(days=1))
        yield signed_in


def test_a_week_is_planned_walked_and_recorded(town: Town, enter: Enter) -> None:
    officer = enter("community_officer")
    assert "排出本周走访" in told(officer.get("/visits"))
    assert officer.post("/visits/plan", {"a_day": "2"}).status_code == 302
    page = told(officer.get("/visits"))
    assert page.count("data-stop=") == 3
    assert "还没有走访过" in page
    stop, other = Stop.objects.order_by("day", "turn")[:2]
    form = told(officer.get(f"/visits/new?stop={stop.pk}"))
    assert stop.why_zh in form
    facts = {"outcome": "met", "people_met": "2", "topics": ["fire"], "words": "谈了用电", "hazard": "电线裸露。已告知"}
    assert officer.post(f"/visits/new?stop={stop.pk}", facts).status_code == 302
    visit = Visit.objects.get()
    matter = Matter.objects.get(from_visit__visit=visit)
    assert (visit.people_met, visit.premises, matter.title) == (2, stop.due.premises, "电线裸露")
    assert (
        officer.post(f"/visits/new?stop={other.pk}", {"outcome": "met", "people_met": "1", "helped": "3"}).status_code
        == 422
    )
    officer.post(f"/visits/stops/{other.pk}", {"leave_out": "1"})
    assert "加回" in told(officer.get("/visits"))
    door = told(officer.get(f"/visits/door/{visit.door}"))
    assert "谈了用电" in door
    shown = told(officer.get(f"/visits/{visit.pk}"))
    assert matter.number in shown
    fixed = {"reason": "enterprise", "outcome": "met", "people_met": "3", "why": "少记一人", "version": "1"}
    assert officer.post(f"/visits/{visit.pk}/correct", fixed).status_code == 302
    assert "少记一人" in told(officer.get(f"/visits/{visit.pk}"))
    stranger = enter("other_officer")
    assert stranger.get(f"/visits/{visit.pk}").status_code == 404
    assert "谈了用电" not in told(stranger.get(f"/visits/door/{visit.door}"))
    assert enter("call_taker").get("/visits").status_code == 403


def test_helpers_write_and_an_officer_signs(town: Town, enter: Enter) -> None:
    helper, worker, officer = enter("auxiliary"), enter("grid_worker"), enter("community_officer")
    facts = {"reason": "plain_talk", "place": "溪东村1号", "outcome": "met", "people_met": "1"}
    assert helper.post("/visits/new", facts).status_code == 302
    assert worker.post("/visits/new", {**facts, "place": "溪东村2号"}).status_code == 302
    assert worker.post("/visits/new", {**facts, "place": ""}).status_code == 422
    assert worker.post("/visits/new", {**facts, "reason": "victim"}).status_code == 422
    assert told(worker.get("/visits/all")).count("溪东村") == 1, "a civil post sees its own only"
    listed = told(officer.get("/visits/all?show=sign"))
    assert listed.count("溪东村") == 2
    first, second = Visit.objects.order_by("recorded_at")
    assert officer.post(f"/visits/{first.pk}/sign").status_code == 302
    assert officer.post(f"/visits/{second.pk}/sign", {"back": "1", "why": "户室？"}).status_code == 302
    assert "户室？" in told(worker.get(f"/visits/{second.pk}"))
    assert helper.post(f"/visits/{second.pk}/sign").status_code in (403, 404)
    due = {"reason": "new_tenant", "place": "溪东村8号"}
    assert officer.post("/visits/due/new", due).status_code == 302
    assert officer.post("/visits/due/new", due).status_code == 422
    assert Due.objects.filter(door=door_key(place="溪东村8号")).count() == 1


def test_inspections_campaigns_and_figures(town: Town, enter: Enter) -> None:
    officer, chief, helper = enter("community_officer"), enter("station_chief"), enter("auxiliary")
    assert "item_rules" in told(officer.get("/inspections/new?premises=P0&checklist=inner_security"))
    looked = {
        "outcome": "put_right",
        "people_met": "1",
        "item_rules": "pass",
        "item_devices": "fail",
        "remark": "门禁坏",
    }
    here = "/inspections/new?premises=P0&checklist=inner_security"
    assert helper.post(here, looked).status_code == 422
    assert helper.post(here, {**looked, "put_right_by": "2026-11-30"}).status_code == 302
    made = Inspection.objects.get()
    assert "技防设施" in told(officer.get(f"/inspections/{made.pk}"))
    assert officer.post(f"/inspections/{made.pk}/sign").status_code == 302
    assert told(officer.get("/inspections?show=again")).count("厂0") == 1
    assert officer.post(f"/inspections/{made.pk}/again", {"passed": "1"}).status_code == 302
    fakes = {
        "place": "摊点",
        "trade": "stall",
        "outcome": "seized",
        "people_met": "1",
        "seized_what": "假烟",
        "seized_yuan": "200000",
    }
    assert officer.post("/inspections/new", fakes).status_code == 302
    asked = {"code": "winter", "name": "冬防走访", "agency": "S1", "begins_on": "2026-11-23", "ends_on": "2026-12-23",
             "doors": "premises", "premises_kinds": ["factory"]}  # fmt: skip
    assert chief.post("/campaigns/new", {**asked, "premises_kinds": []}).status_code == 422
    assert chief.post("/campaigns/new", asked).status_code == 302
    campaign = Campaign.objects.get()
    spread({"campaign": str(campaign.pk), "after": ""})
    assert "第1警务室" in told(chief.get("/campaigns/winter"))
    assert "冬防走访" in told(officer.get("/visits"))
    assert officer.get("/campaigns/new").status_code == 403
    assert chief.post("/campaigns/winter/end").status_code == 302
    _figures(officer, chief)


def _figures(officer: Client, chief: Client) -> None:
    page = told(officer.get("/visits/figures"))
    assert "200000" in page.replace(",", "")
    assert "演community_officer" in page
    assert "演other_officer" not in page, "nobody sees his colleagues' figures"
    assert "演community_officer" in told(chief.get("/visits/figures?officer=community_officer"))
    for kind in ("docx", "pdf", "xlsx"):
        answer = chief.get(f"/visits/figures/{kind}?place=S1")
        assert (answer.status_code, len(answer.content) > 2000) == (200, True)
    assert officer.get("/visits/figures?officer=other_officer").status_code == 404


def test_the_bureau_sets_reasons_and_checklists(town: Town, enter: Enter) -> None:
    admin, officer = enter("administrator"), enter("community_officer")
    assert "新租户" in told(officer.get("/visits/settings"))
    assert officer.get("/visits/settings/reasons/new").status_code == 403
    facts = {
        "zh": "新租户",
        "first_within_days": "3",
        "retry_days": "2",
        "ground": "duty",
        "helpers": "on",
        "in_use": "on",
    }
    assert admin.post("/visits/settings/reasons/new_tenant", facts).status_code == 302
    assert admin.post("/visits/settings/reasons/new", {**facts, "code": "Bad"}).status_code == 422
    assert admin.get("/visits/settings/reasons/none").status_code == 404
    officer.post("/visits/due/new", {"reason": "new_tenant", "place": "溪东村6号"})
    assert Due.objects.get(door=door_key(place="溪东村6号")).due_on == MONDAY + timedelta(days=3)
    listed = {
        "zh": "网吧检查",
        "basis": "本局规定",
        "code": "cafe",
        "items": "id | 实名登记 | | 第二十三条\nfire | 消防 | fire |",
    }
    assert admin.post("/visits/settings/checklists/new", listed).status_code == 302
    assert admin.post("/visits/settings/checklists/new", {**listed, "items": "x"}).status_code == 422
    assert "第二十三条" in told(officer.get("/inspections/new?checklist=cafe"))
