"""The register at its doors: pages, the door plate's page without a sign-in, the API; masked without a purpose."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from linli.org.people.acts import open_account
from linli.places.addresses.models import Address, AddressName
from linli.places.homes.models import Home
from linli.places.occupants.acts import find_duplicates, register_occupant
from linli.places.occupants.models import Duplicate, Occupant, Report, Residence
from linli.places.occupants.rules.identity import check_digit
from linli.places.plates.acts import print_plates
from linli.trail.reads.models import Read
from tests.reading import told, whole
from tests.town import SETUP, Town

Enter = Callable[[str], Client]
NUMBER = "33072619680312012" + check_digit("33072619680312012")


@pytest.fixture
def enter(town: Town) -> Enter:
    held: dict[str, Client] = {}

    def signed_in(name: str) -> Client:
        if name not in held:
            held[name] = Client()
            held[name].force_login(open_account(SETUP, username=name, person=town.people[name]))
        return held[name]

    return signed_in


@pytest.fixture
def here(town: Town) -> Address:
    lon, lat = town.spot(0)
    name = AddressName.objects.create(text="桃花路", area="溪东镇", kind="road", sound="taohualu", initials="thl")
    return Address.objects.create(code="A1", text="桃花路1号", kind="house", number=1, name=name, lon=lon, lat=lat)


def live(town: Town, here: Address, **more: Any) -> Occupant:
    facts = {
        "name": "苏一禾",
        "kind": "registered",
        "since": date(2021, 5, 1),
        "id_number": NUMBER,
        "phone": "13900001234",
    }
    return register_occupant(SETUP, address=here, agency_path=town.rooms[0].path, **{**facts, **more})


def test_an_officer_keeps_a_building(town: Town, here: Address, enter: Enter) -> None:
    officer = enter("community_officer")
    for path in ("/register", "/register/addresses", "/register/addresses/A1", "/register/due", "/register/terms"):
        assert officer.get(path).status_code == 200, path
    opened = officer.post("/register/addresses/A1/open", {"kind": "building", "number": "3"})
    assert opened["Location"] == "/register/addresses/A1-B3"
    assert officer.post("/register/addresses/A1-B3/homes", {"units": 1, "floors": 2, "per_floor": 2}).status_code == 302
    home = Home.objects.get(code="A1-B3-R202")
    changed = {
        "use": "let",
        "source": "visit",
        "landlord_name": "钱某某",
        "landlord_phone": "13900007777",
        "version": 1,
    }
    assert officer.post(f"/register/homes/{home.code}/change", changed).status_code == 302
    page = told(officer.get(f"/register/homes/{home.code}"))
    assert "钱**" in page and "139****7777" in page and "钱某某" not in page
    facts = {
        "name": "苏一禾", "id_kind": "resident", "id_number": NUMBER, "kind": "migrant", "relation": "tenant",
        "home": home.code, "since": "2024-05-01", "source": "visit", "phone": "13900001234",
    }  # fmt: skip
    refused = officer.post("/register/addresses/A1-B3/enter", {**facts, "id_number": NUMBER[:-1] + "A"})
    assert refused.status_code == 422 and "位数或字符不符" in told(refused)
    made = officer.post("/register/addresses/A1-B3/enter", facts)
    person = Occupant.objects.get()
    assert made["Location"] == f"/register/people/{person.pk}" and person.residences.get().home == home
    place = told(officer.get("/register/addresses/A1-B3"))
    assert "苏**" in place and "苏一禾" not in place and NUMBER not in place
    sheet = officer.post("/register/plates", {"code": "A1"})
    assert told(sheet).count("plate-code") == 2 and officer.post("/register/addresses/A1/end-plate").status_code == 302


def test_a_firm_says_who_answers_for_it(town: Town, enter: Enter) -> None:
    lon, lat = town.spot(0)
    officer = enter("community_officer")
    shop = {"code": "F-1", "name": "五金厂", "kind": "factory", "agency": "R1", "lon": lon, "lat": lat}
    assert officer.post("/premises/new", shop).status_code == 302
    facts = {
        "credit_code": "91350100M000100Y43",
        "contact_name": "孙某某",
        "contact_phone": "13900007777",
        "source": "visit",
    }
    assert officer.post("/premises/F-1/firm", {**facts, "credit_code": "91350100M000100Y44"}).status_code == 422
    assert officer.post("/premises/F-1/firm", facts).status_code == 302
    page = told(officer.get("/premises/F-1"))
    assert "孙**" in page and "139****7777" in page and "孙某某" not in page and "91350100M000100Y43" in page
    assert "孙**" not in told(enter("bureau_leader").get("/premises/F-1"))


def test_a_record_is_whole_for_a_purpose_only(town: Town, here: Address, enter: Enter) -> None:
    person, officer = live(town, here), enter("community_officer")
    path = f"/register/people/{person.pk}"
    assert officer.post("/register/people", {"q": NUMBER}).status_code == 200
    assert "苏**" in told(officer.post("/register/people", {"q": "苏一禾"}))
    shown = told(officer.get(path))
    assert f"3307{'*' * 10}{NUMBER[-4:]}" in shown and NUMBER not in shown and not Read.objects.exists()
    assert officer.post(path, {"purpose": ""}).status_code == 422
    assert (
        NUMBER in told(officer.post(path, {"purpose": "办理居住登记"})) and Read.objects.get().purpose == "办理居住登记"
    )
    assert NUMBER not in told(officer.get(path))
    assert (
        officer.post(f"{path}/change/contact", {"phone": "13900009999", "source": "visit", "version": 1}).status_code
        == 302
    )
    assert officer.post(f"{path}/confirm", {"group": ["residence"]}).status_code == 302
    living = person.residences.get()
    assert officer.post(f"{path}/leave/{living.pk}", {"until": "2024-01-01", "why": "moved"}).status_code == 302
    moved = {"address_code": "A1", "kind": "registered", "relation": "other", "since": "2024-02-01", "source": "visit"}
    assert officer.post(f"{path}/move", moved).status_code == 302
    assert Residence.objects.count() == 2
    assert enter("other_officer").get(path).status_code == 404
    assert "没有找到" in told(enter("other_officer").post("/register/people", {"q": NUMBER}))
    worker = enter("grid_worker")
    seen = told(worker.get(path)) + told(worker.get("/register/addresses/A1"))
    assert "苏**" in seen and NUMBER[-4:] not in seen and "3307" not in seen and "9999" not in seen
    assert worker.post(path, {"purpose": "看看"}).status_code in (403, 422)
    for post in ("bureau_leader", "administrator", "auditor"):
        numbers, page = enter(post).get("/register"), enter(post).get("/register/addresses/A1")
        assert numbers.status_code == page.status_code == 200 and "苏*" not in told(numbers) + told(page)
        assert enter(post).get(path).status_code == 403


def test_a_resident_reports_from_the_door(town: Town, here: Address, enter: Enter) -> None:
    live(town, here)
    token = print_plates(SETUP, addresses=[here], agency_path=town.rooms[0].path).plates[0].token
    visitor = Client()
    first = visitor.get(f"/r/{token}")
    assert first.status_code == 200 and "苏" not in told(first) and len(first.content) < 20_000
    assert "script" not in told(first) and visitor.get("/r/nothing").status_code == 404
    form = visitor.get(f"/r/{token}/moved_in")
    assert form.status_code == 200 and "苏" not in told(form)
    facts = {
        "name": "钟望舒", "id_kind": "resident", "id_number": NUMBER, "kind": "migrant", "happened_on": "2024-05-01",
        "room": "202", "phone": "13900005555",
    }  # fmt: skip
    wrong = visitor.post(f"/r/{token}/moved_in", {**facts, "id_number": "123"})
    assert wrong.status_code == 422 and "钟望舒" in told(wrong)
    trapped = visitor.post(f"/r/{token}/moved_in", {**facts, "website": "http://"})
    assert trapped.status_code == 422 and not Report.objects.exists()
    sent = visitor.post(f"/r/{token}/moved_in", facts)
    receipt = re.search(r"<b>([0-9A-Z]{10})</b>", told(sent))
    assert receipt is not None and "钟望舒" not in told(sent) and Occupant.objects.count() == 1
    state = told(visitor.get(f"/r/{token}", {"receipt": receipt[1]}))
    assert "待核实" in state and "望舒" not in state
    report = Report.objects.get()
    officer, path = enter("community_officer"), f"/register/reports/{report.pk}"
    assert str(report.pk) in whole(officer.get("/register/reports"))
    assert "钟望舒" not in told(officer.get("/register/reports"))
    page = told(officer.get(path))
    assert "钟望舒" in page and "苏**" in page and Read.objects.get().subject_type == "places.report"
    assert "钟望舒" not in told(enter("auxiliary").get(path)) and enter("other_officer").get(path).status_code == 404
    assert (
        officer.post(path, {"do": "take", "field": ["name", "happened_on", "kind"], "occupant": ""}).status_code == 302
    )
    assert {row.name for row in Occupant.objects.all()} == {"苏一禾", "钟望舒"}
    assert "已采用" in told(visitor.get(f"/r/{token}", {"receipt": receipt[1]}))
    visitor.post(f"/r/{token}/corrected", {"name": "谁也不是", "phone": "13900005555"})
    second = Report.objects.get(state="waiting")
    assert officer.post(f"/register/reports/{second.pk}", {"do": "take", "field": ["phone"]}).status_code == 422
    assert officer.post(f"/register/reports/{second.pk}", {"do": "refuse"}).status_code == 302


def test_pairs_are_judged_side_by_side(town: Town, here: Address, enter: Enter) -> None:
    one = live(town, here, id_number="", born_on=date(1980, 1, 1))
    other = live(town, here, id_number="", born_on=date(1980, 1, 1), name="苏一和")
    find_duplicates()
    pair, officer = Duplicate.objects.get(), enter("community_officer")
    path = f"/register/pairs/{pair.pk}"
    assert str(pair.pk) in whole(officer.get("/register/pairs")) and officer.get(path).status_code == 200
    assert officer.post(path, {"do": "merge", "keep": str(one.pk)}).status_code == 302
    assert officer.get(f"/register/people/{other.pk}")["Location"] == f"/register/people/{one.pk}"
    assert officer.post(path, {"do": "apart"}).status_code == 422
    assert officer.post(path, {"do": "undo"}).status_code == 302
    assert (
        officer.post(path, {"do": "apart"}).status_code == 302 and enter("other_officer").get(path).status_code == 404
    )


def test_the_same_by_the_api(town: Town, here: Address, door: Any) -> None:
    officer, worker = door("community_officer"), door("grid_worker")
    facts = {
        "address": "A1", "name": "苏一禾", "id_number": NUMBER, "id_kind": "resident", "kind": "registered",
        "since": "2021-05-01", "phone": "13900001234",
    }  # fmt: skip
    status, made = officer.post("/register/people", facts)
    assert status == 201 and made["name"] == "苏**" and NUMBER not in str(made)
    key = made["id"]
    assert officer.post("/register/people", facts)[1]["code"] == "occupant.known"
    assert officer.get(f"/register/people/{key}/numbers")[0] == 422
    assert officer.get(f"/register/people/{key}/numbers", purpose="核对")[1]["id_number"] == NUMBER
    assert worker.get(f"/register/people/{key}/numbers", purpose="核对")[0] == 403
    assert worker.get(f"/register/people/{key}")[1]["id_number"] == ""
    assert [one["person"]["id_number"] for one in worker.get("/register/addresses/A1/people")[1]["items"]] == [""]
    assert len(officer.post("/register/people/search", {"q": NUMBER})[1]["items"]) == 1
    assert worker.post("/register/people/search", {"q": NUMBER})[1]["items"] == []
    assert officer.post(f"/register/people/{key}/confirmations", {"groups": ["identity"]})[0] == 200
    living = made["residences"][0]["id"]
    assert officer.post(f"/register/residences/{living}/end", {"until": "2024-01-01"})[1]["until"] == "2024-01-01"
    back = {"address": "A1", "kind": "migrant", "since": "2024-02-01"}
    assert officer.post(f"/register/people/{key}/residences", back)[0] == 201
    opened = officer.post("/register/addresses", {"parent": "A1", "kind": "building", "number": 2})
    assert opened[1]["code"] == "A1-B2" and officer.get("/register/addresses/A1")[1]["below"][0]["code"] == "A1-B2"
    sent = worker.post(
        "/register/reports",
        {"address": "A1", "kind": "moved_out", "told": {"name": "苏一禾", "happened_on": "2024-06-01"}},
    )
    assert sent[0] == 201 and worker.get("/register/reports")[1]["items"][0]["id"] == sent[1]["id"]
    decided = {"fields": ["happened_on"], "occupant": key}
    assert worker.post(f"/register/reports/{sent[1]['id']}/decision", decided)[0] == 403
    assert officer.post(f"/register/reports/{sent[1]['id']}/decision", decided)[1]["state"]["code"] == "taken"
    figures = door("bureau_leader").get("/register/figures", on="2023-01-01")[1]
    assert figures["total"]["population"] == 1 and "苏" not in str(figures)
    assert officer.get("/register/terms")[1]["items"] and officer.get("/register/duplicates")[1]["items"] == []
