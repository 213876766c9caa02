"""A lamp reported by a resident, given to a grid worker, handed to the street office, mended, answered, judged."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.kernel import clock
from linli.matters.handovers.acts import move_handover, open_handover
from linli.matters.ledger.acts import assign_matter, move_matter
from linli.matters.ledger.models import Matter
from linli.matters.public.acts import INTAKE
from linli.org.agencies.acts import open_agency
from linli.org.people.acts import open_account
from tests.town import SETUP, Town, build_town, person

HIDDEN = re.compile(r'name="(opened|once)" value="([^"]*)"')
NUMBER, CODE = re.compile(r"<b>(YH\d{8}-\d+)</b>"), re.compile(r"<b>(\w{4}-\w{4})</b>")


@pytest.fixture
def town(db: None) -> Town:
    INTAKE.forget()
    return build_town()


def told(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_from_a_dark_lamp_to_its_senders_opinion(town: Town) -> None:
    resident, officer = Client(), Client()
    officer.force_login(open_account(SETUP, username="officer", person=town.people["community_officer"]))
    with clock.fixed(clock.now() - timedelta(seconds=5)):
        form = dict(HIDDEN.findall(told(resident.get("/door/send/hazard?room=R1"))))
    facts = {**form, "sort": "lamp", "text": "村口第三盏路灯不亮", "readers": "room"}
    page = told(resident.post("/door/send/hazard?room=R1", facts))
    number, code = NUMBER.findall(page)[0], CODE.findall(page)[0]
    keys = {"number": number, "code": code}
    _through_many_hands(town, Matter.objects.get(number=number))
    panel = told(officer.get(f"/matters/{number}"))
    assert "群众来件" in panel and "最迟" in panel
    answer = officer.post(f"/matters/{number}/public/answer", {"text": "街道已换灯，谢谢您"})
    assert answer.status_code == 302
    read = told(resident.post("/door/follow", keys))
    for said in (
        "已收到",
        "已交人办理",
        "已转交溪东街道办",
        "溪东街道办已接收",
        "对方已办结回告",
        "街道已换灯，谢谢您",
    ):
        assert said in read, said
    assert "演" not in read, "nobody's name"
    told(resident.post("/door/follow", {**keys, "do": "opinion", "opinion": "solved", "opinion_text": "三天亮了"}))
    chief = Client()
    chief.force_login(open_account(SETUP, username="chief", person=town.people["station_chief"]))
    opinions = told(chief.get("/opinions"))
    assert "三天亮了" in opinions and number in opinions and "第1警务室" in opinions
    renewed = told(officer.post(f"/matters/{number}/public/code"))
    assert resident.post("/door/follow", keys).status_code == 404
    assert resident.post("/door/follow", {**keys, "code": CODE.findall(renewed)[0]}).status_code == 200


def _through_many_hands(town: Town, matter: Matter) -> None:
    street = open_agency(
        SETUP, code="ST1", name="溪东街道办", kind="partner", parent=town.bureau, partner_service="street"
    )
    clerk = person("partner_officer", street, staff_no="clerk")
    town.people["clerk"] = clerk
    assign_matter(town.actor("community_officer"), matter=matter, assignee=town.people["grid_worker"])
    ticket = open_handover(
        town.actor("community_officer"), matter=matter, to_agency=street, mode="ask_along", text="换灯"
    )
    move_handover(town.actor("clerk"), handover=ticket, move="accept")
    move_handover(town.actor("clerk"), handover=ticket, move="answer", answer="灯已换")
    matter.refresh_from_db()
    move_matter(town.actor("community_officer"), matter=matter, move="settle", facts={"outcome": "灯已换"})
