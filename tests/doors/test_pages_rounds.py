"""Contact cards, the residents' page behind their QR, care, own hours and drawing away, as people meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.insight.hours.models import HoursDay
from linli.kernel import clock
from linli.org.drawing.models import Drawing
from linli.org.people.acts import open_account
from linli.org.roster.models import Duty
from linli.visits.cards.models import CardBatch, CardDoor, GridPage, PublicFace
from linli.visits.care.models import CarePlan, Carer, Promise
from tests.acts.test_cards import houses
from tests.reading import whole as told
from tests.town import SETUP, Town

Enter = Callable[[str], Client]


@pytest.fixture
def enter(town: Town) -> Enter:
    held: dict[str, Client] = {}

    def signed_in(name: str) -> Client:
        if name not in held:
            held[name] = Client()
            held[name].force_login(open_account(SETUP, username=name, person=town.people[name]))
        return held[name]

    return signed_in


def picture(size: tuple[int, int] = (1600, 1200)) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, (200, 210, 220)).save(out, "JPEG")
    return SimpleUploadedFile("me.jpg", out.getvalue(), content_type="image/jpeg")


def test_cards_from_the_design_to_the_residents_telephone(town: Town, enter: Enter) -> None:
    houses(town, 0, 12)
    chief, officer = enter("station_chief"), enter("community_officer")
    made = chief.post(
        "/cards/designs/new",
        {
            "agency": "S1",
            "name": "带照片",
            "layout": "portrait",
            "title": "警民联系卡",
            "call_for": "纠纷",
            "supervision_phone": "0000-12389",
        },
    )
    assert made.status_code == 302, told(made)
    assert officer.get("/cards/designs/new").status_code == 200
    assert (
        officer.post("/cards/faces/community_officer", {"photo": SimpleUploadedFile("x.jpg", b"no")}).status_code == 422
    )
    face = {"duty_phone": "0000-777", "photo": picture()}
    assert officer.post("/cards/faces/community_officer", face).status_code == 302
    kept = PublicFace.objects.get().photo
    assert kept is not None
    assert kept.bytes < 20_000, "small enough for an old telephone"
    design = str(chief.get("/cards").context["designs"][0]["row"].pk)
    assert officer.get(f"/cards/designs/{design}/sheet.pdf").content.startswith(b"%PDF")
    answer = officer.post("/cards/grids/G1/print", {"design": design})
    batch = CardBatch.objects.get()
    assert answer["Location"] == f"/cards/batches/{batch.pk}"
    sheet = officer.get(f"/cards/batches/{batch.pk}/sheet.pdf")
    assert (sheet["Content-Type"], sheet.content[:4]) == ("application/pdf", b"%PDF")
    page = told(officer.get(f"/cards/batches/{batch.pk}"))
    assert page.count('class="is-left"') == 12
    _one_door_is_ticked(batch, officer, enter("other_officer"))
    code = GridPage.objects.get(grid_code="G1").code
    _the_residents_page(code)
    assert told(chief.get("/cards?show=left")).count("/cards/batches/") == 1
    assert chief.post(f"/cards/designs/{design}/end").status_code == 302
    assert "要重印" in told(chief.get("/cards"))


def _one_door_is_ticked(batch: CardBatch, officer: Client, stranger: Client) -> None:
    first = CardDoor.objects.order_by("place")[0]
    assert officer.post(f"/cards/batches/{batch.pk}/doors/{first.pk}", {"outcome": "handed"}).status_code == 302
    page = told(officer.get(f"/cards/batches/{batch.pk}"))
    assert (page.count('class="is-left"'), page.count('class="is-done"')) == (11, 1)
    assert stranger.get(f"/cards/batches/{batch.pk}").status_code == 404


def _the_residents_page(code: str) -> None:
    stranger = Client()
    answer = stranger.get(f"/p/{code}")
    page = told(answer)
    assert answer.status_code == 200
    assert not answer.cookies, "it does not even know a visitor by a cookie"
    for said in (
        "演community_officer",
        "第1警务室",
        'href="tel:0000-777"',
        "0000-12389",
        "tel:110",
        "验证码",
        "每天 24小时",
    ):
        assert said in page, said
    assert "13900000000" not in page, "his own number is nobody's"
    assert "<script" not in page
    picture_answer: Any = stranger.get(f"/p/{code}/photo")
    photo = picture_answer.getvalue()
    style = Path("linli/web/static/linli/portal.css").read_bytes()
    weight = len(answer.content) + len(photo) + len(style)
    assert weight < 100_000
    english = told(stranger.get(f"/p/{code}?lang=en"))
    assert "Police never ask" in english
    assert not re.search("警务室电话|监督电话", english)
    assert stranger.get("/p/neverprinted").status_code == 404
    assert stranger.post(f"/p/{code}").status_code == 405


CONSENT = {
    "called": "桂花",
    "agency": "R1",
    "reason": "lonely_elderly",
    "name": "钱阿婆",
    "phone": "13911112222",
    "address": "学府路3号",
    "situation": "腿脚不便，每周买药",
    "ground": "consent",
    "consent_by": "钱阿婆",
    "consent_way": "paper",
}


def test_a_plan_of_care_is_there_for_its_carers_only(town: Town, enter: Enter) -> None:
    officer, chief, partner = enter("community_officer"), enter("station_chief"), enter("partner_officer")
    today = clock.today()
    refused = officer.post("/care/new", {**CONSENT, "consent_on": today.isoformat()})
    assert refused.status_code == 422, "consent on paper wants its paper"
    sent = {**CONSENT, "consent_on": today.isoformat(), "consent_file": picture((400, 300))}
    assert officer.post("/care/new", sent).status_code == 302
    plan = CarePlan.objects.get()
    here = f"/care/{plan.pk}"
    page = told(officer.get(here))
    assert "桂花" in page
    assert "钱阿婆" not in page
    assert "学府路3号" not in page
    opened = told(officer.post(here, {"purpose": "visit"}))
    assert "钱阿婆" in opened
    assert "学府路3号" in opened
    for who in (chief, partner, enter("other_officer"), enter("auditor"), enter("administrator")):
        for address in (here, f"{here}/change", f"{here}/paper", f"{here}/end"):
            assert who.get(address).status_code in {403, 404}
        assert who.post(f"{here}/visits", {"kind": "home"}).status_code in {403, 404}
    counted = told(chief.get("/care"))
    assert "桂花" not in counted
    assert "&lt;5" in counted, "a chief is told a small number as small"
    named = {"person": str(town.people["partner_officer"].pk), "role": "partner", "sees": ["situation"]}
    assert officer.post(f"{here}/carers", named).status_code == 302
    hers = told(partner.post(here, {"purpose": "arrange"}))
    assert "腿脚不便" in hers
    assert "钱阿婆" not in hers
    assert partner.get(f"{here}/paper").status_code == 404
    paper: Any = officer.get(f"{here}/paper")
    assert paper.getvalue().startswith(b"\xff\xd8")
    _promised_and_visited(here, officer, partner)
    carer = Carer.objects.get(person=town.people["partner_officer"])
    assert officer.post(f"{here}/carers/{carer.pk}/release").status_code == 302
    assert partner.get(here).status_code == 404
    assert officer.post(f"{here}/end", {"reason": "withdrawn"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.told("name"), plan.consent_file_id) == ("withdrawn", "", None)


def _promised_and_visited(here: str, officer: Client, partner: Client) -> None:
    due = (clock.today() + timedelta(days=3)).isoformat()
    assert partner.post(f"{here}/promises", {"what": "申请补助", "due_on": due}).status_code == 302
    promise = Promise.objects.get()
    assert officer.post(f"{here}/promises/{promise.pk}", {"move": "keep", "outcome": "已批"}).status_code == 302
    assert officer.post(f"{here}/visits", {"kind": "home", "minutes": "25", "note": "好些了"}).status_code == 302
    assert "好些了" in told(partner.get(here))


def test_hours_are_their_owners_first(town: Town, enter: Enter) -> None:
    officer, chief = enter("community_officer"), enter("station_chief")
    assert officer.post("/hours/sign", {"what": "on"}).status_code == 302
    assert Duty.objects.running().count() == 1
    assert officer.post("/hours/sign", {"what": "off"}).status_code == 302
    today = clock.today()
    day = today - timedelta(days=today.weekday() + 4)
    begins = clock.now() - timedelta(days=today.weekday() + 4)
    begins = clock.shanghai(begins).replace(hour=8, minute=0, second=0, microsecond=0)
    person = town.people["community_officer"]
    Duty.objects.create(
        agency=town.rooms[0],
        person=person,
        on_at=begins,
        off_at=begins + timedelta(hours=9),
        on_recorded_at=begins,
        off_recorded_at=begins,
    )
    assert "9:00" in told(officer.get(f"/hours?week={day}"))
    assert chief.get("/hours/rooms").context["whole"]["hours"] == 0, "not before its owner could set it right"
    fixed = officer.post(f"/hours/days/{day}", {"hours": "10:30", "reason": "晚上调解没有签到"})
    assert fixed.status_code == 302
    page = told(officer.get(f"/hours?week={day}"))
    assert "10:30" in page
    assert "9:00" in page, "both values are kept"
    assert officer.post(f"/hours/days/{day}", {"hours": "banana", "reason": "x"}).status_code == 422
    assert officer.post(f"/hours/confirm?week={day}").status_code == 302
    sums = chief.get("/hours/rooms")
    assert (sums.context["whole"]["hours"], sums.context["whole"]["a_day"]) == (10, "10:30")
    assert person.name not in told(sums), "no person stands there"
    assert HoursDay.objects.get(day=day).computed_min == 540
    assert chief.get(f"/hours?week={day}").status_code == 403


def test_drawing_away_is_asked_decided_and_counted(town: Town, enter: Enter) -> None:
    chief, leader, officer = enter("station_chief"), enter("bureau_leader"), enter("community_officer")
    now = clock.shanghai(clock.now())
    begins, ends = now - timedelta(hours=6), now + timedelta(hours=2)
    asked = {
        "person": str(town.people["community_officer"].pk),
        "asked_for": "S1",
        "reason": "event",
        "begins_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
    }
    assert chief.post("/drawings/new", asked).status_code == 302
    row = Drawing.objects.get()
    assert chief.post(f"/drawings/{row.pk}/approve").status_code == 403, "never who asked"
    assert leader.post(f"/drawings/{row.pk}/refuse").status_code == 422, "a refusal has its reason"
    assert leader.post(f"/drawings/{row.pk}/approve").status_code == 302
    assert "演community_officer" in told(officer.get("/drawings"))
    assert officer.post(f"/drawings/{row.pk}/return").status_code == 302
    row.refresh_from_db()
    assert row.state == "returned"
    assert chief.get("/drawings").context["away"].times == 1
    assert "抽调" in told(officer.get("/hours"))
    assert enter("other_officer").post(f"/drawings/{row.pk}/return").status_code == 404
